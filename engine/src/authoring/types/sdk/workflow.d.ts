/** Workflows, and the functions that start building. */

import type { Override, Refused } from "./json.js";
import type { Names } from "./names.js";
import type {
  FragmentNeeds,
  Given,
  GivenFor,
  GivenTasks,
  Incoming,
  NeedsOf,
  TaskNode,
  WorkflowNode,
} from "./node.js";
import type { ProviderMap, ProviderRuntimes, ProvidersByName } from "./provider.js";
import type { OutputSchema, SchemaInput } from "./schema.js";
import type { EmptySequence } from "./sequence.js";
import type { HandlerOf, NextCtx, Storable, TaskContext, TaskOptions, TaskReturn } from "./task.js";

/**
 * Starts a sequence on its own: a workflow of that name, or a fragment to `add` to others.
 *
 * A fragment says what it needs where it is added, first the context, then the rest:
 *
 * ```ts
 * export const web = sequence("web").task("clone", …);
 *
 * export const install = sequence<{ repoPath: string }, { providers: { host: HostRuntime } }>("install")
 *   .task("npm", async ({ host, step }) => {
 *     await host.exec("npm ci", { cwd: step.ctx.repoPath });
 *   });
 * ```
 *
 * @typeParam Ctx - the context it needs; none by default
 * @typeParam Needs - the providers, configuration and earlier tasks it needs
 * @typeParam Name - its name as a type. Give it along with the others when tasks outside want to
 *   invalidate tasks inside by path and have the path checked
 * @param name - not empty; part of the path of its tasks when it is added to another sequence
 */
export declare function sequence<
  Ctx extends object = {},
  Needs extends FragmentNeeds = {},
  const Name extends string = string,
>(
  name: Name & Names<"a sequence">[Name],
): EmptySequence<GivenFor<Ctx, Needs>["providers"], Name, GivenFor<Ctx, Needs>>;

/** A workflow: a name, providers for everything in it, and the calls that start its tasks. */
export interface Workflow<Providers = {}, Needs extends FragmentNeeds = {}> {
  readonly kind: "rigkit.workflow";
  /** The name people use: `rig apply --workflow <name>`. */
  readonly name: string;
  readonly providers: ProviderMap;
  /**
   * Starts a sequence of this workflow.
   *
   * @typeParam Ctx - the context it needs, when it is a fragment to add to another sequence
   * @param name - not empty; part of the path of its tasks when it is added to another sequence
   */
  sequence<
    Ctx extends object = {},
    More extends FragmentNeeds = {},
    const Name extends string = string,
  >(
    name: Name & Names<"a sequence">[Name],
  ): EmptySequence<
    Override<GivenFor<Ctx, Needs & More>["providers"], Providers>,
    Name,
    GivenFor<Ctx, Needs & More>
  >;
  /** Makes a task of this workflow. Exported, it is a workflow of that one task. */
  readonly task: WorkflowTask<Providers, Needs>;
  /** Makes a task of this workflow; another word for {@link Workflow.task | task}. */
  readonly step: WorkflowTask<Providers, Needs>;
}

/** The calls that make a task of a workflow. */
export interface WorkflowTask<Providers, Needs extends FragmentNeeds> {
  /**
   * Makes a task.
   *
   * @param id - its name
   * @param handler - does the work
   */
  <const Id extends string, Returned extends TaskReturn>(
    id: Id & Names<"a task">[Id],
    handler: (context: WorkflowTaskContext<Providers, Needs>) => Returned & Storable<Returned>,
  ): TaskNode<Id, NextCtx<Incoming, Returned>, GivenFor<{}, Needs>>;
  /**
   * Makes a task.
   *
   * @param id - its name
   * @param options - its version, how long its runs stay fresh, the schema of its output
   * @param handler - does the work
   */
  <
    const Id extends string,
    Returned extends TaskReturn<SchemaInput<Schema>>,
    const Schema extends OutputSchema = never,
  >(
    id: Id & Names<"a task">[Id],
    options: TaskOptions<Schema>,
    handler: HandlerOf<WorkflowTaskContext<Providers, Needs>, Returned, Schema>,
  ): TaskNode<Id, NextCtx<Incoming, Returned, Schema>, GivenFor<{}, Needs>>;
}

