/** Tells the server what only the editor notices: settings, trust, and configs that come or go. */

import { workspace, type Disposable, type WorkspaceFolder } from "vscode";
import type { App } from "./app";

/** Configs by their names. */
const CONFIGS = "**/{rig.config.ts,rigkit/index.ts}";

/** Passes on what happens around the server. */
export function watchSurroundings({ projects, server }: App): Disposable[] {
  const configs = workspace.createFileSystemWatcher(CONFIGS, false, true, false);
  return [
    configs,
    configs.onDidCreate((config) => {
      const added = foldersOf(workspace.getWorkspaceFolder(config));
      void server.tellFolders({ added, removed: [] });
    }),
    configs.onDidDelete(async (config) => {
      // What is gone goes with its folder, and what is left comes again with it.
      const folders = foldersOf(workspace.getWorkspaceFolder(config));
      await server.tellFolders({ added: folders, removed: folders });
      await projects.refresh();
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
