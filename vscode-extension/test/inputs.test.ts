import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { read } from "../src/operations/answer";
import { askForInput } from "../src/operations/ask";
import { promptsOf, type Answer, type Prompt } from "../src/operations/prompt";
import { ask as askQuestion } from "../src/operations/question";
import { freeName, nameProblem } from "../src/operations/workspaceName";
import { isShort, written } from "../src/operations/written";
import type { Json, PromptAnswer, PromptParams } from "../src/protocol";
import { person } from "./support/vscode";

/** Reads a property of a schema. */
function prompt(property: Json, isRequired = true): Prompt {
  const schema = { properties: { it: property }, required: isRequired ? ["it"] : [] };
  const [made] = promptsOf(schema);
  assert.ok(made);
  return made;
}

describe("what is asked", () => {
  const cases: [what: string, property: Json, answer: Answer][] = [
    ["a text", { type: "string", minLength: 1 }, { kind: "text", minLength: 1 }],
    ["values", { enum: ["start", "stop"] }, { kind: "choice", values: ["start", "stop"] }],
    ["a switch", { type: "boolean" }, { kind: "choice", values: [true, false] }],
    ["one value", { const: 1 }, { kind: "choice", values: [1] }],
    [
      "constants",
      { anyOf: [{ const: "a" }, { const: "b" }] },
      { kind: "choice", values: ["a", "b"] },
    ],
    [
      "a whole number",
      { type: "integer", minimum: 0 },
      { kind: "number", isInteger: true, minimum: 0 },
    ],
    ["a workspace", { type: "string", format: "rigkit-workspace" }, { kind: "workspace" }],
    ["a list", { type: "array" }, { kind: "json", type: "array" }],
    [
      "several values",
      { type: "array", items: { enum: ["a", "b"] } },
      { kind: "list", element: { kind: "choice", values: ["a", "b"] } },
    ],
    [
      "what may be null",
      { anyOf: [{ type: "null" }, { type: "integer" }] },
      { kind: "number", isInteger: true },
    ],
    [
      "one of several types",
      { type: ["null", "boolean"] },
      { kind: "choice", values: [true, false] },
    ],
    ["anything", {}, { kind: "json", type: undefined }],
    ["nonsense", true, { kind: "json", type: undefined }],
  ];
  for (const [what, property, answer] of cases) {
    test(what, () => {
      assert.deepEqual(prompt(property).answer, answer);
    });
  }

  test("what is required comes first; a default makes it optional", () => {
    const schema = {
      properties: { a: {}, b: {}, c: { default: 1 }, d: { title: "D" } },
      required: ["b", "c", "d"],
    };
    const prompts = promptsOf(schema).map(({ name, title, isRequired }) => [
      name,
      title,
      isRequired,
    ]);
    assert.deepEqual(prompts, [
      ["b", "b", true],
      ["d", "D", true],
      ["a", "a", false],
      ["c", "c", false],
    ]);
  });

  test("a schema that is none asks for nothing", () => {
    for (const schema of [null, [], "no", {}, { properties: [] }]) {
      assert.deepEqual(promptsOf(schema), []);
    }
  });
});

describe("what is typed", () => {
  const cases: [property: Json, typed: string, read: Json | { wrong: string }][] = [
    [{ type: "string" }, "", ""],
    [{ type: "string", minLength: 1 }, "", { wrong: "A value is needed." }],
    [{ type: "string", minLength: 2 }, "😀", { wrong: "At least 2 characters are needed." }],
    [{ type: "string", maxLength: 1 }, "😀", "😀"],
    [{ type: "string", maxLength: 1 }, "ab", { wrong: "At most 1 characters are allowed." }],
    [{ type: "string", pattern: "^a" }, "b", { wrong: "It has to match `^a`." }],
    [{ type: "string", pattern: "(" }, "b", "b"],
    [{ type: "string", format: "email" }, "x", { wrong: "It has to be of the format “email”." }],
    [{ type: "string", format: "unknown" }, "x", "x"],
    [{ type: "number" }, "1e3", 1000],
    [{ type: "number" }, "1,5", { wrong: "It has to be a number." }],
    [{ type: "number" }, " ", { wrong: "It has to be a number." }],
    [{ type: "integer" }, "1.5", { wrong: "It has to be a whole number." }],
    [{ type: "number", minimum: 1 }, "0", { wrong: "It has to be at least 1." }],
    [{ type: "number", maximum: 1 }, "2", { wrong: "It has to be at most 1." }],
    [{ type: "number", exclusiveMinimum: 1 }, "1", { wrong: "It has to be more than 1." }],
    [{ type: "number", exclusiveMaximum: 1 }, "1", { wrong: "It has to be less than 1." }],
    [{ type: "number", multipleOf: 0.1 }, "0.3", 0.3],
    [{ type: "number", multipleOf: 2 }, "3", { wrong: "It has to be a multiple of 2." }],
    [{ type: "array" }, "[1]", [1]],
    [{ type: "array" }, "{}", { wrong: "It has to be JSON of the type array." }],
    [{ type: "array", items: { type: "integer" } }, "1, 2", [1, 2]],
    [{ type: "array", items: { type: "integer" } }, "", []],
    [{ type: "array", items: { type: "integer" } }, "1, x", { wrong: "It has to be a number." }],
    [{ type: "array", items: { enum: ["a", 1] } }, "1,a", [1, "a"]],
    [{ type: "array", items: { enum: ["a", 1] } }, "b", { wrong: "`b` is none of: a, 1" }],
    [{}, "null", null],
  ];
  for (const [property, typed, expected] of cases) {
    test(`${JSON.stringify(property)} ← “${typed}”`, () => {
      const reading = read(prompt(property), typed);
      const isWrong = typeof expected === "object" && expected !== null && "wrong" in expected;
      assert.deepEqual(
        reading,
        isWrong ? { kind: "wrong", message: expected.wrong } : { kind: "value", value: expected },
      );
    });
  }

  test("what is optional can be left out", () => {
    assert.deepEqual(read(prompt({ type: "number" }, false), ""), { kind: "leftOut" });
  });

  test("broken JSON is told with its reason", () => {
    const reading = read(prompt({ type: "object" }), "{");
    assert.ok(reading.kind === "wrong" && reading.message.startsWith("It has to be JSON: "));
  });
});

