/** `rigkit.graph`: draw a workflow. */

import { Uri } from "vscode";
import type { App } from "../app";
import type { CommandArguments } from "../protocol";
import { chooseWorkflow } from "./choose";

/** Shows the graph of a workflow. The editor's title passes the file that is open. */
export async function graph(app: App, sent: CommandArguments | Uri): Promise<void> {
  const target = sent instanceof Uri ? { config: sent.toString() } : sent;
  const owned = await chooseWorkflow(app.projects, target);
  if (owned !== undefined) {
    app.graphs.show({ config: owned.project.config, workflow: owned.workflow.name });
  }
}
