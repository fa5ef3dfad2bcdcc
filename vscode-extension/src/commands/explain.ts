/** `rigkit.explain`: all that is known of why a task is cached or not. */

import { commands, window } from "vscode";
import type { App } from "../app";
import { explainUri } from "../explain/document";
import type { CommandArguments } from "../protocol";
import { chooseWorkflow } from "./choose";

/** Shows the explanation as a page; as plain text where the editor cannot show Markdown. */
export async function explain(app: App, target: CommandArguments): Promise<void> {
  const owned = await chooseWorkflow(app.projects, target);
  if (owned === undefined) {
    return;
  }
  const uri = explainUri({
    config: owned.project.config,
    workflow: owned.workflow.name,
    ...(target.task !== undefined && { task: target.task }),
  });
  try {
    await commands.executeCommand("markdown.showPreview", uri);
  } catch {
    await window.showTextDocument(uri);
  }
}
