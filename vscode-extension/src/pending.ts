/** Which tasks have to run. */

import type { TaskSummary } from "./protocol";

/** Says whether a task would run if its workflow were applied. */
export function isPending({ state }: TaskSummary): boolean {
  return state === "pending" || state === "conditional" || state === "failed";
}
