/** `rigkit.plan`: what is pending, after asking the providers where that is allowed. */

import { l10n } from "vscode";
import type { App } from "../app";
import type { CommandArguments } from "../protocol";
import { chooseWorkflow } from "./choose";
import { run } from "./run";

/** Plans a workflow. The server tells the person what it found. */
export async function plan(app: App, target: CommandArguments): Promise<void> {
  const owned = await chooseWorkflow(app.projects, target);
  if (owned !== undefined) {
    const { name } = owned.workflow;
    await run(app, {
      command: "rigkit.plan",
      sent: { config: owned.project.config, workflow: name },
      title: l10n.t("Planning {0}", name),
    });
  }
}
