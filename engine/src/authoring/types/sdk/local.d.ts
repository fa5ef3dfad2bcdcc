/** The developer's machine. */

import type { JsonValue } from "./json.js";

/** The machine `rig` runs on and the person in front of it. */
export interface LocalRuntime {
  /** Opens a URL or a file with the program the system has for it. */
  open(target: string): Promise<void>;
  /** Runs a command, with its output captured or with the terminal handed to it. */
  command<const Mode extends CommandMode = "capture">(
    command: LocalCommand<Mode>,
  ): Promise<LocalCommandResult<Mode>>;
  /** Asks the person. Where nobody can answer, defaults are used, and without one it fails. */
  readonly prompt: LocalPrompt;
  /**
   * Asks the program that embeds Rigkit to do something only it can.
   *
   * @throws when it has no capability of this id
   */
  requestCapability(
    id: string,
    params: JsonValue,
    options?: { readonly nodePath?: string },
  ): Promise<JsonValue>;
  /** The same for something that lasts: `closed` settles when the other side ends it. */
  requestCapabilitySession(
    id: string,
    params: JsonValue,
    options?: { readonly nodePath?: string },
  ): Promise<{ readonly result: JsonValue; readonly closed: Promise<void> }>;
}

/** `capture` collects the output; `interactive` hands the terminal to the command. */
export type CommandMode = "capture" | "interactive";

/** A command on the developer's machine. */
export interface LocalCommand<Mode extends CommandMode = CommandMode> {
  /** The program and its arguments; no shell is involved. */
  readonly argv: readonly string[];
  /** Where it runs; the project directory by default. */
  readonly cwd?: string;
  /** Variables added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads from its standard input. */
  readonly stdin?: string;
  /** `capture` by default. */
  readonly mode?: Mode;
  /** Why, as a person reads it. */
  readonly reason?: string;
  readonly presentation?: { readonly visible?: boolean; readonly label?: string };
}

/** How a command on the developer's machine ended. An interactive one has no captured output. */
export interface LocalCommandResult<Mode extends CommandMode = CommandMode> {
  readonly exitCode: number;
  readonly stdout: "interactive" extends Mode ? string | null : string;
  readonly stderr: "interactive" extends Mode ? string | null : string;
}

/** Questions to the person. */
export interface LocalPrompt {
  /** Shows a message. */
  message(input: { readonly message: string }): Promise<void>;
  /** Asks for a line of text. */
  text(input: { readonly message: string; readonly defaultValue?: string }): Promise<string>;
  /** Asks yes or no. */
  confirm(input: { readonly message: string; readonly defaultValue?: boolean }): Promise<boolean>;
  /** Asks to pick one of several options. */
  select<const Value extends string>(input: {
    readonly message: string;
    readonly options: readonly SelectOption<Value>[];
    readonly defaultValue?: NoInfer<Value>;
  }): Promise<Value>;
}

/** One answer to choose. */
export interface SelectOption<Value extends string = string> {
  readonly value: Value;
  /** How it is shown; the value by default. */
  readonly label?: string;
  readonly description?: string;
}
