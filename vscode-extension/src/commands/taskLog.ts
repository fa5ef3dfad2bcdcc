/** `rigkit.showTaskLog`: what a task wrote when it ran last. */

import { l10n, window, workspace } from "vscode";
import type { App } from "../app";
import type { CommandArguments } from "../protocol";
import { logUri } from "../runs/log";
import { tell } from "../show/notification";
import { chooseTask, chooseWorkflow } from "./choose";

/** Shows the log of a task beside the editor. */
export async function showTaskLog(app: App, target: CommandArguments): Promise<void> {
  const owned = await chooseWorkflow(app.projects, target);
  const task = owned && (await chooseTask(owned, target));
  if (owned === undefined || task === undefined) {
    return;
  }
  const { config } = owned.project;
  if (!app.runLog.has(config, task)) {
    void tell(l10n.t("{0} has not run since this window was opened.", task));
    return;
  }
  const document = await workspace.openTextDocument(logUri(config, task));
  await window.showTextDocument(document, { preview: true });
}
