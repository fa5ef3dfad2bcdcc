// What the tests ask the editor.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { commands, languages, Uri, window, workspace, Range, type CodeLens, type Diagnostic, type InlayHint } from "vscode";
import { until } from "../harness/until.ts";

/** A file of the first folder that is open. */
export function file(name: string, folder = 0): Uri {
  const root = workspace.workspaceFolders?.[folder]?.uri;
  if (root === undefined) {
    throw new Error("no folder is open");
  }
  return Uri.joinPath(root, name);
}

/** Opens a file as a person does. */
export async function open(uri: Uri): Promise<void> {
  await window.showTextDocument(uri, { preview: false });
}

/** The titles of a file's lenses; ages are all the same, for time passes. */
export async function lenses(uri: Uri): Promise<string[]> {
  const found = await commands.executeCommand<CodeLens[]>("vscode.executeCodeLensProvider", uri, 200);
  return found.map((lens) => (lens.command?.title ?? "").replace(/\d+\w+ ago/, "[age] ago"));
}

/** Waits until the lenses say something. */
export async function untilLens(uri: Uri, wanted: string): Promise<void> {
  let last: string[] = [];
  await until(`a lens that says ${wanted}`, async () => {
    last = await lenses(uri);
    return last.some((title) => title.includes(wanted));
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}, but ${last.join(" | ")}`);
  });
}

/** What Rigkit says of a file. */
export function diagnostics(uri: Uri): Diagnostic[] {
  return languages.getDiagnostics(uri).filter((diagnostic) => diagnostic.source === "rigkit");
}

/** The hints in a file's lines that say how a task stands. */
export async function hints(uri: Uri): Promise<string[]> {
  const all = new Range(0, 0, 10_000, 0);
  const found = await commands.executeCommand<InlayHint[]>("vscode.executeInlayHintProvider", uri, all);
  return found.map(({ label }) => String(label)).filter((label) => /[✓●◌✗]/u.test(label));
}

/** Runs a command of the server through the extension. */
export async function rigkit(command: string, words: Record<string, unknown>): Promise<unknown> {
  return commands.executeCommand(`rigkit.${command}`, words);
}

/** Reads a file below the first folder. */
export async function read(name: string): Promise<string> {
  return readFile(path.join(file(name).fsPath), "utf8");
}
