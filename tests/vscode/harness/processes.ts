// Programs that are started, and ended by their ids.

import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";

/** Runs a program to its end and gives what it printed; throws with that where it fails. */
export async function run(program: string, words: string[], options: SpawnOptions = {}): Promise<string> {
  const child = spawn(program, words, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  child.stdout?.on("data", (data: Buffer) => (printed += data));
  child.stderr?.on("data", (data: Buffer) => (printed += data));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) {
    throw new Error(`${program} ${words.join(" ")} ended with ${code}:\n${printed}`);
  }
  return printed;
}

// What is started ends with the tests, also when those are told to end.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => process.exit(1));
}

/** A program with all that it starts. */
export class Group {
  /** What it printed so far. */
  printed = "";
  readonly #child: ChildProcess;
  readonly #end = () => this.#signal("SIGKILL");

  constructor(program: string, words: string[], environment: NodeJS.ProcessEnv) {
    this.#child = spawn(program, words, { env: environment, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stdout?.on("data", (data: Buffer) => (this.printed += data));
    this.#child.stderr?.on("data", (data: Buffer) => (this.printed += data));
    process.on("exit", this.#end);
  }

  /** Whether it is over. */
  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Ends it, and everything it started. */
  async end(): Promise<void> {
    const over = new Promise((resolve) => this.#child.once("close", resolve));
    const wasOver = this.isOver;
    this.#signal("SIGKILL");
    if (!wasOver) {
      await over;
    }
    process.off("exit", this.#end);
  }

  #signal(signal: NodeJS.Signals): void {
    const id = this.#child.pid;
    try {
      if (id !== undefined) {
        process.kill(-id, signal);
      }
    } catch {
      // Nothing of it is left.
    }
  }
}
