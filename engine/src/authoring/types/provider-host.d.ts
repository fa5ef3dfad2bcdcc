/**
 * The machine `rig` runs on, as a provider: commands and files.
 *
 * This file is written by `rig init` and `rig types`; edits to it are lost.
 *
 * @packageDocumentation
 */

import type { EnvValue } from "./sdk/environment.js";
import type { Provider, Resolvable } from "./sdk/provider.js";

// Only what is marked `export` below is visible.
export {};

/** How the host provider is set up. Relative paths start at the project directory. */
export interface HostConfig {
  /** Where commands run and from where relative paths count; the project directory by default. */
  readonly cwd?: Resolvable<string>;
  /** Variables added to the environment of every command, such as `env.secret("NPM_TOKEN")`. */
  readonly env?: { readonly [name: string]: Resolvable<string> };
  /** The program that runs a command given as one string; `sh` by default. */
  readonly shell?: Resolvable<string>;
}

/** The host provider: `host.provider()`. */
export declare const host: {
  /**
   * Makes the provider that runs commands and touches files on this machine.
   *
   * ```ts
   * workflow("web")
   *   .sequence("web")
   *   .addProvider("host", host.provider())
   *   .task("install", async ({ host }) => {
   *     await host.exec("npm ci");
   *   });
   * ```
   */
  provider(config?: HostConfig): Provider<HostRuntime>;
};

/** What a handler receives for the host provider. */
export interface HostRuntime {
  /**
   * Runs a command and waits for it.
   *
   * A string is run by the shell; a list is a program and its arguments, without a shell, so that
   * nothing needs quoting. Output is shown while the command runs. A command that fails is an
   * error that shows the end of its output, or with `check: false` a result with `ok: false`:
   *
   * ```ts
   * await host.exec(["git", "clone", url, target]);
   * const { ok } = await host.exec(["docker", "info"], { check: false });
   * ```
   *
   * When the run is cancelled, the command and everything it started are stopped. What a command
   * leaves running in the background when it ends stays; nothing more of its output is read, and a
   * warning names it. Its working directory is also in its variable `PWD`.
   *
   * With `detach` it starts a process that is meant to stay, such as a server, and does not wait for
   * it. Such a process has a session of its own, no input, and output that goes nowhere unless it is
   * redirected. It outlives a cancel, the run and the terminal: whoever started it has to end it.
   *
   * ```ts
   * const { pid } = await host.exec("npm run dev > dev.log 2>&1", { detach: true });
   * ```
   *
   * @throws when the program is not there, does not exit with 0, or passes `timeoutMs`, unless
   *   `check` is `false`
   */
  exec<Detach extends boolean = false>(
    command: string | readonly string[],
    options?: ExecOptions<Detach>,
  ): Promise<Detach extends true ? DetachedProcess : ExecResult>;

  /**
   * Reads a file as UTF-8 text, or as bytes.
   *
   * @throws when there is no such file, or it is not UTF-8
   */
  readFile(path: string): Promise<string>;
  readFile(path: string, options: { readonly encoding: "utf8" }): Promise<string>;
  readFile(path: string, options: { readonly encoding: "bytes" }): Promise<Uint8Array>;

  /** Writes a file, replacing what it held. Directories above it are created. */
  writeFile(path: string, data: string | Uint8Array, options?: WriteFileOptions): Promise<void>;

  /** Says whether there is a file, directory or link at `path`. */
  exists(path: string): Promise<boolean>;

  /**
   * Describes what is at `path`. Links are followed.
   *
   * @throws when there is nothing
   */
  stat(path: string): Promise<FileStat>;

  /** Creates a directory and those above it. One that exists already is fine. */
  mkdir(path: string): Promise<void>;

  /**
   * Removes a file, a link or an empty directory; with `recursive`, a directory and all it holds.
   *
   * @returns whether there was something to remove
   */
  remove(path: string, options?: { readonly recursive?: boolean }): Promise<boolean>;

