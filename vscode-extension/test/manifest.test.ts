import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { readTarget } from "../src/commands/target";
import { COMMANDS } from "../src/protocol";
import { serverSettings } from "../src/settings";
import { workspace } from "./support/vscode";

interface Manifest {
  contributes: {
    commands: { command: string }[];
    configuration: { properties: Record<string, { scope: string }> };
    menus: Record<string, { command: string }[]>;
  };
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  dependencies: Record<string, string>;
}

const read = (path: string): string => readFileSync(path, "utf8");
const manifest = JSON.parse(read("package.json")) as Manifest;
const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => read(`src/${path}`))
  .join("\n");

test("every text of the manifest can be translated, and no translation is left over", () => {
  const used = [...read("package.json").matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key);
  const texts = JSON.parse(read("package.nls.json")) as Record<string, string>;
  assert.deepEqual([...new Set(used)].sort(), Object.keys(texts).sort());
  const plain = /"(?:title|description|markdownDescription|contents)": "(?!%|Rigkit"|media)/;
  assert.doesNotMatch(read("package.json"), plain);
});

test("every command of the manifest has a handler, and every command of the server is in it", () => {
  const contributed = manifest.contributes.commands.map(({ command }) => command);
  for (const command of contributed) {
    assert.ok(sources.includes(`"${command}": `) || sources.includes(`"${command}",`), command);
  }
  for (const command of COMMANDS) {
    assert.ok(contributed.includes(command), command);
  }
  for (const { command } of Object.values(manifest.contributes.menus).flat()) {
    assert.ok(contributed.includes(command), command);
  }
});

test("every setting of the manifest is used", () => {
  for (const name of Object.keys(manifest.contributes.configuration.properties)) {
    // The client of the protocol reads this one by itself.
    if (name !== "rigkit.trace.server") {
      const key = name.replace("rigkit.", "").replace(/^codeLens\..*/, "codeLens.");
      assert.ok(sources.includes(`"${key}"`) || sources.includes(`\`${key}`), name);
    }
  }
});

test("a workspace cannot say which binary is run, nor that it is trusted", () => {
  const { properties } = manifest.contributes.configuration;
  assert.equal(properties["rigkit.server.path"]?.scope, "machine");
  const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
  assert.deepEqual(restrictedConfigurations, ["rigkit.server.path"]);
  workspace.isTrusted = false;
  workspace.settings = { trusted: true, "codeLens.task": false };
  assert.deepEqual(serverSettings(), {
    trusted: false,
    events: true,
    planDiagnostics: "off",
    codeLens: { workflow: true, task: false, workspace: true, operation: true },
    inlayHints: false,
    prompts: ["text", "select", "confirm"],
  });
});

test("commands read what lenses, menus and key bindings pass", () => {
  const target = { config: "file:///p/rig.config.ts", task: "build" };
  const cases: [sent: unknown, read: object][] = [
    [target, target],
    [{ id: "node", target }, target],
    [undefined, {}],
    [null, {}],
    ["text", {}],
  ];
  for (const [sent, expected] of cases) {
    assert.deepEqual(readTarget(sent), expected);
  }
});
