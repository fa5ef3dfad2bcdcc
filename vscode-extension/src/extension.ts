/** Where the editor starts and ends the extension. */

import { commands, window, workspace, type ExtensionContext, type Uri } from "vscode";
import type { App } from "./app";
import { registerCommands } from "./commands/register";
import { EXPLAIN_SCHEME, Explanations } from "./explain/document";
import { GraphPanels } from "./graph/panels";
import { ask } from "./operations/question";
import { RESULT_SCHEME, Results } from "./operations/results";
import { Projects } from "./projects";
import { LOG_SCHEME, RunLog } from "./runs/log";
import { Runs } from "./runs/runs";
import { promptRequest, runEvent, stateChanged } from "./server/messageTypes";
import { ServerMessages } from "./server/messages";
import { Server } from "./server/server";
import { startWhenNeeded } from "./start";
import { showStatusBar } from "./status/bar";
import { tellOfProblems } from "./status/notices";
import { showServerStatus } from "./status/server";
import { watchSurroundings } from "./surroundings";
import { registerTasks } from "./tasks/provider";
import { WorkflowTree } from "./views/tree";

/** How often the server is asked by itself, in milliseconds, so that a hanging one is noticed. */
const ASK_EVERY = 30_000;

let app: App | undefined;

/** Registers everything, and starts the server if there is something for it. */
export function activate(context: ExtensionContext): void {
  app = makeApp(context.extensionUri);
  const { graphs, output, projects, results, runLog, runs, server, serverLog } = app;
  const explanations = new Explanations(app);
  const tree = new WorkflowTree(projects);
  const view = window.createTreeView("rigkit.workflows", { treeDataProvider: tree });
  context.subscriptions.push(
    server,
    output,
    serverLog,
    projects,
    runs,
    runLog,
    graphs,
    results,
    explanations,
    tree,
    view,
    workspace.registerTextDocumentContentProvider(EXPLAIN_SCHEME, explanations),
    workspace.registerTextDocumentContentProvider(RESULT_SCHEME, results),
    workspace.registerTextDocumentContentProvider(LOG_SCHEME, runLog),
    graphs.restore(),
    registerTasks(app),
    tellOfProblems(server),
    ...registerCommands(app),
    ...showServerStatus(server),
    ...showStatusBar(projects, runs, (listener) => workspace.onDidChangeConfiguration(listener)),
    ...watchSurroundings(app),
    ...keepUpToDate(app),
    ...startWhenNeeded(server, view),
  );
}

/** Ends the server, and with it what it runs. */
export async function deactivate(): Promise<void> {
  await app?.server.stop();
}

function makeApp(extensionUri: Uri): App {
  const extensionPath = extensionUri.fsPath;
  const output = window.createOutputChannel("Rigkit");
  const serverLog = window.createOutputChannel("Rigkit Language Server", { log: true });
  const messages = new ServerMessages();
  const runLog = new RunLog(output);
  const server = new Server({
    extensionPath,
    log: serverLog,
    listen: (client) => {
      messages.listen(client);
      client.onNotification(stateChanged, () => void projects.refresh());
      client.onNotification(runEvent, (event) => {
        runLog.take(event);
      });
      client.onRequest(promptRequest, ask);
    },
  });
  const projects = new Projects(() => server.projects());
  const runs = new Runs();
  const graphs = new GraphPanels(projects, extensionUri);
  const results = new Results(output);
  return {
    extensionPath,
    graphs,
    messages,
    output,
    projects,
    results,
    runLog,
    runs,
    server,
    serverLog,
  };
}

function keepUpToDate({ projects, runs, server }: App): { dispose: () => void }[] {
  const setContext = (key: string, value: boolean): void => {
    void commands.executeCommand("setContext", key, value);
  };
  const asking = setInterval(() => void projects.refresh(), ASK_EVERY);
  return [
    {
      dispose: () => {
        clearInterval(asking);
      },
    },
    server.onDidChange(({ kind }) => {
      if (kind === "running") {
        void projects.refresh();
      } else if (kind !== "unresponsive") {
        projects.clear();
      }
    }),
    projects.onDidChange(() => {
      setContext("rigkit.hasProject", projects.all.length > 0);
    }),
    runs.onDidChange((running) => {
      setContext("rigkit.isRunning", running > 0);
    }),
  ];
}
