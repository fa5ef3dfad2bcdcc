import assert from "node:assert/strict";
import { test } from "node:test";
import { commandLine, nameOf, readTask, tasksOf } from "../src/tasks/definition";
import { project, workflow } from "./support/projects";

test("tasks.json is read, and what it does not say right is passed over", () => {
  const cases: [definition: Record<string, unknown>, line: string | undefined, name: string][] = [
    [{ command: "apply" }, "apply", "apply"],
    [{ command: "apply", workflow: "api" }, "--workflow api apply", "apply (api)"],
    [{ command: "apply", until: "build" }, "apply --until build", "apply (build)"],
    [{ command: "plan", until: "build", project: "web" }, "plan", "plan (web, build)"],
    [{ command: "create", workspace: "a" }, "create -- a", "create (a)"],
    [{ command: "apply", workflow: 7, project: "" }, "apply", "apply"],
    [{ command: "rm" }, undefined, ""],
    [{}, undefined, ""],
  ];
  for (const [definition, line, name] of cases) {
    const read = readTask({ type: "rig", ...definition });
    assert.equal(read && commandLine(read).join(" "), line);
    assert.equal(read === undefined ? "" : nameOf(read), name);
  }
  assert.equal(readTask({ type: "npm", command: "apply" }), undefined);
});

test("a project with one workflow has no need to name it", () => {
  const names = (workflows: string[], path: string): string[] => {
    const made = project(
      "/p",
      workflows.map((name) => workflow(name, [])),
    );
    return tasksOf(made, path).map(nameOf);
  };
  assert.deepEqual(names(["site"], ""), ["apply", "plan"]);
  assert.deepEqual(names([], "web"), ["apply (web)", "plan (web)"]);
  assert.deepEqual(names(["api", "web"], ""), [
    "apply (api)",
    "apply (web)",
    "plan (api)",
    "plan (web)",
  ]);
});
