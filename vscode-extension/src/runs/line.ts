/** What is written into the log of an event. */

import { l10n } from "vscode";
import type { RunEvent } from "./event";

/** A line with the task it belongs to, where it belongs to one. */
export interface LogLine {
  task?: string;
  text: string;
}

/** Gives the line of an event; nothing where it is not worth one. */
export function lineOf(event: RunEvent): LogLine | undefined {
  switch (event.type) {
    case "node.started":
      return { task: event.nodePath, text: l10n.t("started") };
    case "node.completed":
      return { task: event.nodePath, text: l10n.t("done in {0}", duration(event.durationMs)) };
    case "node.failed":
      return { task: event.nodePath, text: l10n.t("failed: {0}", event.message) };
    case "command.started":
      return ofTask(event.nodePath, `$ ${event.command}`);
    case "command.output":
      return ofTask(event.nodePath, event.data.trimEnd());
    case "command.detached":
      return ofTask(
        event.nodePath,
        l10n.t("{0} stays as process {1}", event.commandName, event.pid),
      );
    case "command.completed":
      return event.exitCode === 0
        ? undefined
        : ofTask(event.nodePath, l10n.t("ended with {0}", event.exitCode));
    case "log.output":
      return { task: event.nodePath, text: labelled(event.label, event.data.trimEnd()) };
    case "interaction.awaiting_user":
      return { task: event.nodePath, text: `${event.title}: ${event.url}` };
    default:
      return lineOfRun(event);
  }
}

/** Gives the line of an event that belongs to no task. */
function lineOfRun(event: RunEvent): LogLine | undefined {
  switch (event.type) {
    case "apply.started":
      return { text: l10n.t("Applying {0}", event.workflow) };
    case "apply.waiting":
      return { text: l10n.t("Waiting for {0}", event.holder) };
    case "apply.completed":
      return { text: ended(event.workflow, event.outcome, event.durationMs) };
    case "operation.started":
      return { text: l10n.t("Running {0}", event.operation) };
    case "operation.completed":
      return { text: ended(event.operation, event.outcome, event.durationMs) };
    case "workspace.create.started":
      return { text: l10n.t("Creating the workspace {0}", event.workspaceId) };
    case "workspace.ready":
      return { text: l10n.t("The workspace {0} is ready", event.workspaceId) };
    case "workspace.remove.started":
      return { text: l10n.t("Removing the workspace {0}", event.workspaceId) };
    case "workspace.removed":
      return { text: l10n.t("The workspace {0} is gone", event.workspaceId) };
    default:
      return undefined;
  }
}

function ofTask(task: string | undefined, text: string): LogLine {
  return task === undefined ? { text } : { task, text };
}

function labelled(label: string | undefined, text: string): string {
  return label === undefined ? text : `${label}: ${text}`;
}

function ended(name: string, outcome: string, milliseconds: number): string {
  const time = duration(milliseconds);
  switch (outcome) {
    case "succeeded":
      return l10n.t("{0}: done in {1}", name, time);
    case "cancelled":
      return l10n.t("{0}: cancelled after {1}", name, time);
    default:
      return l10n.t("{0}: failed after {1}", name, time);
  }
}

/** Writes a duration in the unit that suits it. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) {
    return `${milliseconds} ms`;
  }
  const tenths = Math.round(milliseconds / 100);
  if (tenths < 600) {
    return `${(tenths / 10).toFixed(1)} s`;
  }
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
