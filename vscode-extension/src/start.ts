/** Starts the server when there is something for it, for most TypeScript has no config beside it. */

import { workspace, type Disposable, type TreeView } from "vscode";
import { hasConfig, isConfig } from "./configs";
import type { Server } from "./server/server";

/** Waits for a config, or for a person who looks at the view. */
export function startWhenNeeded(server: Server, view: TreeView<unknown>): Disposable[] {
  const startIf = (isNeeded: boolean): void => {
    if (isNeeded) {
      void server.start();
    }
  };
  startIf(view.visible);
  void hasConfig().then(startIf);
  return [
    view.onDidChangeVisibility(({ visible }) => {
      startIf(visible);
    }),
    workspace.onDidOpenTextDocument((document) => {
      startIf(isConfig(document));
    }),
  ];
}
