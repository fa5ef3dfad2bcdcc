/** The nodes a workflow is made of. */

import type { Flatten } from "./json.js";
import type { NeededRuntimes } from "./provider.js";
import type { StepRuntime } from "./step.js";

export declare const incoming: unique symbol;

/**
 * Stands for the context a fragment finds where it is added. A fragment whose tasks return nothing
 * leaves `Incoming` as it is, so that the workflow it is added to keeps the type of its context.
 */
export interface Incoming {
  readonly [incoming]: true;
}

/** `Ctx` where the context that came in was `Found`. */
export type ResolveCtx<Ctx, Found> = Ctx extends Incoming
  ? Incoming extends Ctx
    ? Found
    : Flatten<Found & { [K in keyof Ctx as K extends keyof Incoming ? never : K]: Ctx[K] }>
  : Ctx;

/** What surrounds a node: the context, providers, configuration and earlier tasks. */
export interface Given<Ctx = {}, Providers = {}, Config = {}, Tasks extends string = never> {
  readonly ctx: Ctx;
  readonly providers: Providers;
  readonly config: Config;
  readonly tasks: (name: Tasks) => void;
}

/** Every `Given` there is. */
export type AnyGiven = Given<unknown, unknown, unknown, never>;

/** What a fragment needs besides a context, where it is added. */
export interface FragmentNeeds {
  /** The providers it needs by name, or what they hand to handlers: `{ host: HostRuntime }`. */
  readonly providers?: object;
  /** The configuration it needs. */
  readonly config?: object;
  /** Tasks outside of it that it invalidates. */
  readonly tasks?: string;
}

/** What must surround a fragment that needs the context `Ctx` and what `Needs` says. */
export type GivenFor<Ctx, Needs extends FragmentNeeds> = Needs extends unknown
  ? Given<
      Ctx,
      Needs extends { readonly providers: infer Providers } ? NeededRuntimes<Providers> : {},
      Needs extends { readonly config: infer Config } ? Config : {},
      Needs extends { readonly tasks: infer Tasks extends string } ? Tasks : never
    >
  : never;

/** The tasks outside of it that a fragment invalidates. */
export type GivenTasks<Needs> =
  Needs extends Given<unknown, unknown, unknown, infer Tasks> ? Tasks : never;

export declare const shape: unique symbol;

/**
 * Anything a workflow is built from: a task, a sequence, or a fragment made of them. Add it with
 * `add`, run it beside others with `parallel`, or export it as a workflow of its own.
 *
 * @typeParam Needs - what must surround it
 * @typeParam Ctx - the context after it
 * @typeParam Name - the name of a sequence, `never` for a task
 * @typeParam Paths - the paths of its tasks, without its own name
 */
export interface WorkflowNode<
  in Needs = never,
  out Ctx = unknown,
  out Name extends string = string,
  out Paths extends string = string,
> {
  readonly kind: "rigkit.workflow-node";
  readonly nodeKind: "task" | "sequence" | "parallel";
  readonly name: string;
  readonly [shape]?: (given: Needs) => NodeShape<Ctx, Name, Paths>;
}

export interface NodeShape<Ctx, Name extends string, Paths extends string> {
  readonly ctx: Ctx;
  readonly name: Name;
  readonly paths: Paths;
}

/** The context that must surround a node. */
export type WorkflowNodeInput<Node> =
  Node extends WorkflowNode<infer Needs>
    ? Needs extends { readonly ctx: infer Ctx }
      ? Ctx
      : {}
    : never;

/** The context after a node, such as `WorkflowNodeOutput<typeof base>`. */
export type WorkflowNodeOutput<Node> =
  Node extends WorkflowNode<never, infer Ctx> ? ResolveCtx<Ctx, WorkflowNodeInput<Node>> : never;

/** A task on its own. Add it to a sequence, or export it as a workflow of one task. */
export interface TaskNode<
  Name extends string = string,
  Ctx = unknown,
  in Needs = never,
> extends WorkflowNode<Needs, Ctx, never, Name> {
  readonly nodeKind: "task";
  readonly name: Name;
}

/** What a handler written on its own needs, read from the type of its parameter. */
export type NeedsOf<Context> = Context extends unknown
  ? Given<
      Context extends { readonly step: { readonly ctx: infer Ctx } } ? Ctx : {},
      {
        readonly [K in keyof Context as Exclude<K, "providers" | "config" | "step">]: Context[K];
      } & (Context extends { readonly providers: infer Providers } ? Providers : {}),
      Context extends { readonly config: infer Config } ? Config : {},
      Context extends { readonly step: StepRuntime<any, infer Tasks> }
        ? string extends Tasks
          ? never
          : Tasks
        : never
    >
  : never;
