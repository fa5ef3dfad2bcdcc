/** Environment variables: texts, and secrets that are read when they are used. */

import type { Names } from "./names.js";

/**
 * A secret of the environment, which is read when it is used and not when the config is read.
 *
 * Give it to a provider as part of its config, or call it inside a handler:
 *
 * ```ts
 * const token = env.secret("API_TOKEN");
 *
 * task("publish", async ({ host }) => {
 *   await host.exec(["publish"], { env: { API_TOKEN: token } });
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
   * Reads an environment variable.
   *
   * Variables come from the environment of `rig` and, where that does not set them, from the
   * `.env` and `.env.local` files between the root of the file system and the project, the nearest
   * one winning. A task that uses the value runs again when it is another one.
   *
   * ```ts
   * const branch = env("BRANCH", "main");
   *
   * task("clone", async ({ host }) => {
   *   await host.exec(["git", "clone", "--branch", branch, url]);
   * });
   * ```
   *
   * @param name - the variable
   * @param fallback - its value when it is not set
   * @throws when it is not set and has no fallback: at the top of a config that fails the config, in
   *   a handler its task.
   */
  <const Name extends string>(name: Name & Names<"a variable">[Name], fallback?: string): string;
  /**
   * Names an environment variable whose value is a secret, to be read when it is used.
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
 * Environment variables: `env("BRANCH", "main")` is a text, `env.secret("API_TOKEN")` a secret that is
 * read when it is used.
 */
export declare const env: Environment;
