/** The builder of sequences. */

import type { InputOf, OperationInput } from "./input.js";
import type { Flatten, JsonObject, JsonObjectOnly, KnownKey, Override, Refused } from "./json.js";
import type {
  BranchPaths,
  NestedPaths,
  NewPaths,
  OperationNames,
  ProviderNames,
  Target,
  TaskNames,
  WorkspaceOperationNames,
} from "./names.js";
import type { AnyGiven, Given, GivenTasks, Incoming, ResolveCtx, WorkflowNode } from "./node.js";
import type { Provider } from "./provider.js";
import type { OutputSchema, SchemaInput } from "./schema.js";
import type { HandlerOf, NextCtx, Storable, TaskContext, TaskOptions, TaskReturn } from "./task.js";
import type {
  OperationContext,
  OperationDefinition,
  WorkspaceDefinition,
  WorkspaceOperationContext,
} from "./workspace.js";

/**
 * A sequence of tasks, and the builder that extends it. Every call returns a new sequence; nothing
 * is changed in place.
 *
 * Write `let chain: SequenceNode = …` for a sequence that grows in a loop.
 *
 * @typeParam Ctx - the context after the last task
 * @typeParam Providers - what the providers in scope hand to handlers, by name
 * @typeParam Config - the configuration in scope
 * @typeParam Paths - the paths of the tasks so far
 * @typeParam Self - its name, what it needs, its operations and workspaces
 */
export interface SequenceNode<
  Ctx = any,
  Providers = any,
  Config = any,
  Paths extends string = any,
  Self extends Declared = any,
