/** Where everything of a graph is drawn. The layout is ELK's; this translates to it and back. */

import type { ElkNode } from "elkjs/lib/elk-api";
import type { GraphModel } from "./model";

/** A place on the page. */
export interface Point {
  x: number;
  y: number;
}

/** A task's box, by its upper left corner. */
export interface Box extends Point {
  width: number;
  height: number;
}

/** Where everything is. */
export interface Layout {
  width: number;
  height: number;
  /** A box for each task, in their order. */
  boxes: Box[];
  lines: Line[];
}

/** A line between boxes, by its corners. */
export interface Line {
  points: Point[];
  /** Whether it ends at a task, and not where lines meet. */
  hasArrow: boolean;
}

/** How wide a character is in the page's font, about. */
const CHARACTER = 7.6;

const HEIGHT = 44;
/** Has room for most of what is said of a task, which changes while the layout stays. */
const MIN_WIDTH = 200;
const MAX_WIDTH = 360;
const PADDING = 44;

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
  "elk.layered.spacing.nodeNodeBetweenLayers": "32",
  "elk.spacing.nodeNode": "24",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
};

/** Writes a graph as ELK takes it. */
export function toElk(model: GraphModel): ElkNode {
  const direction = model.direction === "down" ? "DOWN" : "RIGHT";
  const tasks = model.tasks.map(({ path }, index) => ({
    id: taskId(index),
    width: Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, path.length * CHARACTER + PADDING)),
    height: HEIGHT,
  }));
  const { meetings, edges } = withMeetings(model);
  return {
    id: "graph",
    layoutOptions: { ...OPTIONS, "elk.direction": direction },
    children: [...tasks, ...meetings.map((id) => ({ id, width: 2, height: 2 }))],
    edges: edges.map(([from, to]) => ({ id: `${from}-${to}`, sources: [from], targets: [to] })),
  };
}

const taskId = (index: number): string => `t${index}`;

/**
 * Where several tasks all come before several others, their lines meet in one place: as many lines
 * as tasks, and not as pairs of them.
 */
function withMeetings(model: GraphModel): { meetings: string[]; edges: [string, string][] } {
  const meetings: string[] = [];
  const edges: [string, string][] = [];
  for (const { before, after } of groups(model)) {
    if (before.length === 1 || after.length === 1) {
      edges.push(...before.flatMap((from) => after.map((to): [string, string] => [from, to])));
      continue;
    }
    const meeting = `m${meetings.length}`;
    meetings.push(meeting);
    edges.push(...before.map((from): [string, string] => [from, meeting]));
    edges.push(...after.map((to): [string, string] => [meeting, to]));
  }
  return { meetings, edges };
}

/** Groups the tasks that come after the same ones. */
function groups({ edges }: GraphModel): { before: string[]; after: string[] }[] {
  const before = new Map<number, number[]>();
  for (const { from, to } of edges) {
    before.set(to, [...(before.get(to) ?? []), from]);
  }
  const found = new Map<string, { before: string[]; after: string[] }>();
  for (const [to, from] of before) {
    const key = from.join();
    const group = found.get(key) ?? { before: from.map(taskId), after: [] };
    group.after.push(taskId(to));
    found.set(key, group);
  }
  return [...found.values()];
}

/** Reads what ELK found. */
export function fromElk(placed: ElkNode, model: GraphModel): Layout {
  const children = placed.children ?? [];
  const boxes = children.slice(0, model.tasks.length).map(({ x, y, width, height }) => ({
    x: x ?? 0,
    y: y ?? 0,
    width: width ?? MIN_WIDTH,
    height: height ?? HEIGHT,
  }));
  const lines = (placed.edges ?? []).flatMap(({ sections, targets }) =>
    (sections ?? []).map(({ startPoint, bendPoints = [], endPoint }) => ({
      points: [startPoint, ...bendPoints, endPoint],
      hasArrow: targets.every((target) => target.startsWith("t")),
    })),
  );
  return { width: placed.width ?? 0, height: placed.height ?? 0, boxes, lines };
}
