import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Projects } from "../src/projects";
import type { ProjectSummary } from "../src/protocol";
import { summarize } from "../src/status/summary";
import { roots, type Node } from "../src/views/node";
import { WorkflowTree } from "../src/views/tree";
import { operation, project, task, workflow } from "./support/projects";

/** Writes a tree as a person sees it. */
function drawn(nodes: readonly Node[], depth = 0): string[] {
  return nodes.flatMap(({ kind, icon, label, description = "", children }) => [
    `${"  ".repeat(depth)}${label} (${description}) ${kind} ${icon}`,
    ...drawn(children, depth + 1),
  ]);
}

function site(): ProjectSummary {
  return project("/project/site", [
    {
      ...workflow("site", [task("clone"), task("api.build", "pending", ["version: 1 → 2"])]),
      workspaces: [
        { name: "a", state: "ready", freshness: "behind" },
        { name: "b", state: "creating", freshness: "unknown" },
      ],
      operations: [
        operation("apply", "command", "core"),
        operation("remove", "workspace-action", "core"),
        operation("greet", "command"),
        operation("open", "workspace-action"),
      ],
    },
  ]);
}

describe("the view", () => {
  test("shows workflows, tasks, workspaces and operations", () => {
    assert.deepEqual(drawn(roots([site()])), [
      "site (1 of 2 pending) workflow workflow",
      "  clone (cached 3m ago) task.cached cached",
      "  api.build (never ran) task.pending pending",
      "  Workspaces (2) workspaces workspaces",
      "    a (behind) workspace behind",
      "      open () workspaceOperation operation",
      "    b (being created) workspace running",
      "      open () workspaceOperation operation",
      "  Operations () operations operations",
      "    greet () operation operation",
    ]);
  });

  test("shows projects where there are several, and what is wrong with them", () => {
    const broken = { ...site(), isCurrent: false, problems: ["unexpected `}`\nat 1:2"] };
    const other = project("/project/other", [workflow("w", [task("t", "running")])]);
    assert.deepEqual(
      drawn(roots([broken, other])).filter((line) => !line.startsWith("    ")),
      [
        "site (as of the last config that worked) project project",
        "  unexpected `}` () problem problem",
        "  site (1 of 2 pending, before the last edits) workflow workflow",
        "other () project project",
        "  w (running) workflow running",
      ],
    );
  });

  test("says in words what the server says, but for the sign that its icon is", () => {
    const waiting = { ...task("b", "pending"), text: "● `a` has to run first" };
    const [node] = roots([project("/p", [workflow("w", [waiting])])]);
    assert.equal(node?.children[0]?.description, "`a` has to run first");
  });

  test("is empty without projects", () => {
    assert.deepEqual(roots([]), []);
  });

  test("gives every node an id of its own, which stays", () => {
    const ids = (nodes: readonly Node[]): string[] =>
      nodes.flatMap(({ id, children }) => [id, ...ids(children)]);
    const all = ids(
      roots([site(), project("/project/other", [workflow("site", [task("clone")])])]),
    );
    assert.equal(new Set(all).size, all.length);
    assert.deepEqual(ids(roots([site()])), ids(roots([site()])));
  });

  test("tells commands what they work on", () => {
    const [node] = roots([site()]);
    const config = "file:///project/site/rig.config.ts";
    assert.deepEqual(node?.target, { config, workflow: "site" });
    assert.deepEqual(node.children[1]?.target, { config, workflow: "site", task: "api.build" });
    const [workspace] = node.children[2]?.children ?? [];
    assert.deepEqual(workspace?.target, { config, workflow: "site", workspace: "a" });
    assert.deepEqual(workspace.children[0]?.target, { ...workspace.target, operation: "open" });
  });

  test("shows why a task runs in its tooltip, and no text as markup", async () => {
    const projects = new Projects(() => Promise.resolve([site()]));
    const tree = new WorkflowTree(projects);
    let told = 0;
    tree.onDidChangeTreeData(() => (told += 1));
    await projects.refresh();
    assert.equal(told, 1);
    const [root] = tree.getChildren();
    const build = tree.getChildren(root)[1];
    assert.ok(build);
    const { tooltip } = tree.getTreeItem(build);
    assert.ok(typeof tooltip === "object");
    assert.equal(tooltip.value, "api.build: ● never ran\n\n```\nversion: 1 → 2\n```");
  });
});

describe("what is known of projects", () => {
  test("is asked for once at a time, and again where it was outdated meanwhile", async () => {
    let asked = 0;
    const projects = new Projects(() => {
      asked += 1;
      return Promise.resolve([site()]);
    });
    await Promise.all([projects.refresh(), projects.refresh(), projects.refresh()]);
    assert.equal(asked, 2);
    await projects.refresh();
    assert.equal(asked, 3);
  });

  test("stays when no server answers, and goes with its server", async () => {
    let answer: ProjectSummary[] | undefined = [site()];
    const projects = new Projects(() => Promise.resolve(answer));
    await projects.refresh();
    answer = undefined;
    await projects.refresh();
    assert.equal(
      projects.workflow("file:///project/site/rig.config.ts", "site")?.workflow.name,
      "site",
    );
    assert.equal(projects.workflow("file:///project/site/rig.config.ts", "other"), undefined);
    projects.clear();
    assert.deepEqual(projects.all, []);
  });
});

describe("the status bar", () => {
  const one = (...tasks: Parameters<typeof workflow>[1]): ProjectSummary[] => [
    project("/p", [workflow("w", tasks)]),
  ];
  const cases: [what: string, projects: ProjectSummary[], running: number, text: string][] = [
    ["everything is cached", one(task("a")), 0, "$(pass) rig"],
    [
      "something is pending",
      one(task("a"), task("b", "pending")),
      0,
      "$(circle-filled) rig: 1 pending",
    ],
    ["something runs", one(task("a", "running")), 0, "$(sync~spin) rig: running"],
    ["the person has something run", one(task("a")), 1, "$(sync~spin) rig: running"],
    ["something failed", one(task("a", "failed")), 0, "$(error) rig: failed"],
    ["a config is broken", [{ ...site(), problems: ["no"] }], 0, "$(warning) rig: problems"],
  ];
  for (const [what, projects, running, text] of cases) {
    test(`when ${what}`, () => {
      assert.equal(summarize(projects, running)?.text, text);
    });
  }

  test("says nothing without a project", () => {
    assert.equal(summarize([], 0), undefined);
  });

  test("tells of each workflow", () => {
    const { tooltip } = summarize([{ ...site(), problems: ["no"] }], 0) ?? {};
    assert.equal(tooltip, "no\nsite: 1 of 2 pending");
  });
});
