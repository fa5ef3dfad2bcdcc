/** What a command was told to work on, wherever it was started from. */

import type { CommandArguments } from "../protocol";

/**
 * Reads the first argument of a command: a node of the view, an object of arguments as lenses and
 * key bindings have it, or nothing.
 */
export function readTarget(sent: unknown): CommandArguments {
  if (typeof sent !== "object" || sent === null) {
    return {};
  }
  return "target" in sent ? readTarget(sent.target) : sent;
}
