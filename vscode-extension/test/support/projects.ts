/** Projects as the server tells of them, with no more said than a test needs. */

import type {
  OperationSummary,
  ProjectSummary,
  TaskState,
  TaskSummary,
  WorkflowSummary,
} from "../../src/protocol";

/** Makes a task. */
export function task(
  path: string,
  state: TaskState = "cached",
  changes: string[] = [],
): TaskSummary {
  const text = { cached: "✓ cached 3m ago", pending: "● never ran", failed: "✗ failed 1m ago" };
  const name = path.split(".").at(-1) ?? path;
  return {
    path,
    name,
    location: null,
    state,
    text: state in text ? text[state as keyof typeof text] : `◌ ${state}`,
    changes,
  };
}

/** Makes a workflow whose tasks follow each other. */
export function workflow(name: string, tasks: TaskSummary[]): WorkflowSummary {
  return {
    name,
    location: null,
    isUpToDate: tasks.every(({ state }) => state === "cached"),
    graph: {
      nodes: tasks.map(({ path }) => ({ path })),
      edges: tasks.slice(1).map((_, index) => ({ from: index, to: index + 1 })),
    },
    tasks,
    workspaceDefinition: null,
    workspaces: [],
    operations: [],
  };
}

/** Makes a project. */
export function project(root: string, workflows: WorkflowSummary[]): ProjectSummary {
  return {
    config: `file://${root}/rig.config.ts`,
    root,
    isCurrent: true,
    isEvaluated: true,
    problems: [],
    workflows,
  };
}

/** Makes an operation. */
export function operation(
  id: string,
  kind: OperationSummary["kind"],
  source: OperationSummary["source"] = "config",
): OperationSummary {
  return { id, kind, source, inputSchema: { type: "object", properties: {} } };
}
