/** How a workflow stands as a whole, in a few words. */

import { l10n } from "vscode";
import { isPending } from "./pending";
import type { TaskSummary, WorkflowSummary } from "./protocol";

/** What of a workflow says how it stands. */
export interface StandingOf extends Pick<WorkflowSummary, "isUpToDate"> {
  tasks: readonly Pick<TaskSummary, "state">[];
}

/** Sums up a workflow. */
export function standing({ tasks, isUpToDate }: StandingOf): string {
  if (tasks.some(({ state }) => state === "running")) {
    return l10n.t("running");
  }
  const pending = tasks.filter(isPending).length;
  return isUpToDate || pending === 0
    ? l10n.t("up to date")
    : l10n.t("{0} of {1} pending", pending, tasks.length);
}
