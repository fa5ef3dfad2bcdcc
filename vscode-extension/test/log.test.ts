import assert from "node:assert/strict";
import { test } from "node:test";
import type { OutputChannel } from "vscode";
import type { RunEvent } from "../src/runs/event";
import { duration } from "../src/runs/line";
import { logUri, RunLog } from "../src/runs/log";
import { environment } from "../src/server/process";

const CONFIG = "file:///p/rig.config.ts";

/** Writes the log of some events, and gives it with the log of one task. */
function logged(events: readonly RunEvent[], path: string): { all: string[]; task: string } {
  const all: string[] = [];
  const output = { appendLine: (line: string) => all.push(line) } as unknown as OutputChannel;
  const log = new RunLog(output);
  for (const [sequence, event] of events.entries()) {
    log.take({ config: CONFIG, run: "run-0", event: { ...event, sequence, time: "" } });
  }
  return { all, task: log.provideTextDocumentContent(logUri(CONFIG, path)) };
}

test("each task has a log of its own, of its latest run", () => {
  const run: RunEvent[] = [
    { type: "apply.started", workflow: "site" },
    { type: "node.started", nodePath: "build" },
    { type: "command.started", nodePath: "build", commandName: "make", command: "make all" },
    {
      type: "command.output",
      nodePath: "build",
      commandName: "make",
      stream: "stdout",
      data: "one\ntwo\n",
    },
    { type: "command.completed", nodePath: "build", commandName: "make", exitCode: 2 },
    { type: "log.output", nodePath: "other", stream: "info", label: "note", data: "hi" },
    { type: "node.failed", nodePath: "build", message: "exit code 2", durationMs: 1500 },
    { type: "apply.completed", workflow: "site", outcome: "failed", durationMs: 61_000 },
  ];
  const { all, task } = logged([...run, ...run], "build");
  assert.deepEqual(all.slice(0, 8), [
    "Applying site",
    "[build] started",
    "[build] $ make all",
    "[build] one\n[build] two",
    "[build] ended with 2",
    "[other] note: hi",
    "[build] failed: exit code 2",
    "site: failed after 1 min 1 s",
  ]);
  assert.equal(task, "started\n$ make all\none\ntwo\nended with 2\nfailed: exit code 2");
});

test("commands that run at once are told apart", () => {
  const command = (commandId: number) => ({ nodePath: "sing", commandId, commandName: "sh" });
  const started = (id: number): RunEvent => ({
    type: "command.started",
    command: `sh ${id}`,
    ...command(id),
  });
  const wrote = (id: number, data: string): RunEvent => ({
    type: "command.output",
    stream: "stdout",
    data,
    ...command(id),
  });
  const completed = (id: number): RunEvent => ({
    type: "command.completed",
    exitCode: 1,
    ...command(id),
  });
  const { all } = logged(
    [
      started(1),
      wrote(1, "alone\n"),
      started(2),
      wrote(1, "high\non\n"),
      completed(1),
      wrote(2, "low\n"),
      completed(2),
      started(3),
      wrote(3, "alone again\n"),
      { type: "command.detached", pid: 7, ...command(4) },
    ],
    "sing",
  );
  assert.deepEqual(all, [
    "[sing] $ sh 1",
    "[sing] alone",
    "[sing] $ sh 2",
    "[sing] sh#1 | high\n[sing] sh#1 | on",
    "[sing] sh#1 | ended with 1",
    "[sing] sh#2 | low",
    "[sing] sh#2 | ended with 1",
    "[sing] $ sh 3",
    "[sing] alone again",
    "[sing] sh stays as process 7",
  ]);
});

test("events that are unknown are passed over", () => {
  const unknown = { type: "node.dreamed" } as unknown as RunEvent;
  assert.deepEqual(logged([unknown], "build"), { all: [], task: "" });
});

test("durations have the unit that suits them", () => {
  const cases: [milliseconds: number, text: string][] = [
    [7, "7 ms"],
    [1500, "1.5 s"],
    [59_940, "59.9 s"],
    [59_999, "1 min 0 s"],
    [125_000, "2 min 5 s"],
    [119_999, "2 min 0 s"],
  ];
  for (const [milliseconds, text] of cases) {
    assert.equal(duration(milliseconds), text);
  }
});

test("tasks do not see what the editor tells its own processes", () => {
  const variables = {
    PATH: "/bin",
    ELECTRON_RUN_AS_NODE: "1",
    VSCODE_IPC_HOOK_CLI: "/x",
    MY_VSCODE: "1",
  };
  assert.deepEqual(environment(variables), { PATH: "/bin", MY_VSCODE: "1" });
});
