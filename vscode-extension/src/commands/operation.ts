/** `rigkit.runOperation` and `rigkit.runWorkspaceOperation`. */

import { l10n } from "vscode";
import type { App } from "../app";
import { askForInput } from "../operations/ask";
import type { OwnedWorkflow } from "../projects";
import type { CommandArguments, OperationSummary } from "../protocol";
import {
  chooseOperation,
  chooseWorkflow,
  chooseWorkspace,
  chooseWorkspaceOperation,
} from "./choose";
import { run, type Job } from "./run";
import { removeWorkspace } from "./workspace";

/** Runs an operation of the project. */
export async function runOperation(app: App, target: CommandArguments): Promise<void> {
  const owned = await chooseWorkflow(app.projects, target);
  if (owned === undefined) {
    return;
  }
  const operation = await chooseOperation(owned, target);
  if (operation !== undefined) {
    const title = l10n.t("Running {0}", operation.id);
    const job = { command: "rigkit.runOperation" as const, sent: {}, title };
    await carryOut(app, owned, operation, target, job);
  }
}

/** Runs an operation on a workspace. */
export async function runWorkspaceOperation(app: App, target: CommandArguments): Promise<void> {
  const owned = await chooseWorkflow(app.projects, target);
  const workspace = owned && (await chooseWorkspace(owned, target));
  if (owned === undefined || workspace === undefined) {
    return;
  }
  const operation = await chooseWorkspaceOperation(owned, workspace, target);
  if (operation?.source === "core" && operation.id === "remove") {
    const { config } = owned.project;
    await removeWorkspace(app, { config, workflow: owned.workflow.name, workspace });
  } else if (operation !== undefined) {
    const title = l10n.t("Running {0} on {1}", operation.id, workspace);
    const job = { command: "rigkit.runWorkspaceOperation" as const, sent: { workspace }, title };
    await carryOut(app, owned, operation, target, job);
  }
}

/** Asks for the input where none was given, and runs. */
async function carryOut(
  app: App,
  { project, workflow }: OwnedWorkflow,
  { id, inputSchema }: OperationSummary,
  target: CommandArguments,
  job: Job,
): Promise<void> {
  const input = target.input ?? (await askForInput(id, inputSchema, workflow.workspaces));
  if (input === undefined) {
    return;
  }
  const of = { config: project.config, workflow: workflow.name, operation: id, input };
  const outcome = await run(app, { ...job, sent: { ...of, ...job.sent } });
  if (outcome.kind === "done") {
    await app.results.show(id, outcome.value);
  }
}
