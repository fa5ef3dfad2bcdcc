/** `rigkit.openTask`: go to where a task, a workflow or a config is written. */

import { Position, Range, Uri, window } from "vscode";
import type { Location } from "vscode-languageclient/node";
import type { App } from "../app";
import type { CommandArguments } from "../protocol";
import { chooseTask, chooseWorkflow } from "./choose";

/** Opens what a target names: its task, or else its workflow, or else its config. */
export async function openTask(app: App, target: CommandArguments): Promise<void> {
  if (target.config !== undefined && target.workflow === undefined) {
    await window.showTextDocument(Uri.parse(target.config));
    return;
  }
  const owned = await chooseWorkflow(app.projects, target);
  if (owned === undefined) {
    return;
  }
  const isOfWorkflow = target.workflow !== undefined && target.task === undefined;
  const path = isOfWorkflow ? undefined : await chooseTask(owned, target);
  const task = owned.workflow.tasks.find((task) => task.path === path);
  const location = task === undefined ? owned.workflow.location : task.location;
  if (location !== null) {
    await show(location);
  }
}

async function show({ uri, range: { start, end } }: Location): Promise<void> {
  const selection = new Range(
    new Position(start.line, start.character),
    new Position(end.line, end.character),
  );
  await window.showTextDocument(Uri.parse(uri), { selection });
}
