/** How everything stands, in a few words. */

import { l10n } from "vscode";
import { isPending } from "../pending";
import type { ProjectSummary } from "../protocol";
import { standing } from "../standing";

/** What the status bar says. */
export interface Summary {
  text: string;
  tooltip: string;
}

/** Sums up all projects; nothing where there is none. */
export function summarize(
  projects: readonly ProjectSummary[],
  running: number,
): Summary | undefined {
  if (projects.length === 0) {
    return undefined;
  }
  const workflows = projects.flatMap((project) => project.workflows);
  const tasks = workflows.flatMap((workflow) => workflow.tasks);
  const behind = workflows.filter(({ isUpToDate }) => !isUpToDate);
  const pending = behind.flatMap((workflow) => workflow.tasks).filter(isPending).length;
  const tooltip = projects.flatMap(linesOf).join("\n");
  if (running > 0 || tasks.some(({ state }) => state === "running")) {
    return { text: l10n.t("$(sync~spin) rig: running"), tooltip };
  }
  if (tasks.some(({ state }) => state === "failed")) {
    return { text: l10n.t("$(error) rig: failed"), tooltip };
  }
  if (projects.some(({ problems }) => problems.length > 0)) {
    return { text: l10n.t("$(warning) rig: problems"), tooltip };
  }
  return pending === 0
    ? { text: l10n.t("$(pass) rig"), tooltip }
    : { text: l10n.t("$(circle-filled) rig: {0} pending", pending), tooltip };
}

function linesOf({ problems, workflows }: ProjectSummary): string[] {
  const lines = workflows.map((workflow) => `${workflow.name}: ${standing(workflow)}`);
  return [...problems, ...lines];
}
