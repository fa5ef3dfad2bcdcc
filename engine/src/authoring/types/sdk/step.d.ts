/** What a handler knows about its own run. */

import type { JsonOnly, Refused } from "./json.js";

/** Where a line of log comes from, or how important it is. */
export type LogStream = "info" | "stdout" | "stderr" | "warn" | "debug";

/** How to show a line of log. */
export interface LogOptions {
  /** `info` by default. */
  readonly stream?: LogStream;
  /** Shown before the text. */
  readonly label?: string;
}

/**
 * What a handler knows about its own run.
 *
 * @typeParam Ctx - the context
 * @typeParam Tasks - the tasks that ran before, which `invalidate` accepts
 */
export interface StepRuntime<Ctx = {}, Tasks extends string = string> {
  /** The name of the workflow. */
  readonly workflow: string;
  /** The path of this task, such as `base.install`. */
  readonly nodePath: string;
  /** The context: what the task before this one returned. Frozen. */
  readonly ctx: Readonly<Ctx>;
  /** Fires when the run is cancelled. Commands of `host` are stopped by themselves. */
  readonly signal: AbortSignal;
  /** Adds to the metadata stored with the run; keys given again are replaced. */
  metadata<const T extends object>(value: T & JsonOnly<T, "metadata">): void;
  /** Writes to the log of this task, as `console` does inside a handler. */
  log(text: string, options?: LogOptions): void;
  /**
   * Marks an earlier task as no longer valid. Return the result from the handler:
   *
   * ```ts
   * if (!(await loggedIn())) return step.invalidate("login");
   * ```
   *
   * That task, this one and everything that descends from it run again, from the top.
   *
   * @param task - the path of an earlier task, or its name when no other task has it
   */
  invalidate<const Name extends Tasks>(
    task: [Tasks] extends [never] ? Refused<"no task runs before this one"> : Name,
  ): StepInvalidation<Name>;
}

/** What `step.invalidate(…)` gives; a handler returns it. */
export interface StepInvalidation<Task extends string = string> {
  readonly kind: "rigkit.step.invalidate";
  /** The task as it was named. */
  readonly target: Task;
  /** Its path. */
  readonly targetNodePath: string;
}
