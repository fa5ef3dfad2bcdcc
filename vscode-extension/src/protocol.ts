/** What goes over the wire to and from `rig lsp` beside the language server protocol. */

import type { Location } from "vscode-languageclient/node";
import type { EventRecord } from "./runs/event";

/** A value as JSON has it. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** The commands of the server. */
export const COMMANDS = [
  "rigkit.plan",
  "rigkit.apply",
  "rigkit.applyUntil",
  "rigkit.invalidate",
  "rigkit.createWorkspace",
  "rigkit.removeWorkspace",
  "rigkit.runOperation",
  "rigkit.runWorkspaceOperation",
  "rigkit.explain",
  "rigkit.graph",
  "rigkit.cancel",
] as const;

/** The name of a command of the server. */
export type CommandName = (typeof COMMANDS)[number];

/** What a command is to work on; what it does not need is left out. */
export interface CommandArguments {
  /** The URI of the config of the project. */
  config?: string;
  workflow?: string;
  task?: string;
  workspace?: string;
  operation?: string;
  input?: Record<string, Json>;
  force?: boolean;
  /** Whether the person has agreed already that a workspace is removed. */
  confirmed?: boolean;
  /** A run, by the id its events have. */
  run?: string;
}

/** What is known of a project. */
export interface ProjectSummary {
  /** The URI of its config. */
  config: string;
  /** The path of its directory. */
  root: string;
  /** Whether all of it is of the text as it is, and not of an earlier one. */
  isCurrent: boolean;
  /** Whether anything is known yet. */
  isEvaluated: boolean;
  problems: string[];
  workflows: WorkflowSummary[];
}

/** What is known of a workflow. */
export interface WorkflowSummary {
  name: string;
  location: Location | null;
  /** Whether nothing has to run but what is looked at each time. */
  isUpToDate: boolean;
  graph: GraphSummary | null;
  tasks: TaskSummary[];
  workspaceDefinition: Location | null;
  workspaces: WorkspaceSummary[];
  operations: OperationSummary[];
}

/** What comes before what, where a workflow can be planned. */
export interface GraphSummary {
  nodes: { path: string }[];
  /** Indexes of nodes. */
  edges: { from: number; to: number }[];
}

/** How a task stands. */
export type TaskState = "cached" | "pending" | "conditional" | "running" | "failed" | "unknown";

/** What is known of a task. */
export interface TaskSummary {
  path: string;
  name: string;
  location: Location | null;
  state: TaskState;
  /** How it stands, in a few words. */
  text: string;
  /** What changed, one line each. */
  changes: string[];
}

/** What is known of a workspace. */
export interface WorkspaceSummary {
  name: string;
  state: "ready" | "creating" | "incomplete";
  freshness: "current" | "behind" | "unknown";
}

/** What is known of an operation. */
export interface OperationSummary {
  id: string;
  source: "core" | "config";
  kind: "command" | "workspace-action";
  title?: string;
  description?: string;
  inputSchema: Json;
}

/** What happened in a run. */
export interface RunEventParams {
  config: string;
  run: string;
  event: EventRecord;
}

/** The kinds of questions that the server has for a person. */
export type PromptKind = "text" | "select" | "confirm";

/** A question of a run to the person. */
export type PromptParams =
  | {
      kind: "text";
      message: string;
      /** What was wrong with the answer before. */
      problem?: string;
      defaultValue?: string;
      placeholder?: string;
      secret: boolean;
    }
  | { kind: "select"; message: string; options: { label: string; description?: string }[] }
  | { kind: "confirm"; message: string; defaultValue?: boolean };

/** What a person answered: a text, the index of an option, yes or no; nothing where they gave up. */
export type PromptAnswer = string | number | boolean | null;

/** What the server answers where the same runs already. */
export interface AlreadyRunning {
  /** The run. */
  alreadyRunning: string;
  /** How far it is. */
  message: string;
}
