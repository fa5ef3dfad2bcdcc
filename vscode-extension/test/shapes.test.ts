import assert from "node:assert/strict";
import { test } from "node:test";
import { isProjects } from "../src/server/shapes";
import { project, task, workflow } from "./support/projects";

const SITE = workflow("site", [task("clone")]);
const PROJECT = project("/site", [SITE]);

test("what the server says of projects is taken", () => {
  assert.ok(isProjects([]));
  assert.ok(isProjects([PROJECT]));
});

test("anything else is not", () => {
  const wrong: unknown[] = [
    undefined,
    null,
    "projects",
    {},
    [null],
    [{}],
    [{ ...PROJECT, problems: "none" }],
    [{ ...PROJECT, isCurrent: "yes" }],
    [{ ...PROJECT, workflows: {} }],
    [{ ...PROJECT, workflows: [{ ...SITE, tasks: [{}] }] }],
    [{ ...PROJECT, workflows: [{ ...SITE, operations: [7] }] }],
  ];
  for (const answer of wrong) {
    assert.ok(!isProjects(answer), JSON.stringify(answer));
  }
});
