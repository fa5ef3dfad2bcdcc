/** Finds out what a command is to work on; asks where there is more than one thing. */

import { commands, l10n } from "vscode";
import type { OwnedWorkflow, Projects } from "../projects";
import type { CommandArguments, OperationSummary } from "../protocol";
import { tell, warn } from "../show/notification";
import { pick, type Item } from "../show/pick";
import { icon } from "../views/icon";
import { isProjectOperation, isWorkspaceOperation } from "../views/node";

/** Chooses the workflow that is meant. */
export async function chooseWorkflow(
  projects: Projects,
  target: CommandArguments,
): Promise<OwnedWorkflow | undefined> {
  const meant = candidates(projects, target);
  if (meant.length === 0) {
    // Nothing waits for a message that is left standing.
    void tellNone(projects, target);
    return undefined;
  }
  const items = meant.map((owned) => ({
    label: owned.workflow.name,
    description: owned.project.root,
    iconPath: icon("workflow"),
    value: owned,
  }));
  return await chooseOne(items, l10n.t("Which workflow?"));
}

/** Lists the workflows that a target leaves open: those of its project, if it names one. */
export function candidates(projects: Projects, target: CommandArguments): OwnedWorkflow[] {
  return projects.workflows.filter(
    ({ project, workflow }) =>
      (target.config === undefined || project.config === target.config) &&
      (target.workflow === undefined || workflow.name === target.workflow),
  );
}

/** Chooses a task of a workflow, by its path. */
export async function chooseTask(
  { workflow }: OwnedWorkflow,
  target: CommandArguments,
): Promise<string | undefined> {
  if (target.task !== undefined) {
    return target.task;
  }
  const items = workflow.tasks.map((task) => ({
    label: task.path,
    description: task.text,
    iconPath: icon(task.state),
    value: task.path,
  }));
  return await chooseOne(items, l10n.t("Which task?"));
}

/** Chooses a workspace of a workflow, by its name. */
export async function chooseWorkspace(
  { workflow }: OwnedWorkflow,
  target: CommandArguments,
): Promise<string | undefined> {
  if (target.workspace !== undefined) {
    return target.workspace;
  }
  if (workflow.workspaces.length === 0) {
    const message = l10n.t("The workflow {0} has no workspace yet.", workflow.name);
    void tell(message);
    return undefined;
  }
  const items = workflow.workspaces.map(({ name }) => ({
    label: name,
    iconPath: icon("workspace"),
    value: name,
  }));
  return await chooseOne(items, l10n.t("Which workspace?"));
}

/** Chooses an operation of the project, by its id if the target names one. */
export async function chooseOperation(
  { workflow }: OwnedWorkflow,
  target: CommandArguments,
): Promise<OperationSummary | undefined> {
  const operations = workflow.operations.filter(isProjectOperation);
  if (target.operation !== undefined) {
    return operations.find(({ id }) => id === target.operation);
  }
  if (operations.length === 0) {
    const message = l10n.t("The workflow {0} defines no operation.", workflow.name);
    void tell(message);
    return undefined;
  }
  return await chooseOne(operations.map(operationItem), l10n.t("Which operation?"));
}

/**
 * Chooses an operation of a workspace. It asks also where there is one only, for that may be the
 * one that takes the workspace away.
 */
export async function chooseWorkspaceOperation(
  { workflow }: OwnedWorkflow,
  workspace: string,
  target: CommandArguments,
): Promise<OperationSummary | undefined> {
  const operations = workflow.operations.filter(({ kind }) => kind === "workspace-action");
  if (target.operation !== undefined) {
    return operations.find(({ id }) => id === target.operation);
  }
  const own = operations.filter(isWorkspaceOperation);
  const others = operations.filter((operation) => !isWorkspaceOperation(operation));
  const question = l10n.t("What is to be done with {0}?", workspace);
  return await ask([...own, ...others].map(operationItem), question);
}

function operationItem(operation: OperationSummary): Item<OperationSummary> {
  return {
    label: operation.title ?? operation.id,
    ...(operation.description !== undefined && { description: operation.description }),
    iconPath: icon("operation"),
    value: operation,
  };
}

/** Asks where there is more than one. */
async function chooseOne<T>(items: Item<T>[], question: string): Promise<T | undefined> {
  const [first, ...others] = items;
  return first !== undefined && others.length === 0 ? first.value : await ask(items, question);
}

async function ask<T>(items: Item<T>[], placeHolder: string): Promise<T | undefined> {
  return await pick(items, { placeHolder, matchOnDescription: true });
}

async function tellNone(projects: Projects, target: CommandArguments): Promise<void> {
  const meant = projects.all.filter(
    ({ config }) => target.config === undefined || config === target.config,
  );
  const problem = meant.flatMap(({ problems }) => problems)[0];
  if (problem !== undefined) {
    void warn(problem);
    return;
  }
  const write = l10n.t("Write a Config");
  const message = l10n.t("No workflow is known here.");
  if ((await tell(message, write)) === write) {
    await commands.executeCommand("rigkit.init");
  }
}
