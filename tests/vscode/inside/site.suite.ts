// One project, from its activation to what a terminal changes.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { commands, DiagnosticSeverity, extensions, Range, tasks, window, workspace, WorkspaceEdit } from "vscode";
import { until } from "../harness/until.ts";
import { diagnostics, file, hints, lenses, open, read, rigkit, untilLens } from "./asked.ts";
import { run, test } from "./runner.ts";

const config = file("rig.config.ts");
const site = { config: config.toString(), workflow: "site" };
const terminal = promisify(execFile);
const PENDING = ["● never ran", "apply up to here"];

test("it activates by itself where there is a config", async () => {
  const extension = extensions.getExtension("rigkit.rigkit");
  assert.ok(extension);
  await until("active", () => extension.isActive);
});

test("lenses say how things stand, and nothing else says it again", async () => {
  await open(config);
  await untilLens(config, "apply (2 pending)");
  assert.deepEqual((await lenses(config)).slice(0, 7), ["▶ apply (2 pending)", "plan", "graph", ...PENDING, ...PENDING]);
  assert.deepEqual(diagnostics(config), []);
  assert.deepEqual(await hints(config), []);
});

test("an apply ends with everything up to date", async () => {
  await rigkit("apply", site);
  await untilLens(config, "up to date");
  await until("no diagnostics", () => diagnostics(config).length === 0);
});

test("what a terminal does shows", async () => {
  await terminal(process.env.RIG ?? "rig", ["--chdir", file("").fsPath, "cache", "invalidate", "wait"]);
  await untilLens(config, "apply (1 pending)");
});

test("a run that takes long can be cancelled", async () => {
  await writeFile(file("slow").fsPath, "");
  const over = rigkit("apply", site).then(
    () => "done",
    () => "not done",
  );
  await untilLens(config, "running");
  await rigkit("cancel", {});
  await over;
  await untilLens(config, "apply (1 pending)");
  await rm(file("slow").fsPath);
});

test("a workspace is created, used and removed", async () => {
  await rigkit("createWorkspace", { ...site, workspace: "draft" });
  await untilLens(config, "draft");
  await rigkit("runWorkspaceOperation", { ...site, workspace: "draft", operation: "open", input: {} });
  assert.equal(await read("opened"), "draft");
});

test("the lenses stay while the config is broken, and the error says where", async () => {
  const document = await workspace.openTextDocument(config);
  const before = await lenses(config);
  const broken = new WorkspaceEdit();
  const name = document.getText().indexOf('"wait"');
  broken.replace(config, new Range(document.positionAt(name), document.positionAt(name + 6)), '"clone"');
  await workspace.applyEdit(broken);
  await until("an error", () => diagnostics(config).find((told) => told.severity === DiagnosticSeverity.Error));
  assert.equal((await lenses(config)).length, before.length);
  await commands.executeCommand("undo");
  await until("no error", () => diagnostics(config).every((told) => told.severity !== DiagnosticSeverity.Error));
  await commands.executeCommand("workbench.action.files.save");
});

test("the task runner has an apply", async () => {
  const found = await tasks.fetchTasks({ type: "rig" });
  assert.ok(
    found.some((task) => task.name.includes("apply")),
    found.map((task) => task.name).join(", "),
  );
});

test("nothing was shown that nobody asked for", async () => {
  assert.equal(window.activeTextEditor?.document.uri.toString(), config.toString());
});

export { run };