> extends WorkflowNode<Self["needs"], Ctx, Self["name"], Paths> {
  readonly nodeKind: "sequence";
  readonly name: Self["name"];

  /** Adds a task: a unit of work that runs once and whose result is cached. */
  readonly task: AddTask<Ctx, Providers, Config, Paths, Self>;

  /** Adds a task; another word for {@link SequenceNode.task | task}. */
  readonly step: AddTask<Ctx, Providers, Config, Paths, Self>;

  /**
   * Adds a task, sequence or fragment that was built elsewhere.
   *
   * What it needs (context, providers, configuration) must be there at this point. A task of its
   * own name joins this sequence; a sequence nests, its tasks at `<its name>.<task>`.
   *
   * ```ts
   * const tools = sequence<{ repoPath: string }>("tools").task("format", ({ step }) => { … });
   *
   * workflow("web").sequence("web").task("clone", …).add(tools);
   * ```
   */
  add<Out, ChildName extends string, ChildPaths extends string>(
    node: WorkflowNode<
      Given<CtxIn<Ctx, Self>, Providers, Config, TargetIn<Paths, Self>>,
      Out,
      ChildName,
      ChildPaths
    > &
      NewPaths<NestedPaths<ChildName, ChildPaths>, Paths>,
  ): SequenceNode<
    ResolveCtx<Out, Ctx>,
    Providers,
    Config,
    Paths | NestedPaths<ChildName, ChildPaths>,
    Self
  >;

  /**
   * Runs branches at the same time. Each starts from the context at this point; afterwards the
   * context has, besides what it had, the final context of each branch under the branch's name.
   *
   * ```ts
   * .parallel({ web: buildWeb, api: buildApi })
   * .task("join", ({ step }) => { step.ctx.web.port; step.ctx.api.url; })
   * ```
   *
   * The tasks of a branch are at `<branch>.<task>`.
   */
  parallel<
    const Branches extends {
      readonly [name: string]: WorkflowNode<
        Given<CtxIn<Ctx, Self>, Providers, Config, TargetIn<Paths, Self>>
      >;
    },
  >(
    branches: Branches &
      BranchNames<Branches, CtxIn<Ctx, Self>> &
      NewPaths<AllBranchPaths<Branches>, Paths>,
  ): SequenceNode<
    Flatten<Ctx & JoinedCtx<Branches, CtxIn<Ctx, Self>>>,
    Providers,
    Config,
    Paths | AllBranchPaths<Branches>,
    Self
  >;

  /**
   * Hands a provider to everything added after this call, under `name`.
   *
   * ```ts
   * .addProvider("host", host.provider())
   * .task("versions", async ({ host }) => { await host.exec("node --version"); })
   * ```
   *
   * @param name - any name but `ctx`, `runtime`, `providers`, `step` and `config`; one that is
   *   already in scope is replaced from here on
   * @param provider - what a provider package's function returns
   */
  addProvider<const ProviderKey extends string, Runtime>(
    name: ProviderKey & ProviderNames[ProviderKey],
    provider: Provider<Runtime>,
  ): SequenceNode<
    Ctx,
    Override<Providers, { readonly [K in ProviderKey]: Runtime }>,
    Config,
    Paths,
    Self
  >;

  /** Takes a provider out of scope for everything added after this call. */
  removeProvider<const ProviderKey extends keyof Providers & string>(
    name: ProviderKey,
  ): SequenceNode<
    Ctx,
    { readonly [K in keyof Providers as Exclude<K, ProviderKey>]: Providers[K] },
    Config,
    Paths,
    Self
  >;

  /**
   * Sets JSON configuration for everything added after this call, merged shallowly over what is
   * there. Handlers read it as `config`, and it is part of the identity of their tasks.
   *
   * ```ts
   * .configure({ node: "22", port: 3000 })
   * .task("serve", ({ config }) => { config.port; })
   * ```
   */
  configure<Settings extends object>(
    config: Settings & JsonObjectOnly<Settings, "configure input">,
  ): SequenceNode<Ctx, Providers, Override<Config, Settings>, Paths, Self>;

  /**
   * Says how a named workspace is created from the applied workflow, and removed.
   *
   * ```ts
   * .workspace({
   *   create: async ({ host, workflow, workspace }) => {
   *     const path = `../${workspace.name}`;
   *     await host.exec(["git", "worktree", "add", path], { cwd: workflow.ctx.repoPath });
   *     return { path };
   *   },
   *   remove: async ({ host, workspace }) => {
   *     await host.exec(["git", "worktree", "remove", workspace.ctx.path]);
   *   },
   * })
   * ```
   *
   * `workflow.ctx` is the final context of the workflow, so call this after the last task.
   */
  workspace<Created extends object>(
    definition: WorkspaceDefinition<CtxIn<Ctx, Self>, Providers, Created>,
  ): SequenceNode<
    Ctx,
    Providers,
    Config,
    Paths,
    Declared<
      Self["name"],
      Self["needs"],
      Self["operations"],
      Self["workspaceOperations"],
      Awaited<Created>
    >
  >;

  /**
   * Adds a command of the project, run with `rig do <id>`.
   *
   * ```ts
   * .operation("serve", {
   *   description: "Serves the documentation",
   *   input: (w) => ({ port: w.number({ defaultValue: 3000 }) }),
   *   run: async ({ host, input }) => { await host.exec(`serve --port ${input.port}`); },
   * })
   * ```
   *
   * @param id - not empty, not used before, and not one of the commands of `rig` itself
   */
  operation<
    const Id extends string,
    const Input extends OperationInput<Self["workspaceCtx"]>,
    Result,
  >(
    id: Id & OperationNames<Self["operations"]>[Id],
    definition: OperationDefinition<OperationContext<Providers, InputOf<Input>>, Input, Result>,
  ): SequenceNode<
    Ctx,
    Providers,
    Config,
    Paths,
    Declared<
      Self["name"],
      Self["needs"],
      Self["operations"] | Id,
      Self["workspaceOperations"],
      Self["workspaceCtx"]
    >
  >;

  /**
   * Adds a command on one workspace, run with `rig run <workspace> <id>`. Call it after
   * `workspace`, so that it knows the type of the workspace's context.
   *
   * ```ts
   * .workspaceOperation("test", {
   *   run: async ({ host, workspace }) => {
   *     await host.exec("npm test", { cwd: workspace.ctx.path });
   *   },
   * })
   * ```
   *
   * @param id - as for an operation, and without a `/`
   */
  workspaceOperation<
    const Id extends string,
    const Input extends OperationInput<Self["workspaceCtx"]>,
    Result,
  >(
    id: Id & WorkspaceOperationNames<Self["workspaceOperations"]>[Id],
    definition: OperationDefinition<
      WorkspaceOperationContext<CtxIn<Ctx, Self>, Providers, Self["workspaceCtx"], InputOf<Input>>,
      Input,
      Result
    >,
  ): SequenceNode<
    Ctx,
    Providers,
    Config,
    Paths,
    Declared<
      Self["name"],
      Self["needs"],
      Self["operations"],
      Self["workspaceOperations"] | Id,
      Self["workspaceCtx"]
    >
  >;
}

