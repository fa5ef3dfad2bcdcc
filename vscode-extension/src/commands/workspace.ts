/** `rigkit.createWorkspace` and `rigkit.removeWorkspace`. */

import { l10n } from "vscode";
import type { App } from "../app";
import { freeName, nameProblem } from "../operations/workspaceName";
import type { OwnedWorkflow } from "../projects";
import type { CommandArguments } from "../protocol";
import { confirm, warn } from "../show/notification";
import { type } from "../show/pick";
import { chooseWorkflow, chooseWorkspace } from "./choose";
import { run, tellDone } from "./run";

/** Makes a workspace, under a name that the person gives. */
export async function createWorkspace(app: App, target: CommandArguments): Promise<void> {
  const owned = await chooseWorkflow(app.projects, target);
  const workspace = owned && (target.workspace ?? (await askForName(owned)));
  if (owned === undefined || workspace === undefined) {
    return;
  }
  const outcome = await run(app, {
    command: "rigkit.createWorkspace",
    sent: { config: owned.project.config, workflow: owned.workflow.name, workspace },
    title: l10n.t("Creating the workspace {0}", workspace),
  });
  if (outcome.kind === "done") {
    tellDone(l10n.t("The workspace {0} is ready.", workspace));
  }
}

async function askForName({ workflow }: OwnedWorkflow): Promise<string | undefined> {
  const taken = workflow.workspaces.map(({ name }) => name);
  return await type({
    title: l10n.t("New workspace of {0}", workflow.name),
    prompt: l10n.t("The name of the workspace"),
    value: freeName(taken),
    judge: (name) => nameProblem(name, taken),
  });
}

/** Takes a workspace away, once the person has confirmed it. */
export async function removeWorkspace(app: App, target: CommandArguments): Promise<void> {
  const owned = await chooseWorkflow(app.projects, target);
  const workspace = owned && (await chooseWorkspace(owned, target));
  if (owned === undefined || workspace === undefined || !(await isConfirmed(workspace))) {
    return;
  }
  const { config } = owned.project;
  const sent = { config, workflow: owned.workflow.name, workspace, confirmed: true };
  const title = l10n.t("Removing the workspace {0}", workspace);
  const outcome = await run(app, { command: "rigkit.removeWorkspace", sent, title });
  if (outcome.kind === "failed") {
    // Nothing waits for a message that is left standing.
    void offerForce(app, sent, title);
  }
}

async function isConfirmed(workspace: string): Promise<boolean> {
  const remove = l10n.t("Remove");
  const message = l10n.t("Remove the workspace {0}?", workspace);
  const detail = l10n.t("What it made is taken away with it.");
  return await confirm(message, detail, remove);
}

/** A workspace whose hook fails can be forgotten all the same. */
async function offerForce(app: App, sent: CommandArguments, title: string): Promise<void> {
  const { workflow } = app.projects.workflow(sent.config, sent.workflow) ?? {};
  if (workflow?.workspaces.some(({ name }) => name === sent.workspace) !== true) {
    return;
  }
  const force = l10n.t("Remove Its Record");
  const message = l10n.t("The workspace {0} is still there.", sent.workspace ?? "");
  if ((await warn(message, force)) === force) {
    await run(app, { command: "rigkit.removeWorkspace", sent: { ...sent, force: true }, title });
  }
}
