/** `rigkit.apply` and `rigkit.applyUntil`: run what is pending, all of it or up to a task. */

import { l10n } from "vscode";
import type { App } from "../app";
import type { CommandArguments } from "../protocol";
import { chooseTask, chooseWorkflow } from "./choose";
import { run, tellDone } from "./run";

/** Applies a workflow. */
export async function apply(app: App, target: CommandArguments): Promise<void> {
  const owned = await chooseWorkflow(app.projects, target);
  if (owned === undefined) {
    return;
  }
  const { name } = owned.workflow;
  const outcome = await run(app, {
    command: "rigkit.apply",
    sent: { config: owned.project.config, workflow: name },
    title: l10n.t("Applying {0}", name),
  });
  if (outcome.kind === "done") {
    tellDone(l10n.t("{0} is applied.", name));
  }
}

/** Applies a workflow up to a task. */
export async function applyUntil(app: App, target: CommandArguments): Promise<void> {
  const owned = await chooseWorkflow(app.projects, target);
  const task = owned && (await chooseTask(owned, target));
  if (owned === undefined || task === undefined) {
    return;
  }
  const outcome = await run(app, {
    command: "rigkit.applyUntil",
    sent: { config: owned.project.config, workflow: owned.workflow.name, task },
    title: l10n.t("Applying up to {0}", task),
  });
  if (outcome.kind === "done") {
    tellDone(l10n.t("{0} is applied.", task));
  }
}