/** The calls that add a task to a sequence. */
export interface AddTask<Ctx, Providers, Config, Paths extends string, Self extends Declared> {
  /**
   * Adds a task: a unit of work that runs once and whose result is cached.
   *
   * The handler receives the providers in scope by name, and `providers`, `config` and `step`. It
   * returns `{ ctx }`, which replaces the context; nothing, which keeps it; or
   * `step.invalidate(…)`, which makes an earlier task run again.
   *
   * ```ts
   * .task("clone", async ({ host, step }) => {
   *   await host.exec(["git", "clone", url, "app"]);
   *   return { ctx: { ...step.ctx, repoPath: "app" } };
   * })
   * .task("install", async ({ host, step }) => {
   *   await host.exec("npm ci", { cwd: step.ctx.repoPath });
   * })
   * ```
   *
   * The task runs again when something it is made of changes: its handler and what that captures,
   * its `version`, the configuration and providers in scope, or a task before it.
   *
   * @param id - its name, unique in this sequence
   * @param handler - does the work
   */
  <const Id extends string, Returned extends TaskReturn>(
    id: Id & TaskNames<Paths>[Id],
    handler: (
      context: TaskContext<CtxIn<Ctx, Self>, Providers, Config, TargetIn<Paths, Self>>,
    ) => Returned & Storable<Returned>,
  ): SequenceNode<NextCtx<Ctx, Returned>, Providers, Config, Paths | Id, Self>;
  /**
   * Adds a task with options: a version, how long its runs stay fresh, the schema of its output,
   * whether only its context matters.
   *
   * The handler returns `{ ctx }`, which replaces the context; nothing, which keeps it; or
   * `step.invalidate(…)`, which makes an earlier task run again.
   *
   * ```ts
   * .task("login", { version: "2", cacheTTL: "12h" }, async ({ host }) => {
   *   await host.exec(["tool", "login"]);
   * })
   * ```
   *
   * @param id - its name, unique in this sequence
   * @param options - what can be said about it besides its handler
   * @param handler - does the work
   */
  <
    const Id extends string,
    Returned extends TaskReturn<SchemaInput<Schema>>,
    const Schema extends OutputSchema = never,
  >(
    id: Id & TaskNames<Paths>[Id],
    options: TaskOptions<Schema>,
    handler: HandlerOf<
      TaskContext<CtxIn<Ctx, Self>, Providers, Config, TargetIn<Paths, Self>>,
      Returned,
      Schema
    >,
  ): SequenceNode<NextCtx<Ctx, Returned, Schema>, Providers, Config, Paths | Id, Self>;
}

/** What a sequence says about itself and what was declared on it besides tasks. */
export interface Declared<
  Name extends string = any,
  Needs extends AnyGiven = any,
  Operations extends string = any,
  WorkspaceOperations extends string = any,
  WorkspaceCtx = any,
> {
  /** Its own name. */
  readonly name: Name;
  /** What must surround it, when it is a fragment. */
  readonly needs: Needs;
  /** The ids of its operations. */
  readonly operations: Operations;
  /** The ids of its workspace operations. */
  readonly workspaceOperations: WorkspaceOperations;
  /** The context of its workspaces. */
  readonly workspaceCtx: WorkspaceCtx;
}

/** The context a handler finds at this point of a sequence. */
export type CtxIn<Ctx, Self extends Declared> = ResolveCtx<Ctx, Self["needs"]["ctx"]>;

/** The tasks a handler may invalidate at this point of a sequence. */
export type TargetIn<Paths extends string, Self extends Declared> = Self extends unknown
  ? Target<Paths> | GivenTasks<Self["needs"]>
  : never;

/** The branches of a `parallel` under names they cannot have, refused. */
export type BranchNames<Branches, Ctx> = {
  readonly [Branch in keyof Branches]: Branch extends ""
    ? Refused<"a branch needs a name that is not empty">
    : Branch extends KnownKey<Ctx>
      ? Refused<`the context already has a key ${Branch & string}`>
      : unknown;
};

/** What `parallel` adds to the context: the final context of each branch, under its name. */
export type JoinedCtx<Branches, Ctx> = {
  -readonly [Branch in keyof Branches]: Branches[Branch] extends WorkflowNode<never, infer Out>
    ? ResolveCtx<Out, Ctx>
    : never;
};

/** The paths of the tasks in all branches. */
export type AllBranchPaths<Branches> = Branches extends unknown
  ? {
      [Branch in keyof Branches]: Branches[Branch] extends WorkflowNode<
        never,
        unknown,
        infer Name,
        infer Paths
      >
        ? BranchPaths<Branch & string, Name, Paths>
        : never;
    }[keyof Branches]
  : never;

/** A sequence without tasks yet. */
export type EmptySequence<Providers, Name extends string, Needs extends AnyGiven> = SequenceNode<
  Incoming,
  Providers,
  Needs["config"],
  never,
  Declared<Name, Needs, never, never, JsonObject>
>;