  /**
   * Copies a file, or a directory with all it holds. Directories above `to` are created.
   *
   * @throws when `to` exists and `overwrite` is not set
   */
  copy(from: string, to: string, options?: { readonly overwrite?: boolean }): Promise<void>;

  /**
   * Moves a file or directory. Directories above `to` are created.
   *
   * @throws when `to` exists and `overwrite` is not set
   */
  rename(from: string, to: string, options?: { readonly overwrite?: boolean }): Promise<void>;

  /**
   * Lists the files that match a pattern, sorted, with `/` between directories.
   *
   * `*` matches within a name, `**` across directories, `{a,b}` either one, `[a-z]` one character.
   *
   * @returns paths relative to `cwd`
   */
  glob(pattern: string | readonly string[], options?: GlobOptions): Promise<string[]>;

  /**
   * Hashes files: a fingerprint of their contents and of which of them can be executed, and of the
   * names of several, to put in the context.
   *
   * ```ts
   * .task("lockfile", { cacheTTL: 0, cutoff: true }, async ({ host }) => ({
   *   ctx: { lockfile: await host.hash("package-lock.json") },
   * }))
   * ```
   *
   * Links to directories are followed, each directory once. The `.rigkit` of the project is left out
   * of directories and patterns, for each run changes it.
   *
   * @param target - a file, a directory with all it holds, a pattern, or several of them
   * @returns the SHA-256 in hexadecimal
   * @throws when a file or directory is not there; a pattern without a match has a hash too
   */
  hash(target: string | readonly string[], options?: GlobOptions): Promise<string>;
}

/** How to run a command. */
export interface ExecOptions<Detach extends boolean = false> {
  /** Where it runs; the `cwd` of the provider by default. */
  readonly cwd?: string;
  /** Variables added to the environment, such as `env.secret("TOKEN")`; `undefined` takes one away. */
  readonly env?: { readonly [name: string]: string | EnvValue | undefined };
  /** Whether it is a process that is meant to stay; by default the command is waited for. */
  readonly detach?: Detach;
  /** What it reads from its standard input; nothing by default. */
  readonly stdin?: IfWaited<Detach, string | Uint8Array>;
  /** After how many milliseconds it is stopped with everything it started. */
  readonly timeoutMs?: IfWaited<Detach, number>;
  /**
   * Whether a command that fails is an error with the end of its output; it is by default. With
   * `false`, the result says how the command ended: for those who look at it.
   */
  readonly check?: IfWaited<Detach, boolean>;
  /** Receives the output piece by piece, while the command runs. */
  readonly onOutput?: IfWaited<Detach, (data: string, stream: "stdout" | "stderr") => void>;
}

/** What only a command can have that is waited for. */
export type IfWaited<Detach extends boolean, Value> = Detach extends true ? undefined : Value;

/** A process that is meant to stay. */
export interface DetachedProcess {
  /** Its number; of a shell line it is that of the shell. */
  readonly pid: number;
}

/** How a command ended. */
export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Its exit code; 128 and the number of the signal when a signal ended it, 127 for no program. */
  readonly exitCode: number;
  /** Whether the exit code is 0 and the command was not stopped; always, unless `check` is `false`. */
  readonly ok: boolean;
}

/** How to write a file. */
export interface WriteFileOptions {
  /** Adds to the end instead of replacing. */
  readonly append?: boolean;
  /** The permission bits, such as `0o755` for a script. */
  readonly mode?: number;
}

/** What is at a path. */
export interface FileStat {
  readonly kind: "file" | "directory" | "other";
  /** In bytes. */
  readonly size: number;
  /** The permission bits. */
  readonly mode: number;
  /** When it last changed, as an ISO 8601 time in UTC. */
  readonly modifiedAt: string;
}

/** Where and what to search. */
export interface GlobOptions {
  /** Where patterns start; the `cwd` of the provider by default. */
  readonly cwd?: string;
  /** Patterns of what to leave out, such as `["node_modules/**"]`. */
  readonly ignore?: readonly string[];
  /** Whether `*` matches names that start with a dot; by default it does not. */
  readonly dot?: boolean;
}
