/** Shows in the status bar how everything stands. */

import { StatusBarAlignment, l10n, window, type Disposable } from "vscode";
import type { Projects } from "../projects";
import type { Runs } from "../runs/runs";
import { settings } from "../settings";
import { lines } from "../show/text";
import { summarize } from "./summary";

/** Keeps the item up to date; `onSettings` tells that settings changed. */
export function showStatusBar(
  projects: Projects,
  runs: Runs,
  onSettings: (listener: () => void) => Disposable,
): Pick<Disposable, "dispose">[] {
  const item = window.createStatusBarItem("rigkit.state", StatusBarAlignment.Left, 10);
  item.name = l10n.t("Rigkit");
  item.command = "rigkit.workflows.focus";
  const show = (): void => {
    const summary = summarize(projects.all, runs.running);
    if (summary === undefined || !settings.showsStatusBar()) {
      item.hide();
      return;
    }
    item.text = summary.text;
    item.tooltip = lines(summary.tooltip);
    item.show();
  };
  show();
  return [item, projects.onDidChange(show), runs.onDidChange(show), onSettings(show)];
}
