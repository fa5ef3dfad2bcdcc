/** How a workflow stands as a whole, in a few words. */

import { l10n } from "vscode";
import { isPending } from "./pending";
import type { TaskSummary } from "./protocol";

/** Sums up tasks. */
export function standing(tasks: readonly Pick<TaskSummary, "state">[]): string {
  if (tasks.some(({ state }) => state === "running")) {
    return l10n.t("running");
  }
  const pending = tasks.filter(isPending).length;
  return pending === 0 ? l10n.t("up to date") : l10n.t("{0} of {1} pending", pending, tasks.length);
}
