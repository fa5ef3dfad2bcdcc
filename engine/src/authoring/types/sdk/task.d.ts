/** Tasks: their options, what their handlers receive and return. */

import type { JsonObjectOnly } from "./json.js";
import type { OutputSchema, SchemaOutput } from "./schema.js";
import type { StepInvalidation, StepRuntime } from "./step.js";

export type TimeUnit = "ms" | "s" | "m" | "h" | "d";

/**
 * How long a run of a task stays fresh: a number of milliseconds, a string such as `"90s"`,
 * `"30m"`, `"1.5h"` or `"1d"`, or an object. `0` means that the task runs every time.
 */
export type CacheTTL =
  | number
  | `${number}${TimeUnit | Uppercase<TimeUnit> | Capitalize<TimeUnit>}`
  | {
      readonly seconds?: number;
      readonly minutes?: number;
      readonly hours?: number;
      readonly days?: number;
    };

/** What can be said about a task besides its handler. */
export interface TaskOptions<Schema extends OutputSchema = never> {
  /** Part of the task's identity: change it to make the task run again. */
  readonly version?: string;
  /** How long a run stays fresh, such as `"24h"`; without it, until something changes. */
  readonly cacheTTL?: CacheTTL;
  /**
   * The schema of the context the task returns. A context that does not fit is an error, and a
   * stored one that no longer fits makes the task run again.
   */
  readonly output?: Schema;
  /**
   * Says that the context is all that matters about this task: when a new run returns the same
   * context as the last one, the tasks after it stay cached.
   *
   * Leave it out when the task changes anything else that later tasks build upon, such as files.
   */
  readonly cutoff?: boolean;
}

/**
 * What the handler of a task receives: its providers by name, and `providers`, `config`, `step`.
 *
 * Use it to write a handler on its own, saying what it needs:
 *
 * ```ts
 * async function install({ step, host }: TaskContext<{ repo: string }, { host: HostRuntime }>) {
 *   await host.exec("npm ci", { cwd: step.ctx.repo });
 * }
 * ```
 *
 * @typeParam Ctx - the context it needs
 * @typeParam Providers - what the providers it needs hand it, by name
 * @typeParam Config - the configuration it needs
 * @typeParam Tasks - the earlier tasks it may invalidate
 */
export type TaskContext<
  Ctx = {},
  Providers = {},
  Config = {},
  Tasks extends string = string,
> = Providers & {
  /** The providers in scope, by name; each is also there under its own name. */
  readonly providers: Providers;
  /** The configuration in scope, merged shallowly from the outermost `configure` inwards. */
  readonly config: Readonly<Config>;
  /** What this task knows about its own run. */
  readonly step: StepRuntime<Ctx, Tasks>;
};

/**
 * What the handler of a task returns: `{ ctx }`, which replaces the context; nothing, which keeps
 * it; or `step.invalidate(…)`.
 */
export type TaskResult<Ctx extends object = object> =
  void | { readonly ctx: Ctx } | StepInvalidation;

/** The result of a handler, as it comes from a function or from an async one. */
export type TaskReturn<Ctx extends object = object> =
  TaskResult<Ctx> | PromiseLike<TaskResult<Ctx>>;

/**
 * A handler whose context has the schema `Schema`. It is a conditional type for the compiler's
 * sake, which then knows the schema when it reads what a handler without parameters returns.
 */
export type HandlerOf<Context, Returned, Schema> = [Schema] extends [OutputSchema]
  ? (context: Context) => Returned & Storable<Returned>
  : never;

/** `unknown` when the context a handler returns can be stored, otherwise why not. */
export type Storable<Returned> = JsonObjectOnly<ReturnedCtx<Returned>, "ctx">;

export type ReturnedCtx<Returned> =
  Awaited<Returned> extends infer Result
    ? Result extends { readonly ctx: infer Ctx }
      ? Ctx
      : never
    : never;

/**
 * The context after a task that found `Ctx` and whose handler returned `Returned`. When the handler
 * is wrong, anything goes, so that one mistake does not show as an error in every task below.
 */
export type NextCtx<Ctx, Returned, Schema = never> = [
  IsObject<ReturnedCtx<Returned>>,
  Schema,
] extends [true, never]
  ? { [key: string]: any }
  : [NextOf<Ctx, Awaited<Returned>, Schema>] extends [never]
    ? Ctx
    : NextOf<Ctx, Awaited<Returned>, Schema>;

export type NextOf<Ctx, Result, Schema> = Result extends { readonly ctx: infer Returned }
  ? SchemaOutput<Schema, Returned>
  : Result extends StepInvalidation
    ? never
    : Ctx;

/** Whether `T` is the type `object`, which tells nothing about its keys. */
export type IsObject<T> = [object] extends [T] ? ([string] extends [T] ? false : true) : false;
