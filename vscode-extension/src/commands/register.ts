/** Registers the commands. They are there whether or not a server runs. */

import { commands, type Disposable } from "vscode";
import type { App } from "../app";
import type { CommandArguments } from "../protocol";
import { lookAround } from "../surroundings";
import { requireTrust } from "../trust";
import { apply, applyUntil } from "./apply";
import { cancel } from "./cancel";
import { explain } from "./explain";
import { graph } from "./graph";
import { init } from "./init";
import { invalidate } from "./invalidate";
import { once } from "./once";
import { openTask } from "./open";
import { runOperation, runWorkspaceOperation } from "./operation";
import { plan } from "./plan";
import { known, ready } from "./ready";
import { readTarget } from "./target";
import { showTaskLog } from "./taskLog";
import { createWorkspace, removeWorkspace } from "./workspace";

type Handler = (app: App, target: CommandArguments) => Promise<void>;

/** Those that look at what is known. */
const LOOKING: Record<string, Handler> = {
  "rigkit.plan": plan,
  "rigkit.invalidate": invalidate,
  "rigkit.explain": explain,
  "rigkit.graph": graph,
  "rigkit.cancel": cancel,
  "rigkit.openTask": openTask,
  "rigkit.showTaskLog": showTaskLog,
};

/** Those that run code of the project. */
const RUNNING: Record<string, Handler> = {
  "rigkit.apply": apply,
  "rigkit.applyUntil": applyUntil,
  "rigkit.createWorkspace": createWorkspace,
  "rigkit.removeWorkspace": removeWorkspace,
  "rigkit.runOperation": runOperation,
  "rigkit.runWorkspaceOperation": runWorkspaceOperation,
};

/** Those that need no server. */
const PLAIN: Record<string, (app: App) => Promise<void> | void> = {
  "rigkit.init": init,
  "rigkit.refresh": lookAround,
  "rigkit.restartServer": (app) => app.server.restart(),
  "rigkit.showLog": (app) => {
    app.output.show();
  },
  "rigkit.showServerLog": (app) => {
    app.serverLog.show();
  },
  "rigkit.openWalkthrough": async () => {
    await commands.executeCommand("workbench.action.openWalkthrough", "rigkit.rigkit#firstProject");
  },
};

/** Registers all commands. */
export function registerCommands(app: App): Disposable[] {
  return [
    ...Object.entries(LOOKING).map(([name, handler]) => register(app, name, handler)),
    ...Object.entries(RUNNING).map(([name, handler]) =>
      register(
        app,
        name,
        once(async (app, target) => {
          if (await requireTrust()) {
            await handler(app, target);
          }
        }),
      ),
    ),
    ...Object.entries(PLAIN).map(([name, handler]) =>
      commands.registerCommand(name, () => handler(app)),
    ),
  ];
}

function register(app: App, name: string, handler: Handler): Disposable {
  return commands.registerCommand(name, async (sent: unknown) => {
    const target = readTarget(sent);
    if (await ready(app.server)) {
      if (app.projects.workflow(target.config, target.workflow) === undefined) {
        await known(app.projects);
      }
      await handler(app, target);
    }
  });
}
