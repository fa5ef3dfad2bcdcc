/**
 * The Rigkit SDK: what a `rig.config.ts` imports to describe a development environment.
 *
 * A workflow is a sequence of tasks. A task runs once; what it returns is its cached output and
 * becomes the *context* of the tasks after it. These declarations carry the type of that context
 * from task to task, together with the providers and the configuration in scope.
 *
 * This file and those under `sdk/` are written by `rig init` and `rig types`; edits to them are
 * lost.
 *
 * @packageDocumentation
 */

// The functions a config calls, and what they give.
export { defineConfig, sequence, step, task, workflow } from "./sdk/workflow.js";
export type { Config, Workflow } from "./sdk/workflow.js";
export type { AddTask, Declared, SequenceNode } from "./sdk/sequence.js";
export type {
  FragmentNeeds,
  Given,
  Incoming,
  TaskNode,
  WorkflowNode,
  WorkflowNodeInput,
  WorkflowNodeOutput,
} from "./sdk/node.js";

// Tasks and their handlers.
export type { CacheTTL, TaskContext, TaskOptions, TaskResult } from "./sdk/task.js";
export type { LogOptions, LogStream, StepInvalidation, StepRuntime } from "./sdk/step.js";

// Workspaces and operations.
export type {
  OperationContext,
  OperationDefinition,
  WorkflowContext,
  Workspace,
  WorkspaceCreateContext,
  WorkspaceDefinition,
  WorkspaceOperationContext,
  WorkspaceRecord,
  WorkspaceRemoveContext,
} from "./sdk/workspace.js";
export type {
  Field,
  FieldBuilder,
  FieldOptions,
  Fields,
  RestField,
  RestOptions,
  OperationInput,
  OperationSchema,
} from "./sdk/input.js";

// Providers and the machine they work on.
export { defineProvider } from "./sdk/provider.js";
export type {
  Artifact,
  CheckContext,
  CheckMode,
  CreateProviderInput,
  InteractionSession,
  Provider,
  ProviderCheck,
  ProviderController,
  ProviderDefinition,
  ProviderEvent,
  ProviderPlugin,
  ProviderRecord,
  ProviderRuntimeContext,
  ProviderRuntimes,
  ProviderStorage,
  Resolvable,
  Resolved,
  RuntimeOf,
} from "./sdk/provider.js";
export type {
  CommandMode,
  LocalCommand,
  LocalCommandResult,
  LocalPrompt,
  LocalRuntime,
  SelectOption,
} from "./sdk/local.js";

// Values: the environment, schemas, JSON, names.
export { env } from "./sdk/environment.js";
export type { Environment, EnvValue } from "./sdk/environment.js";
export { z } from "./sdk/zod.js";
export type { JsonSchema, OutputSchema, Parser, SafeParser, StandardSchema } from "./sdk/schema.js";
export type { JsonObject, JsonPrimitive, JsonValue, MaybePromise, Refused } from "./sdk/json.js";
export type { ReservedOperationId, ReservedProviderName } from "./sdk/names.js";
