/** The graphs that are shown, one panel a workflow. */

import type { Disposable } from "vscode";
import type { CommandArguments } from "../protocol";

/** Keeps the panels. */
export class GraphPanels implements Disposable {
  show(_: Required<Pick<CommandArguments, "config" | "workflow">>): void {}
  dispose(): void {}
}
