/** Where configs are. */

import { languages, workspace, type TextDocument } from "vscode";

/** Configs by their names. */
export const CONFIGS = "**/{rig.config.ts,rigkit/index.ts}";

/** Says whether a document is a config, by its name. */
export function isConfig(document: TextDocument): boolean {
  return languages.match({ scheme: "file", pattern: CONFIGS }, document) > 0;
}

/** Says whether there is a config, in a folder or open. */
export async function hasConfig(): Promise<boolean> {
  return (
    workspace.textDocuments.some(isConfig) ||
    (await workspace.findFiles(CONFIGS, "**/node_modules/**", 1)).length > 0
  );
}
