import assert from "node:assert/strict";
import { test } from "node:test";
import { describe as words, type ServerProblem } from "../src/server/problem";

const cases: [problem: ServerProblem, message: string][] = [
  [
    { kind: "missing", path: "/opt/rig", isConfigured: true },
    "There is no `rig` at `/opt/rig`, where `rigkit.server.path` says it is.",
  ],
  [
    { kind: "missing", path: "/extension/bin/rig", isConfigured: false },
    "This package of the extension has no `rig` for your platform. Install `rig` and set `rigkit.server.path` to it.",
  ],
  [
    { kind: "notExecutable", path: "/opt/rig", detail: "EACCES" },
    "`/opt/rig` cannot be run (EACCES). Make it executable, or set `rigkit.server.path` to another `rig`.",
  ],
  [
    { kind: "notRig", path: "/bin/ls", output: "ls 9.1" },
    "`/bin/ls` is not `rig`: asked for its version, it answered “ls 9.1”. Check `rigkit.server.path`.",
  ],
  [
    { kind: "tooOld", path: "/opt/rig", version: "0.0.9", needed: "0.1.0" },
    "`/opt/rig` is version 0.0.9, and this extension needs at least 0.1.0. Update it, or clear `rigkit.server.path` to use the one of the extension.",
  ],
  [{ kind: "silent", path: "/opt/rig" }, "`/opt/rig` did not tell its version in time."],
  [{ kind: "startFailed", detail: "EPIPE" }, "The language server could not be started: EPIPE"],
  [{ kind: "startTimedOut", seconds: 20 }, "The language server did not start within 20 seconds."],
  [
    { kind: "keepsCrashing", times: 6 },
    "The language server ended 6 times in a short time and is not started again by itself.",
  ],
  [
    { kind: "unresponsive", seconds: 20 },
    "The language server has not answered for 20 seconds. Restarting it ends what it runs.",
  ],
];

for (const [problem, message] of cases) {
  test(`a person is told of ${problem.kind}`, () => {
    assert.equal(words(problem), message);
  });
}
