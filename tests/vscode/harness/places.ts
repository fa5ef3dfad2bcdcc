// Where everything is.

import path from "node:path";

const folder = path.resolve(import.meta.dirname, "..");

/** The repository. */
export const repository = path.resolve(folder, "../..");

/** The extension's sources. */
export const extensionFolder = process.env.EXT ?? path.join(repository, "vscode-extension");

/** What runs inside of the editor. */
export const insideFolder = path.join(folder, "inside");

/** What the editor is installed from. */
export const editorManifest = path.join(folder, "editor");

const target = path.resolve(process.env.CARGO_TARGET_DIR ?? path.join(repository, "target"));

/** Everything that is made. */
export const made = path.join(target, "editors/vscode");

/** `rig`, as it was built last. */
export const rig = process.env.RIG ?? path.join(target, "debug/rig");

/** A copy of the extension's sources, to make the package in. */
export const extensionCopy = path.join(made, "extension");

/** The folder that the extension is installed in, to be copied. */
export const installedExtensions = path.join(made, "extensions");

/** The suites, bundled. */
export const suites = path.join(made, "inside");

/** What the pages looked like. */
export const screenshots = path.join(made, "screenshots");

/** Node.js in the version that the editor wants, which also runs the tests. */
export const node = process.execPath;

/** The program that serves the editor. */
export const codeServer = path.join(made, "node_modules/code-server/out/node/entry.js");
