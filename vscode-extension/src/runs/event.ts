/** The events of a run that are shown; all others are passed over. */

interface Node {
  nodePath: string;
}

interface Command {
  nodePath?: string;
  /** Tells it from other commands of the run; one that a provider runs by itself has none. */
  commandId?: number;
  commandName: string;
}

/** How a line of a log is meant. */
export type LogStream = "stdout" | "stderr" | "debug" | "info" | "warn" | "error";

/** How a run ended. */
export type RunOutcome = "succeeded" | "failed" | "cancelled";

/** Something that happened in a run. */
export type RunEvent =
  | { type: "apply.started"; workflow: string }
  | { type: "apply.waiting"; workflow: string; holder: string }
  | { type: "apply.completed"; workflow: string; outcome: RunOutcome; durationMs: number }
  | ({ type: "node.started" } & Node)
  | ({ type: "node.completed"; durationMs: number } & Node)
  | ({ type: "node.failed"; message: string; durationMs: number } & Node)
  | ({ type: "command.started"; command: string } & Command)
  | ({ type: "command.output"; stream: "stdout" | "stderr"; data: string } & Command)
  | ({ type: "command.detached"; pid: number } & Command)
  | ({ type: "command.completed"; exitCode: number } & Command)
  | ({ type: "log.output"; stream: LogStream; label?: string; data: string } & Node)
  | ({ type: "interaction.awaiting_user"; title: string; url: string } & Node)
  | { type: "workspace.create.started"; workspaceId: string }
  | { type: "workspace.ready"; workspaceId: string }
  | { type: "workspace.remove.started"; workspaceId: string }
  | { type: "workspace.removed"; workspaceId: string; failure?: string }
  | { type: "operation.started"; operation: string }
  | { type: "operation.completed"; operation: string; outcome: RunOutcome; durationMs: number };

/** An event with its place in the run. */
export type EventRecord = RunEvent & { sequence: number; time: string };