describe("a dialogue", () => {
  const schema = {
    required: ["workspace", "action"],
    properties: {
      table: { type: "string", default: "notes", description: "The table" },
      workspace: { type: "string", format: "rigkit-workspace" },
      action: { enum: ["start", "stop"] },
      fast: { type: "boolean" },
      count: { type: "integer" },
    },
  };
  const workspaces = [{ name: "a", state: "ready" as const, freshness: "current" as const }];

  beforeEach(() => {
    person.asked = [];
  });

  test("asks one thing after another", async () => {
    person.answers = ["a", "stop", "rows", "Leave out", "3"];
    assert.deepEqual(await askForInput("compare", schema, workspaces), {
      workspace: "a",
      action: "stop",
      table: "rows",
      count: 3,
    });
    assert.deepEqual(
      person.asked.map(({ title, prompt, offered }) => [title, prompt, offered]),
      [
        ["compare (1/5)", "workspace", ["a"]],
        ["compare (2/5)", "action", ["start", "stop"]],
        ["compare (3/5)", "table: The table (optional)", ["notes"]],
        ["compare (4/5)", "fast (optional)", ["true", "false", "Leave out"]],
        ["compare (5/5)", "count (optional)", [""]],
      ],
    );
    assert.equal(person.asked.at(-1)?.validate("x"), "It has to be a number.");
    assert.equal(person.asked.at(-1)?.validate(""), undefined);
  });

  test("can be given up", async () => {
    person.answers = ["a", undefined];
    assert.equal(await askForInput("compare", schema, workspaces), undefined);
    assert.equal(person.asked.length, 2);
  });

  test("is none where there is nothing to ask", async () => {
    assert.deepEqual(await askForInput("open", { type: "object", properties: {} }, []), {});
    assert.equal(person.asked.length, 0);
  });

  test("offers a default first", async () => {
    person.answers = ["b"];
    const withDefault = { properties: { it: { enum: ["a", "b"], default: "b" } } };
    assert.deepEqual(await askForInput("x", withDefault, []), { it: "b" });
    assert.deepEqual(person.asked[0]?.offered, ["b", "a"]);
  });
});

describe("what a run asks", () => {
  beforeEach(() => {
    person.asked = [];
  });

  const cases: [question: PromptParams, answer: string | undefined, result: PromptAnswer][] = [
    [{ kind: "select", message: "Where?", options: [{ label: "a" }, { label: "b" }] }, "b", 1],
    [{ kind: "confirm", message: "Sure?", defaultValue: false }, "No", false],
    [{ kind: "confirm", message: "Sure?" }, "Yes", true],
    [{ kind: "text", message: "Who?", secret: false }, "me", "me"],
    [{ kind: "text", message: "Who?", secret: true }, undefined, null],
    [{ kind: "confirm", message: "Sure?" }, undefined, null],
  ];
  for (const [question, answer, result] of cases) {
    test(`${JSON.stringify(question)} ← ${answer ?? "nothing"}`, async () => {
      person.answers = [answer];
      assert.equal(await askQuestion(question), result);
    });
  }

  test("what is wrong with an answer is told until it is changed", async () => {
    person.answers = ["7"];
    const problem = "not a number";
    await askQuestion({ kind: "text", message: "?", problem, defaultValue: "x", secret: false });
    assert.equal(person.asked[0]?.validate("x"), problem);
    assert.equal(person.asked[0].validate("7"), undefined);
  });
});

test("results are written as a person reads them", () => {
  assert.equal(written(null), undefined);
  assert.deepEqual(written(" done\n"), { text: "done", language: "plaintext" });
  assert.deepEqual(written({ a: 1 }), { text: '{"a":1}', language: "json" });
  const long = written({ a: "x".repeat(300) });
  assert.equal(long?.text.split("\n").length, 3);
  assert.ok(isShort("x".repeat(200)) && !isShort("x".repeat(201)) && !isShort("a\nb"));
});

test("the name that is proposed is free", () => {
  assert.equal(freeName([]), "dev");
  assert.equal(freeName(["dev", "dev-2", "dev-4"]), "dev-3");
});

test("names of workspaces are judged as the engine does", () => {
  const cases: [name: string, problem: string | undefined][] = [
    ["a.b_c-1", undefined],
    ["", "A name is needed."],
    ["-a", "A name cannot start with `-` or `.`."],
    [".a", "A name cannot start with `-` or `.`."],
    ["a b", "A name has letters, digits, `.`, `_` and `-` only."],
    ["é", "A name has letters, digits, `.`, `_` and `-` only."],
    ["taken", "There is a workspace `taken` already."],
  ];
  for (const [name, problem] of cases) {
    assert.equal(nameProblem(name, ["taken"]), problem, name);
  }
});
