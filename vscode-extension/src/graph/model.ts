/** What a graph shows, made from what is known of a workflow; plain data, for it goes to a webview. */

import type { OwnedWorkflow } from "../projects";
import { isPending } from "../pending";
import type { TaskState } from "../protocol";
import type { GraphDirection } from "../settings";

/** A workflow as it is drawn. */
export interface GraphModel {
  workflow: string;
  direction: GraphDirection;
  tasks: GraphTask[];
  edges: GraphEdge[];
  pending: number;
  /** Whether nothing has to run but what is looked at each time. */
  isUpToDate: boolean;
  /** Whether it is of the text as it is, and not of an earlier one. */
  isCurrent: boolean;
  problems: string[];
}

/** A task as it is drawn. */
export interface GraphTask {
  path: string;
  state: TaskState;
  /** How it stands, in a few words. */
  text: string;
}

/** Says that one task comes directly before another, by their indexes. */
export interface GraphEdge {
  from: number;
  to: number;
}

/** Makes the graph of a workflow. */
export function graphModel(
  { project, workflow }: OwnedWorkflow,
  direction: GraphDirection,
): GraphModel {
  return {
    workflow: workflow.name,
    direction,
    tasks: workflow.tasks.map(({ path, state, text }) => ({ path, state, text })),
    edges: edgesOf(workflow),
    pending: workflow.tasks.filter(isPending).length,
    isUpToDate: workflow.isUpToDate,
    isCurrent: project.isCurrent,
    problems: project.problems,
  };
}

/** The edges count the nodes of the plan; tasks are found by their paths. */
function edgesOf({ graph, tasks }: OwnedWorkflow["workflow"]): GraphEdge[] {
  const indexes = new Map(tasks.map(({ path }, index) => [path, index]));
  const indexOf = (node: number): number | undefined => indexes.get(graph?.nodes[node]?.path ?? "");
  return (graph?.edges ?? []).flatMap(({ from, to }) => {
    const [left, right] = [indexOf(from), indexOf(to)];
    return left === undefined || right === undefined ? [] : [{ from: left, to: right }];
  });
}

/** Says whether two graphs differ in nothing but how their tasks stand. */
export function hasSameShape(left: GraphModel, right: GraphModel): boolean {
  return shapeOf(left) === shapeOf(right);
}

function shapeOf({ workflow, direction, tasks, edges }: GraphModel): string {
  return JSON.stringify([workflow, direction, tasks.map(({ path }) => path), edges]);
}
