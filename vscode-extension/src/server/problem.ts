/** What can be wrong with the server, and how a person is told. */

import { l10n } from "vscode";

/** What is wrong with a binary. */
export type BinaryProblem =
  | { kind: "missing"; path: string; isConfigured: boolean }
  | { kind: "notExecutable"; path: string; detail: string }
  | { kind: "notRig"; path: string; output: string }
  | { kind: "tooOld"; path: string; version: string; needed: string }
  | { kind: "silent"; path: string };

/** What is wrong with a server. */
export type ServerProblem =
  | BinaryProblem
  | { kind: "startFailed"; detail: string }
  | { kind: "startTimedOut"; seconds: number }
  | { kind: "keepsCrashing"; times: number }
  | { kind: "nonsense"; detail: string }
  | { kind: "unresponsive"; seconds: number };

/** Says what is wrong and what can be done about it. */
export function describe(problem: ServerProblem): string {
  switch (problem.kind) {
    case "missing":
      return describeMissing(problem.path, problem.isConfigured);
    case "notExecutable":
      return l10n.t(
        "`{0}` cannot be run ({1}). Make it executable, or set `rigkit.server.path` to another `rig`.",
        problem.path,
        problem.detail,
      );
    case "notRig":
      return l10n.t(
        "`{0}` is not `rig`: asked for its version, it answered “{1}”. Check `rigkit.server.path`.",
        problem.path,
        problem.output,
      );
    case "tooOld":
      return l10n.t(
        "`{0}` is version {1}, and this extension needs at least {2}. Update it, or clear `rigkit.server.path` to use the one of the extension.",
        problem.path,
        problem.version,
        problem.needed,
      );
    case "silent":
      return l10n.t("`{0}` did not tell its version in time.", problem.path);
    case "startFailed":
      return l10n.t("The language server could not be started: {0}", problem.detail);
    case "startTimedOut":
      return l10n.t("The language server did not start within {0} seconds.", problem.seconds);
    case "keepsCrashing":
      return l10n.t(
        "The language server ended {0} times in a short time and is not started again by itself.",
        problem.times,
      );
    case "nonsense":
      return l10n.t(
        "The language server sent what this extension does not understand ({0}), and was ended. Restart it, or check `rigkit.server.path`.",
        problem.detail,
      );
    case "unresponsive":
      return l10n.t(
        "The language server has not answered for {0} seconds. Restarting it ends what it runs.",
        problem.seconds,
      );
  }
}

function describeMissing(path: string, isConfigured: boolean): string {
  return isConfigured
    ? l10n.t("There is no `rig` at `{0}`, where `rigkit.server.path` says it is.", path)
    : l10n.t(
        "This package of the extension has no `rig` for your platform. Install `rig` and set `rigkit.server.path` to it.",
      );
}
