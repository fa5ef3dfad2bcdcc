/** The nodes of the view, made from what is known of projects. */

import { l10n } from "vscode";
import type {
  CommandArguments,
  OperationSummary,
  ProjectSummary,
  TaskSummary,
  WorkflowSummary,
  WorkspaceSummary,
} from "../protocol";
import { withoutSign } from "../sign";
import { standing } from "../standing";
import type { IconName } from "./icon";

/** What a node is, which is also what its menu goes by. */
export type NodeKind =
  | "project"
  | "problem"
  | "workflow"
  | `task.${TaskSummary["state"]}`
  | "workspaces"
  | "workspace"
  | "workspaceOperation"
  | "operations"
  | "operation";

/** A node of the view. */
export interface Node {
  /** Stays the same when the tree is made anew. */
  id: string;
  kind: NodeKind;
  label: string;
  description?: string;
  /** Lines of the tooltip, the first of which is its head. */
  tooltip?: string[];
  icon: IconName;
  isExpanded: boolean;
  /** What commands of its menu work on. */
  target: CommandArguments;
  /** The command that opens it, where there is one. */
  opens?: string;
  children: Node[];
}

/** Makes the roots. With one project its workflows are the roots. */
export function roots(projects: readonly ProjectSummary[]): Node[] {
  const [only, ...others] = projects;
  if (only === undefined) {
    return [];
  }
  return others.length === 0 ? childrenOfProject(only) : projects.map(projectNode);
}

function projectNode(project: ProjectSummary): Node {
  const children = childrenOfProject(project);
  return {
    id: project.config,
    kind: "project",
    label: project.root.split(/[/\\]/).at(-1) ?? project.root,
    ...(project.isCurrent ? {} : { description: l10n.t("as of the last config that worked") }),
    tooltip: [project.root],
    icon: "project",
    isExpanded: true,
    target: { config: project.config },
    children,
  };
}

function childrenOfProject(project: ProjectSummary): Node[] {
  const problems = project.problems.map((problem, index) => problemNode(project, problem, index));
  return [...problems, ...project.workflows.map((workflow) => workflowNode(project, workflow))];
}

function problemNode(project: ProjectSummary, problem: string, index: number): Node {
  return {
    id: `${project.config}#problem:${index}`,
    kind: "problem",
    label: problem.split("\n", 1).join(),
    tooltip: [problem],
    icon: "problem",
    isExpanded: false,
    target: { config: project.config },
    opens: "rigkit.openTask",
    children: [],
  };
}

function workflowNode(project: ProjectSummary, workflow: WorkflowSummary): Node {
  const target = { config: project.config, workflow: workflow.name };
  const id = `${project.config}#${workflow.name}`;
  const tasks = workflow.tasks.map((task) => taskNode(id, target, task));
  return {
    id,
    kind: "workflow",
    label: workflow.name,
    description: summary(project, workflow),
    icon: workflow.tasks.some((task) => task.state === "running") ? "running" : "workflow",
    isExpanded: true,
    target,
    children: [
      ...tasks,
      ...workspacesNode(id, target, workflow),
      ...operationsNode(id, target, workflow),
    ],
  };
}

function summary(project: ProjectSummary, workflow: WorkflowSummary): string {
  const state = standing(workflow);
  return project.isCurrent ? state : l10n.t("{0}, before the last edits", state);
}

function taskNode(parent: string, target: CommandArguments, task: TaskSummary): Node {
  return {
    id: `${parent}#task:${task.path}`,
    kind: `task.${task.state}`,
    label: task.path,
    description: withoutSign(task.text),
    tooltip: [`${task.path}: ${task.text}`, ...task.changes],
    icon: task.state,
    isExpanded: false,
    target: { ...target, task: task.path },
    opens: "rigkit.openTask",
    children: [],
  };
}

function workspacesNode(
  parent: string,
  target: CommandArguments,
  workflow: WorkflowSummary,
): Node[] {
  if (workflow.workspaceDefinition === null && workflow.workspaces.length === 0) {
    return [];
  }
  const id = `${parent}#workspaces`;
  const operations = workflow.operations.filter(isWorkspaceOperation);
  return [
    {
      id,
      kind: "workspaces",
      label: l10n.t("Workspaces"),
      description: String(workflow.workspaces.length),
      icon: "workspaces",
      isExpanded: true,
      target,
      children: workflow.workspaces.map((workspace) =>
        workspaceNode(id, target, workspace, operations),
      ),
    },
  ];
}

function workspaceNode(
  parent: string,
  owner: CommandArguments,
  workspace: WorkspaceSummary,
  operations: OperationSummary[],
): Node {
  const id = `${parent}:${workspace.name}`;
  const target = { ...owner, workspace: workspace.name };
  return {
    id,
    kind: "workspace",
    label: workspace.name,
    description: workspaceState(workspace),
    icon: workspaceIcon(workspace),
    isExpanded: false,
    target,
    children: operations.map((operation) =>
      operationNode(id, "workspaceOperation", target, operation),
    ),
  };
}

function workspaceState(workspace: WorkspaceSummary): string {
  switch (workspace.state) {
    case "creating":
      return l10n.t("being created");
    case "incomplete":
      return l10n.t("incomplete");
    case "ready":
      return workspace.freshness === "behind" ? l10n.t("behind") : "";
  }
}

function workspaceIcon(workspace: WorkspaceSummary): IconName {
  switch (workspace.state) {
    case "creating":
      return "running";
    case "incomplete":
      return "incomplete";
    case "ready":
      return workspace.freshness === "behind" ? "behind" : "workspace";
  }
}

function operationsNode(
  parent: string,
  target: CommandArguments,
  workflow: WorkflowSummary,
): Node[] {
  const operations = workflow.operations.filter(isProjectOperation);
  if (operations.length === 0) {
    return [];
  }
  const id = `${parent}#operations`;
  return [
    {
      id,
      kind: "operations",
      label: l10n.t("Operations"),
      icon: "operations",
      isExpanded: true,
      target,
      children: operations.map((operation) => operationNode(id, "operation", target, operation)),
    },
  ];
}

function operationNode(
  parent: string,
  kind: "operation" | "workspaceOperation",
  target: CommandArguments,
  operation: OperationSummary,
): Node {
  return {
    id: `${parent}#operation:${operation.id}`,
    kind,
    label: operation.title ?? operation.id,
    ...(operation.description !== undefined && {
      description: operation.description,
      tooltip: [operation.description],
    }),
    icon: "operation",
    isExpanded: false,
    target: { ...target, operation: operation.id },
    children: [],
  };
}

/** Says whether an operation works on a workspace, and is not one that has a command of its own. */
export function isWorkspaceOperation(operation: OperationSummary): boolean {
  return operation.kind === "workspace-action" && operation.source === "config";
}

/** Says whether an operation works on the project, and is not one that has a command of its own. */
export function isProjectOperation(operation: OperationSummary): boolean {
  return operation.kind === "command" && operation.source === "config";
}
