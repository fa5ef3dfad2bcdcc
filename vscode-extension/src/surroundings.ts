/** Tells the server what only the editor notices: settings, trust, and configs that come. */

import { workspace, type Disposable, type WorkspaceFolder } from "vscode";
import type { App } from "./app";
import { CONFIGS } from "./configs";

/** Passes on what happens around the server. That configs go it notices by itself. */
export function watchSurroundings({ server }: App): Disposable[] {
  const configs = workspace.createFileSystemWatcher(CONFIGS, false, true, true);
  return [
    configs,
    configs.onDidCreate(async (config) => {
      await server.start();
      await server.tellFolders({
        added: foldersOf(workspace.getWorkspaceFolder(config)),
        removed: [],
      });
    }),
    workspace.onDidGrantWorkspaceTrust(() => void server.tellSettings()),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("rigkit.server.path")) {
        void server.restart();
      } else if (event.affectsConfiguration("rigkit")) {
        void server.tellSettings();
      }
    }),
  ];
}

/** Has the server look for projects it does not know yet, and asks for all that is known. */
export async function lookAround({ projects, server }: App): Promise<void> {
  await server.tellFolders({
    added: foldersOf(...(workspace.workspaceFolders ?? [])),
    removed: [],
  });
  await projects.refresh();
}

/** Names folders as the protocol does. */
function foldersOf(...folders: (WorkspaceFolder | undefined)[]): { uri: string; name: string }[] {
  return folders
    .filter((folder) => folder !== undefined)
    .map(({ uri, name }) => ({ uri: uri.toString(), name }));
}
