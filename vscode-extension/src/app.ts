/** The parts of the extension that commands work with. */

import type { LogOutputChannel, OutputChannel } from "vscode";
import type { GraphPanels } from "./graph/panels";
import type { Results } from "./operations/results";
import type { Projects } from "./projects";
import type { RunLog } from "./runs/log";
import type { Runs } from "./runs/runs";
import type { ServerMessages } from "./server/messages";
import type { Server } from "./server/server";

/** Is the extension at work. */
export interface App {
  extensionPath: string;
  server: Server;
  projects: Projects;
  messages: ServerMessages;
  runs: Runs;
  runLog: RunLog;
  graphs: GraphPanels;
  results: Results;
  /** The log of runs. */
  output: OutputChannel;
  /** The log of the server. */
  serverLog: LogOutputChannel;
}
