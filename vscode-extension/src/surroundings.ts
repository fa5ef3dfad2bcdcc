/** Tells the server what only the editor notices: settings, trust, and configs that come or go. */

import { workspace, type Disposable, type Uri } from "vscode";
import type { Server } from "./server/server";

/** Configs by their names. */
const CONFIGS = "**/{rig.config.ts,rigkit/index.ts}";

/** Passes on what happens around the server. */
export function watchSurroundings(server: Server): Disposable[] {
  const configs = workspace.createFileSystemWatcher(CONFIGS, false, true, false);
  const lookAgain = (config: Uri): void => {
    void lookThrough(server, config);
  };
  return [
    configs,
    configs.onDidCreate(lookAgain),
    configs.onDidDelete(lookAgain),
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

/** The server looks through folders that come; so the folder of a config goes and comes again. */
async function lookThrough(server: Server, config: Uri): Promise<void> {
  const folder = workspace.getWorkspaceFolder(config);
  if (folder !== undefined) {
    const folders = [{ uri: folder.uri.toString(), name: folder.name }];
    await server.tellFolders({ removed: folders, added: folders });
  }
}
