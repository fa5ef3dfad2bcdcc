/** Tells the commands of one task apart that run at once. */

import type { RunEvent } from "./event";

interface RunningCommand {
  nodePath: string | undefined;
  name: string;
  /** Whether another one of the task has run since it began. */
  hasCompany: boolean;
}

/** The commands of one run, as far as a reader has to tell them apart. */
export class ConcurrentCommands {
  readonly #running = new Map<number, RunningCommand>();

  /** Takes an event into account; the end of a command after its last line. */
  note(event: RunEvent): void {
    if (!("commandId" in event)) {
      return;
    }
    if (event.type === "command.started") {
      this.#start(event.commandId, event.nodePath, event.commandName);
    } else if (event.type !== "command.output") {
      this.#running.delete(event.commandId);
    }
  }

  /** Gives what tells the command of an event from others, such as `npm#2`; nothing where it is alone. */
  label(event: RunEvent): string | undefined {
    if (!("commandId" in event)) {
      return undefined;
    }
    const command = this.#running.get(event.commandId);
    return command?.hasCompany === true ? `${command.name}#${event.commandId}` : undefined;
  }

  #start(id: number, nodePath: string | undefined, name: string): void {
    const others = [...this.#running.values()].filter((other) => other.nodePath === nodePath);
    for (const other of others) {
      other.hasCompany = true;
    }
    this.#running.set(id, { nodePath, name, hasCompany: others.length > 0 });
  }
}
