/** Whether answers of the server have the shape that everything else relies on. */

import type { ProjectSummary } from "../protocol";

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const flag: Check = (value) => typeof value === "boolean";

const list =
  (isItem: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(isItem);

const fields =
  (checks: Record<string, Check>): Check =>
  (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.entries(checks).every(([name, isRight]) =>
      isRight((value as Record<string, unknown>)[name]),
    );

const task = fields({ path: text, name: text, state: text, text, changes: list(text) });
const workspace = fields({ name: text, state: text, freshness: text });
const operation = fields({ id: text, source: text, kind: text });

const workflow = fields({
  name: text,
  tasks: list(task),
  workspaces: list(workspace),
  operations: list(operation),
});

const projects = list(
  fields({
    config: text,
    root: text,
    isCurrent: flag,
    isEvaluated: flag,
    problems: list(text),
    workflows: list(workflow),
  }),
);

/** Says whether an answer is what is known of projects. */
export function isProjects(answer: unknown): answer is ProjectSummary[] {
  return projects(answer);
}
