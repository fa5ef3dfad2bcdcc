/** Workspaces and operations. */

import type { JsonObject, JsonObjectOnly, JsonOnly, MaybePromise } from "./json.js";
import type { LocalRuntime } from "./local.js";
import type { StepRuntime } from "./step.js";

/** A workspace as handlers see it. */
export interface Workspace<Ctx = JsonObject> {
  readonly name: string;
  /** What `create` returned. Frozen. */
  readonly ctx: Readonly<Ctx>;
}

/** A workspace as it is stored. Times are ISO 8601 in UTC. */
export interface WorkspaceRecord<Ctx = JsonObject, WorkflowCtx = JsonObject> {
  readonly id: string;
  readonly name: string;
  /** The name of the workflow it was created from. */
  readonly workflow: string;
  /** The final context of that workflow when it was created. */
  readonly workflowCtx: WorkflowCtx;
  /** What `create` returned. */
  readonly ctx: Ctx;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The workflow as the handlers of a workspace see it. */
export interface WorkflowContext<Ctx = JsonObject> {
  readonly name: string;
  /** The final context of the workflow. Frozen. */
  readonly ctx: Readonly<Ctx>;
}

/** Providers by name, and over them what every handler of this kind receives. */
export type HandlerContext<Providers, Own> = {
  readonly [Name in keyof Providers as Exclude<Name, keyof Own>]: Providers[Name];
} & Own;

export interface HookCore<Providers> {
  /** The providers in scope, by name; each is also there under its own name. */
  readonly providers: Providers;
  /** The developer's machine. */
  readonly local: LocalRuntime;
  /** What this run knows about itself. It has no context and no earlier tasks. */
  readonly step: StepRuntime<{}, never>;
}

export interface WorkspaceCreateCore<Ctx, Providers> extends HookCore<Providers> {
  readonly workflow: WorkflowContext<Ctx>;
  /** The workspace to create. */
  readonly workspace: { readonly name: string };
}

export interface WorkspaceCore<Ctx, Providers, WorkspaceCtx> extends HookCore<Providers> {
  readonly workflow: WorkflowContext<Ctx>;
  readonly workspace: Workspace<WorkspaceCtx>;
}

export interface WorkspaceOperationCore<Ctx, Providers, WorkspaceCtx, Input> extends WorkspaceCore<
  Ctx,
  Providers,
  WorkspaceCtx
> {
  /** The input, validated, with defaults filled in. Frozen. */
  readonly input: Readonly<Input>;
}

export interface OperationCore<Providers, Input> extends HookCore<Providers> {
  /** The name of the workflow. */
  readonly workflow: string;
  /** The input, validated, with defaults filled in. Frozen. */
  readonly input: Readonly<Input>;
}

/** What `create` of a workspace receives. */
export type WorkspaceCreateContext<Ctx = JsonObject, Providers = {}> = HandlerContext<
  Providers,
  WorkspaceCreateCore<Ctx, Providers>
>;

/** What `remove` of a workspace receives. */
export type WorkspaceRemoveContext<
  Ctx = JsonObject,
  Providers = {},
  WorkspaceCtx = JsonObject,
> = HandlerContext<Providers, WorkspaceCore<Ctx, Providers, WorkspaceCtx>>;

/** What `run` of a workspace operation receives. */
export type WorkspaceOperationContext<
  Ctx = JsonObject,
  Providers = {},
  WorkspaceCtx = JsonObject,
  Input = {},
> = HandlerContext<Providers, WorkspaceOperationCore<Ctx, Providers, WorkspaceCtx, Input>>;

/** What `run` of an operation receives. */
export type OperationContext<Providers = {}, Input = {}> = HandlerContext<
  Providers,
  OperationCore<Providers, Input>
>;

/** How a named workspace comes and goes. */
export interface WorkspaceDefinition<Ctx, Providers, Created> {
  /**
   * Creates a workspace from the applied workflow. What it returns is stored as the context of the
   * workspace. Give `create` before `remove`, so that `remove` knows its type.
   */
  create(
    context: WorkspaceCreateContext<Ctx, Providers>,
  ): Created & JsonObjectOnly<Awaited<Created>, "ctx">;
  /** Removes what `create` made. The workspace is forgotten only once this succeeds. */
  remove(context: WorkspaceRemoveContext<Ctx, Providers, Awaited<Created>>): MaybePromise<void>;
}

/** What an operation is called, what it takes and what it does. */
export interface OperationDefinition<Context, Input, Result> {
  /** Its name as a person reads it; the id by default. */
  readonly title?: string;
  /** What it does, for its help. */
  readonly description?: string;
  /**
   * Its input: a JSON Schema, a Standard Schema value such as `z.object({…})`, or a function that
   * builds fields. Give it before `run`, so that `run` knows its type.
   */
  readonly input?: Input;
  /** Does the work. What it returns is the operation's result. */
  run(context: Context): Result & JsonResult<Awaited<Result>>;
}

export type JsonResult<Result> = JsonOnly<Exclude<Result, void | undefined>, "result">;
