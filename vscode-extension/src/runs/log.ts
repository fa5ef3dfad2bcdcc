/** Keeps the log of runs: all of them in an output channel, and the latest of each task by itself. */

import {
  EventEmitter,
  Uri,
  type Disposable,
  type OutputChannel,
  type TextDocumentContentProvider,
} from "vscode";
import type { RunEventParams } from "../protocol";
import { output } from "../show/output";
import { line as shown } from "../show/text";
import { ConcurrentCommands } from "./commands";
import type { RunEvent } from "./event";
import { lineOf } from "./line";

/** The scheme of documents that show the log of one task. */
export const LOG_SCHEME = "rigkit-log";

/** How many lines of a task are kept at least. */
const KEPT = 5_000;

/** Writes the log of runs. */
export class RunLog implements TextDocumentContentProvider, Disposable {
  readonly #output: OutputChannel;
  readonly #changed = new EventEmitter<Uri>();
  readonly #lines = new Map<string, string[]>();
  readonly #commands = new Map<string, ConcurrentCommands>();

  constructor(output: OutputChannel) {
    this.#output = output;
  }

  readonly onDidChange = this.#changed.event;

  /** Takes up an event of a run. */
  take({ config, run, event }: RunEventParams): void {
    const commands = this.#commandsOf(`${config} ${run}`, event);
    const command = commands.label(event);
    commands.note(event);
    const line = lineOf(event);
    if (line === undefined) {
      return;
    }
    const label = command === undefined ? "" : `${shown(command)} | `;
    const text = output(line.text).map((part) => label + part);
    const prefix = line.task === undefined ? "" : `[${shown(line.task)}] `;
    this.#output.appendLine(text.map((part) => prefix + part).join("\n"));
    if (line.task !== undefined) {
      const uri = logUri(config, line.task);
      this.#keep(uri, event.type === "node.started", text);
    }
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.#lines.get(uri.toString())?.join("\n") ?? "";
  }

  /** Says whether anything is known of a task. */
  has(config: string, task: string): boolean {
    return this.#lines.has(logUri(config, task).toString());
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** Gives the commands of a run, which are forgotten with its end. */
  #commandsOf(run: string, event: RunEvent): ConcurrentCommands {
    const commands = this.#commands.get(run) ?? new ConcurrentCommands();
    if (event.type === "apply.completed" || event.type === "operation.completed") {
      this.#commands.delete(run);
    } else {
      this.#commands.set(run, commands);
    }
    return commands;
  }

  #keep(uri: Uri, isNewRun: boolean, text: readonly string[]): void {
    const key = uri.toString();
    const lines = isNewRun ? [] : (this.#lines.get(key) ?? []);
    lines.push(...text);
    // Seldom, for each time all that is kept moves.
    if (lines.length > 2 * KEPT) {
      lines.splice(0, lines.length - KEPT);
    }
    this.#lines.set(key, lines);
    this.#changed.fire(uri);
  }
}

/** Gives the address under which the log of a task is shown. */
export function logUri(config: string, task: string): Uri {
  return Uri.from({ scheme: LOG_SCHEME, path: `/${shown(task)}.log`, query: config });
}
