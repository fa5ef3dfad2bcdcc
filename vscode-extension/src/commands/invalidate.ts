/** `rigkit.invalidate`: mark the runs of a task as no longer usable. */

import { l10n } from "vscode";
import type { App } from "../app";
import type { CommandArguments } from "../protocol";
import { chooseTask, chooseWorkflow } from "./choose";
import { run } from "./run";

/** Invalidates a task and all that descends from it. What came of it shows in the view. */
export async function invalidate(app: App, target: CommandArguments): Promise<void> {
  const owned = await chooseWorkflow(app.projects, target);
  const task = owned && (await chooseTask(owned, target));
  if (owned !== undefined && task !== undefined) {
    await run(app, {
      command: "rigkit.invalidate",
      sent: { config: owned.project.config, workflow: owned.workflow.name, task },
      title: l10n.t("Invalidating {0}", task),
    });
  }
}
