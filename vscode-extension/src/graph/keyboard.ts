/** Where the focus of a graph goes when a key is pressed. */

import type { Box } from "./layout";
import type { GraphModel } from "./model";

/** The keys that move the focus. */
export type MoveKey = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight" | "Home" | "End";

const KEYS: readonly string[] = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"];

/** Says whether a key moves the focus. */
export function isMoveKey(key: string): key is MoveKey {
  return KEYS.includes(key);
}

/**
 * Gives the task that the focus goes to, by its index; where there is none in that direction, it
 * stays. Along the flow it goes to a task before or after, across it to the nearest beside.
 */
export function move(
  model: GraphModel,
  boxes: readonly Box[],
  current: number,
  key: MoveKey,
): number {
  switch (key) {
    case "Home":
      return 0;
    case "End":
      return Math.max(0, model.tasks.length - 1);
    default:
      return arrow(model, boxes, current, key);
  }
}

function arrow(
  model: GraphModel,
  boxes: readonly Box[],
  current: number,
  key: Exclude<MoveKey, "Home" | "End">,
): number {
  const isVertical = key === "ArrowUp" || key === "ArrowDown";
  const isForward = key === "ArrowDown" || key === "ArrowRight";
  const isAlongFlow = isVertical === (model.direction === "down");
  const reached = isAlongFlow
    ? neighbours(model, current, isForward)
    : beside(boxes, current, isVertical, isForward);
  return nearest(boxes, current, reached, isVertical) ?? current;
}

function neighbours({ edges }: GraphModel, current: number, isForward: boolean): number[] {
  return isForward
    ? edges.filter(({ from }) => from === current).map(({ to }) => to)
    : edges.filter(({ to }) => to === current).map(({ from }) => from);
}

/** Lists the tasks whose boxes lie on one side, at least in part at the same level. */
function beside(
  boxes: readonly Box[],
  current: number,
  isVertical: boolean,
  isForward: boolean,
): number[] {
  const own = boxes[current];
  if (own === undefined) {
    return [];
  }
  const sign = isForward ? 1 : -1;
  return [...boxes.keys()].filter((index) => {
    const other = boxes[index] ?? own;
    const along = isVertical ? centre(other).y - centre(own).y : centre(other).x - centre(own).x;
    return along * sign > 0 && overlaps(own, other, isVertical);
  });
}

function overlaps(left: Box, right: Box, isVertical: boolean): boolean {
  return isVertical
    ? left.x < right.x + right.width && right.x < left.x + left.width
    : left.y < right.y + right.height && right.y < left.y + left.height;
}

/** Gives the nearest of some tasks, first across the direction of the key, then along it. */
function nearest(
  boxes: readonly Box[],
  current: number,
  reached: readonly number[],
  isVertical: boolean,
): number | undefined {
  const own = boxes[current];
  if (own === undefined) {
    return undefined;
  }
  const distance = (index: number): number => {
    const there = centre(boxes[index] ?? own);
    const [x, y] = [Math.abs(there.x - centre(own).x), Math.abs(there.y - centre(own).y)];
    return isVertical ? x * 2 + y : x + y * 2;
  };
  return reached.toSorted((left, right) => distance(left) - distance(right))[0];
}

function centre(box: Box): { x: number; y: number } {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
