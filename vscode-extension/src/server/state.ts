/** How the server stands. */

import type { ServerProblem } from "./problem";

/** How the server stands. */
export type ServerState =
  | { kind: "stopped" }
  | { kind: "starting" }
  | { kind: "running"; path: string; version: string }
  /** It ended by itself and is started again after a pause, in milliseconds. */
  | { kind: "pausing"; pause: number }
  /** It runs, but does not answer. */
  | { kind: "unresponsive"; problem: ServerProblem }
  | { kind: "failed"; problem: ServerProblem };
