/** `rigkit.init`: write the first config of a folder. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { commands, l10n, Uri, window, workspace, type WorkspaceFolder } from "vscode";
import type { App } from "../app";
import { candidate, check } from "../server/binary";
import { showFailure } from "../server/messages";
import { describe } from "../server/problem";
import { settings } from "../settings";
import { tell } from "../show/notification";

/** Has `rig init` write a config, and opens it. */
export async function init(app: App): Promise<void> {
  const folder = await chooseFolder();
  if (folder === undefined) {
    return;
  }
  const binary = await check(candidate(settings.serverPath(), app.extensionPath));
  if (binary.kind !== "usable") {
    void showFailure(describe(binary));
    return;
  }
  try {
    await promisify(execFile)(binary.path, ["-C", folder.uri.fsPath, "init"]);
  } catch (error) {
    void showFailure(written(error));
    return;
  }
  await window.showTextDocument(Uri.joinPath(folder.uri, "rig.config.ts"));
}

async function chooseFolder(): Promise<WorkspaceFolder | undefined> {
  const folders = workspace.workspaceFolders ?? [];
  if (folders.length > 1) {
    return await window.showWorkspaceFolderPick({ placeHolder: l10n.t("Write the config where?") });
  }
  if (folders.length === 0) {
    const open = l10n.t("Open Folder");
    const message = l10n.t("A config is written into a folder. Open one first.");
    if ((await tell(message, open)) === open) {
      await commands.executeCommand("workbench.action.files.openFolder");
    }
  }
  return folders[0];
}

/** What a program wrote says more than that it failed. */
function written(error: unknown): string {
  const stderr = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  return stderr === "" ? String(error) : stderr;
}
