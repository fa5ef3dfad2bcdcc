/** The process of the server. */

import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { dirname } from "node:path";
import type { LogOutputChannel } from "vscode";

/** Starts the server; what it writes beside the protocol goes to the log. */
export function spawnServer(path: string, log: LogOutputChannel): ChildProcessWithoutNullStreams {
  const child = spawn(path, ["lsp"], { cwd: dirname(path), env: environment(process.env) });
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text: string) => {
    log.error(text.trimEnd());
  });
  child.on("error", (error) => {
    log.error(error.message);
  });
  child.on("exit", (code, signal) => {
    log.info(`rig lsp ended (${signal ?? code ?? "?"})`);
  });
  return child;
}

/** Leaves out what the editor tells its own processes, so that tasks run as in a terminal. */
export function environment(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isEditors = (name: string): boolean => /^(ELECTRON|VSCODE)_/.test(name);
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !isEditors(name)));
}
