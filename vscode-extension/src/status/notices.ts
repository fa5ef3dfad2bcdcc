/** Tells a person once when the server cannot do its work. */

import { commands, l10n, type Disposable } from "vscode";
import { describe, type ServerProblem } from "../server/problem";
import type { Server } from "../server/server";
import { fail, warn } from "../show/notification";

/** Listens for what a person has to know. */
export function tellOfProblems(server: Server): Disposable {
  return server.onDidChange((state) => {
    if (state.kind === "failed") {
      void tell(server, state.problem, fail);
    } else if (state.kind === "unresponsive") {
      void tell(server, state.problem, warn);
    }
  });
}

async function tell(
  server: Server,
  problem: ServerProblem,
  show: (message: string, ...actions: string[]) => Thenable<string | undefined>,
): Promise<void> {
  const restart = l10n.t("Restart");
  const showLog = l10n.t("Show Log");
  const openSettings = l10n.t("Open Settings");
  const other = isOfBinary(problem) ? openSettings : showLog;
  const answer = await show(describe(problem), restart, other);
  if (answer === restart) {
    await server.restart();
  } else if (answer === showLog) {
    await commands.executeCommand("rigkit.showServerLog");
  } else if (answer === openSettings) {
    await commands.executeCommand("workbench.action.openSettings", "rigkit.server.path");
  }
}

function isOfBinary({ kind }: ServerProblem): boolean {
  return ["missing", "notExecutable", "notRig", "tooOld", "silent"].includes(kind);
}
