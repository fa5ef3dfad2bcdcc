/** Environment variables that are read when they are used. */

import type { Names } from "./names.js";

/**
 * An environment variable that is read when it is used, not when the config is read.
 *
 * Give it to a provider as part of its config, or call it inside a handler:
 *
 * ```ts
 * const branch = env("BRANCH", "main");
 *
 * task("clone", async ({ host }) => {
 *   await host.exec(["git", "clone", "--branch", branch(), url]);
 * });
 * ```
 */
export interface EnvValue {
  /**
   * Reads the variable.
   *
   * @throws when it is not set and has no fallback; the message names the variable and the task
   *   or provider that wanted it.
   */
  (): string;
  /** The name of the variable. */
  readonly variable: string;
  /** Whether the value is kept out of the state, logs, events and messages. */
  readonly secret: boolean;
  /** Reads the variable, so that it can stand in a template string. */
  toString(): string;
}

export interface Environment {
  /**
   * Names an environment variable, to be read when it is used.
   *
   * Variables come from the environment of `rig` and, where that does not set them, from the
   * `.env` files between the root of the file system and the project, the nearest one winning.
   *
   * @param name - the variable
   * @param fallback - its value when it is not set; without one, that is an error
   */
  <const Name extends string>(name: Name & Names<"a variable">[Name], fallback?: string): EnvValue;
  /**
   * Names an environment variable whose value is a secret.
   *
   * The value never reaches the state database, a log, an event or an error message, where `***`
   * replaces it, also without the blanks around it, line by line, quoted, escaped, as hex or base64;
   * a context that contains it is an error. The plan still notices when it changes. A value of
   * fewer than 6 characters, or a common word, is masked only where it stands alone.
   *
   * @param name - the variable
   * @param fallback - its value when it is not set; without one, that is an error
   */
  secret<const Name extends string>(
    name: Name & Names<"a variable">[Name],
    fallback?: string,
  ): EnvValue;
}

/**
 * Environment variables, read when they are used: `env("BRANCH", "main")`,
 * `env.secret("API_TOKEN")`.
 */
export declare const env: Environment;