export type WorkflowTaskContext<Providers, Needs extends FragmentNeeds> = TaskContext<
  {},
  Override<GivenFor<{}, Needs>["providers"], Providers>,
  GivenFor<{}, Needs>["config"],
  GivenTasks<GivenFor<{}, Needs>>
>;

/**
 * Names a workflow, the unit that is planned, applied and turned into workspaces.
 *
 * ```ts
 * export const web = workflow("web", { providers: { host: host.provider() } })
 *   .sequence("web")
 *   .task("clone", async ({ host }) => { … });
 * ```
 *
 * @typeParam Needs - what the project's `defineConfig` provides:
 *   `workflow<{ providers: { host: HostRuntime } }>("web")`
 * @param name - not empty, unique in the project
 * @param options - `providers`, by name, for everything in the workflow
 */
export declare function workflow<
  Needs extends FragmentNeeds = {},
  const Name extends string = string,
  Providers extends ProviderMap = {},
>(
  name: Name & Names<"a workflow">[Name],
  options?: { readonly providers?: Providers & ProvidersByName<Providers> },
): Workflow<ProviderRuntimes<Providers>, Needs>;

/** The calls that make a task on its own. */
export interface DefineTask {
  /**
   * Makes a task on its own, to `add` to a sequence or to run in a branch.
   *
   * What it needs is read from the parameter of its handler:
   *
   * ```ts
   * const install = task("install", async ({ host, step }: TaskContext<{ repo: string }, { host: HostRuntime }>) => {
   *   await host.exec("npm ci", { cwd: step.ctx.repo });
   * });
   * ```
   *
   * @param id - its name
   * @param handler - does the work
   */
  <const Id extends string, Context = TaskContext, Returned extends TaskReturn = void>(
    id: Id & Names<"a task">[Id],
    handler: (context: Context) => Returned & Storable<Returned>,
  ): TaskNode<Id, NextCtx<Incoming, Returned>, NeedsOf<Context>>;
  /**
   * Makes a task on its own, to `add` to a sequence or to run in a branch.
   *
   * @param id - its name
   * @param options - its version, how long its runs stay fresh, the schema of its output
   * @param handler - does the work
   */
  <
    const Id extends string,
    Context = TaskContext,
    Returned extends TaskReturn<SchemaInput<Schema>> = void,
    const Schema extends OutputSchema = never,
  >(
    id: Id & Names<"a task">[Id],
    options: TaskOptions<Schema>,
    handler: HandlerOf<Context, Returned, Schema>,
  ): TaskNode<Id, NextCtx<Incoming, Returned, Schema>, NeedsOf<Context>>;
}

/** Makes a task on its own, to `add` to a sequence or to run in a branch. */
export declare const task: DefineTask;

/** Makes a task on its own; another word for {@link task}. */
export declare const step: DefineTask;

/** What `defineConfig` gives. */
export interface Config<
  Providers = ProviderMap,
  Workflows = { readonly [name: string]: WorkflowNode },
> {
  readonly kind: "rigkit.config";
  readonly providers: Providers;
  readonly workflows: Workflows;
}

/**
 * Describes a project in one object; the default export of its config.
 *
 * ```ts
 * export default defineConfig({
 *   providers: { host: host.provider() },
 *   workflows: { web, api },
 * });
 * ```
 *
 * The providers reach every workflow; a workflow's own provider of the same name wins. A workflow
 * that uses one says so: `workflow<{ providers: { host: HostRuntime } }>("web")`.
 *
 * Without a default export, every named export that is a workflow counts.
 */
export declare function defineConfig<
  Providers extends ProviderMap = {},
  Workflows extends {
    readonly [name: string]: WorkflowNode<Given<{}, ProviderRuntimes<Providers>>>;
  } = {},
>(config: {
  readonly providers?: Providers & ProvidersByName<Providers>;
  readonly workflows: Workflows & NotEmpty<Workflows>;
}): Config<Providers, Workflows>;

export type NotEmpty<Workflows> = [keyof Workflows] extends [never]
  ? Refused<"a config needs at least one workflow">
  : unknown;
