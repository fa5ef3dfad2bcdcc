import assert from "node:assert/strict";
import { describe, test } from "node:test";
import ELK from "elkjs/lib/elk.bundled.js";
import { page } from "../src/graph/html";
import { move, type MoveKey } from "../src/graph/keyboard";
import { fromElk, toElk, type Layout } from "../src/graph/layout";
import { graphModel, hasSameShape, type GraphModel } from "../src/graph/model";
import { project, task, workflow } from "./support/projects";

/** `a`, then `b` and `c` beside each other, then `d`. */
function diamond(direction: GraphModel["direction"] = "down"): GraphModel {
  return {
    workflow: "w",
    direction,
    tasks: ["a", "b", "c", "d"].map((path) => ({ path, state: "cached", text: "" })),
    edges: [
      { from: 0, to: 1 },
      { from: 0, to: 2 },
      { from: 1, to: 3 },
      { from: 2, to: 3 },
    ],
    pending: 0,
    isUpToDate: true,
    isCurrent: true,
    problems: [],
  };
}

async function layoutOf(model: GraphModel): Promise<Layout> {
  return fromElk(await new ELK().layout(toElk(model)), model);
}

describe("the model of a graph", () => {
  const made = workflow("w", [task("a"), task("b", "pending"), task("c", "failed")]);

  test("has the tasks and what comes before what", () => {
    const model = graphModel({ project: project("/p", [made]), workflow: made }, "down");
    assert.deepEqual(
      model.tasks.map(({ path, state }) => [path, state]),
      [
        ["a", "cached"],
        ["b", "pending"],
        ["c", "failed"],
      ],
    );
    assert.deepEqual(model.edges, [
      { from: 0, to: 1 },
      { from: 1, to: 2 },
    ]);
    assert.equal(model.pending, 2);
  });

  test("passes over edges of a plan that has other tasks, and over no plan", () => {
    for (const graph of [null, { nodes: [{ path: "gone" }], edges: [{ from: 0, to: 7 }] }]) {
      const owned = { project: project("/p", []), workflow: { ...made, graph } };
      assert.deepEqual(graphModel(owned, "down").edges, []);
    }
  });

  test("has the same shape while only states change", () => {
    const [first] = diamond().tasks;
    assert.ok(first);
    const applied = {
      ...diamond(),
      tasks: diamond().tasks.map((task) => ({ ...task, text: "x" })),
    };
    assert.ok(hasSameShape(diamond(), applied));
    assert.ok(!hasSameShape(diamond(), diamond("right")));
    assert.ok(!hasSameShape(diamond(), { ...diamond(), edges: [] }));
    assert.ok(!hasSameShape(diamond(), { ...diamond(), tasks: [{ ...first, path: "z" }] }));
  });
});

describe("the layout", () => {
  test("flows down, and to the right", async () => {
    const down = await layoutOf(diamond());
    const [a, b, c, d] = down.boxes;
    assert.ok(a && b && c && d);
    assert.ok(a.y < b.y && b.y === c.y && c.y < d.y && b.x < c.x);
    assert.equal(down.lines.length, 4);
    const right = await layoutOf(diamond("right"));
    assert.ok((right.boxes[0]?.x ?? 0) < (right.boxes[3]?.x ?? 0));
  });

  test("keeps boxes apart and inside of the page", async () => {
    const { boxes, width, height } = await layoutOf(diamond());
    for (const [index, box] of boxes.entries()) {
      assert.ok(box.x >= 0 && box.y >= 0);
      assert.ok(box.x + box.width <= width && box.y + box.height <= height);
      for (const other of boxes.slice(index + 1)) {
        const isApart =
          box.x + box.width <= other.x ||
          other.x + other.width <= box.x ||
          box.y + box.height <= other.y ||
          other.y + other.height <= box.y;
        assert.ok(isApart);
      }
    }
  });

  test("has lines meet where many come before many", async () => {
    const tasks = Array.from({ length: 20 }, (_, index) => ({
      path: `t${index}`,
      state: "cached" as const,
      text: "",
    }));
    const pairs = tasks
      .slice(0, 10)
      .flatMap((_, from) => tasks.slice(10).map((_, to) => [from, to + 10]));
    const edges = pairs.map(([from = 0, to = 0]) => ({ from, to }));
    const { boxes, lines } = await layoutOf({ ...diamond(), tasks, edges });
    assert.equal(boxes.length, 20);
    assert.equal(lines.length, 20);
    assert.equal(lines.filter(({ hasArrow }) => hasArrow).length, 10);
  });

  test("of nothing is nothing", async () => {
    assert.deepEqual((await layoutOf({ ...diamond(), tasks: [], edges: [] })).boxes, []);
  });

  test("manages a long chain", async () => {
    const tasks = Array.from({ length: 200 }, (_, index) => ({
      path: `t${index}`,
      state: "cached" as const,
      text: "",
    }));
    const edges = tasks.slice(1).map((_, index) => ({ from: index, to: index + 1 }));
    assert.equal((await layoutOf({ ...diamond(), tasks, edges })).boxes.length, 200);
  });
});

describe("the keyboard", () => {
  const cases: [direction: GraphModel["direction"], from: string, keys: string, to: string][] = [
    ["down", "a", "ArrowDown", "b"],
    ["down", "b", "ArrowRight", "c"],
    ["down", "c", "ArrowLeft", "b"],
    ["down", "b", "ArrowDown", "d"],
    ["down", "d", "ArrowUp ArrowUp", "a"],
    ["down", "a", "ArrowUp", "a"],
    ["down", "a", "ArrowRight", "a"],
    ["down", "b", "End", "d"],
    ["down", "b", "Home", "a"],
    ["right", "a", "ArrowRight", "b"],
    ["right", "b", "ArrowDown", "c"],
    ["right", "c", "ArrowUp", "b"],
    ["right", "d", "ArrowLeft ArrowLeft", "a"],
  ];
  for (const [direction, from, keys, to] of cases) {
    test(`${direction}: ${from} ${keys} ${to}`, async () => {
      const model = diamond(direction);
      const { boxes } = await layoutOf(model);
      const indexOf = (path: string): number => model.tasks.findIndex((task) => task.path === path);
      const reached = keys
        .split(" ")
        .reduce((at, key) => move(model, boxes, at, key as MoveKey), indexOf(from));
      assert.equal(model.tasks[reached]?.path, to);
    });
  }

  test("stays where there is nothing", () => {
    assert.equal(move({ ...diamond(), tasks: [], edges: [] }, [], 0, "ArrowDown"), 0);
    assert.equal(move({ ...diamond(), tasks: [], edges: [] }, [], 0, "End"), 0);
  });
});

test("the page allows what comes with the extension, and nothing else", () => {
  const html = page({
    script: "https://resource/graph.js",
    style: "https://resource/graph.css",
    source: "https://resource",
    nonce: "N0nce",
    title: '<script>"&',
    language: "en",
  });
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
  assert.equal(
    policy,
    "default-src 'none'; script-src 'nonce-N0nce'; style-src https://resource; worker-src blob:",
  );
  assert.ok(html.includes("<title>&lt;script&gt;&quot;&amp;</title>"));
  assert.equal(html.match(/<script/g)?.length, 1);
  assert.ok(!/ style=| on[a-z]+=/.test(html));
});
