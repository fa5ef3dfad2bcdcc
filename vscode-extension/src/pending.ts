/** Which tasks have to run. */

import type { TaskSummary } from "./protocol";

/** Says whether a task would run for certain if its workflow were applied. */
export function isPending({ state }: Pick<TaskSummary, "state">): boolean {
  return state === "pending" || state === "failed";
}
