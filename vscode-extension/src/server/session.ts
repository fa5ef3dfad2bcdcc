/** One life of the server: its process and the client that talks to it. */

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { LogOutputChannel } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { makeClient } from "./client";
import type { ServerProblem } from "./problem";
import { spawnServer } from "./process";
import { TIMED_OUT, within } from "./timeout";

/** How long a server may take to end by itself, in milliseconds. */
const END_PATIENCE = 3_000;

/** What came of a start. */
export type Start =
  | { kind: "started" }
  /** The process ended by itself meanwhile. */
  | { kind: "ended" }
  | { kind: "failed"; problem: ServerProblem };

/** Who wants to know what becomes of a session. */
export interface SessionHost {
  /** Is called when the server is gone without having been asked to. */
  ended: () => void;
  /** Is called when the server says what is not of the protocol. */
  garbled: (error: Error) => void;
}

/** Is one process of the server with its client. */
export class Session {
  readonly client: LanguageClient;
  #child: ChildProcess | undefined;

  constructor(path: string, log: LogOutputChannel, { ended, garbled }: SessionHost) {
    this.client = makeClient({
      log,
      spawn: () => (this.#child = spawnServer(path, log)),
      closed: ended,
      garbled,
    });
  }

  /** Starts, or says why it cannot. */
  async start(patience: number): Promise<Start> {
    try {
      if ((await within(patience, this.client.start())) === TIMED_OUT) {
        return { kind: "failed", problem: { kind: "startTimedOut", seconds: patience / 1000 } };
      }
    } catch (error) {
      return (await this.#endsSoon()) ? { kind: "ended" } : failed(String(error));
    }
    const name = this.client.initializeResult?.serverInfo?.name;
    return name === "rig" ? { kind: "started" } : failed(name ?? "?");
  }

  /** Asks the server to end. */
  async stop(): Promise<void> {
    try {
      await this.client.dispose(END_PATIENCE);
    } catch {
      // It is gone already, has never come up, or does not answer.
      this.kill();
    }
  }

  /** Ends the process without asking. */
  kill(): void {
    this.#child?.kill("SIGKILL");
  }

  /** Streams are gone before it is known that the process is. */
  async #endsSoon(): Promise<boolean> {
    const child = this.#child;
    if (child === undefined) {
      return false;
    }
    const isGone = child.exitCode !== null || child.signalCode !== null;
    return isGone || (await within(END_PATIENCE, once(child, "exit"))) !== TIMED_OUT;
  }
}

function failed(detail: string): Start {
  return { kind: "failed", problem: { kind: "startFailed", detail } };
}
