/** What a person can set, typed, and what of it the server is told. */

import { workspace } from "vscode";
import type { PromptKind } from "./protocol";

/** When the log of runs is shown by itself. */
export type RevealLog = "never" | "onFailure" | "onStart";

/** In which direction a graph grows. */
export type GraphDirection = "down" | "right";

const section = (): ReturnType<typeof workspace.getConfiguration> =>
  workspace.getConfiguration("rigkit");

/** Reads the settings as they are now. */
export const settings = {
  /** The path of a binary that is to be used instead of the one in the package. */
  serverPath: (): string => section().get<string>("server.path", "").trim(),
  /** How long the server may take for an answer, in milliseconds. */
  serverTimeout: (): number => section().get<number>("server.timeout", 20) * 1000,
  showsStatusBar: (): boolean => section().get<boolean>("statusBar", true),
  notifiesOnSuccess: (): boolean => section().get<boolean>("notifyOnSuccess", true),
  revealLog: (): RevealLog => section().get<RevealLog>("revealLog", "never"),
  graphDirection: (): GraphDirection => section().get<GraphDirection>("graph.direction", "down"),
  detectsTasks: (): boolean => section().get<boolean>("tasks.detect", true),
};

/** What the server is told, as `initializationOptions` and whenever it asks. */
export interface ServerSettings {
  trusted: boolean;
  events: true;
  /** The kinds of questions that the extension asks by itself. */
  prompts: readonly PromptKind[];
  planDiagnostics: string;
  codeLens: Record<"workflow" | "task" | "workspace" | "operation", boolean>;
  inlayHints: boolean;
}

/**
 * Puts together what the server is told. Trust is the editor's answer and never a setting, for a
 * workspace brings settings of its own.
 */
export function serverSettings(): ServerSettings {
  const lens = (kind: string): boolean => section().get<boolean>(`codeLens.${kind}`, true);
  return {
    trusted: workspace.isTrusted,
    events: true,
    prompts: ["text", "select", "confirm"],
    planDiagnostics: section().get<string>("planDiagnostics", "off"),
    codeLens: {
      workflow: lens("workflow"),
      task: lens("task"),
      workspace: lens("workspace"),
      operation: lens("operation"),
    },
    inlayHints: section().get<boolean>("inlayHints", false),
  };
}
