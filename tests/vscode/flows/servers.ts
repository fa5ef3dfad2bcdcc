// Servers that a person has set, and what they do wrong.

import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";
import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { node } from "../harness/places.ts";
import { SITE } from "./projects.ts";

/** Has what a test needs: the editor, the path of the server, and a way to mend that. */
type Use = (editor: Editor, server: string, mend: () => Promise<void>) => Promise<void>;

/** Opens the project with a server that a person has set. */
export async function withServer(script: string | undefined, use: Use, mode = 0o755): Promise<void> {
  await Desk.with(async (desk) => {
    const project = await desk.project("site", { "rig.config.ts": SITE });
    const server = desk.path("rig");
    if (script !== undefined) {
      await writeFile(server, script);
      await chmod(server, mode);
    }
    const file = path.join(project, "rig.config.ts");
    const machineSettings = { "rigkit.server.path": server, "rigkit.server.timeout": 5 };
    await Editor.with(desk, { open: project, file, machineSettings }, async (editor) => {
      await editor.show();
      await use(editor, server, () => writeFile(`${server}.mended`, ""));
    });
  });
}

/**
 * Is a server that answers as `answer` says, an expression of `method` and `id` that gives the bytes
 * to write, until it is mended.
 */
export function answering(answer: string): string {
  return `#!${node}
const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const frame = (message) => {
  const text = JSON.stringify({ jsonrpc: "2.0", ...message });
  return "Content-Length: " + Buffer.byteLength(text) + "\\r\\n\\r\\n" + text;
};
const well = (id, result) => frame({ id, result });
const initialized = (id) => well(id, { capabilities: {}, serverInfo: { name: "rig", version: "0.1.0" } });
const answer = (method, id) => ${answer};
const words = process.argv.slice(2);
if (existsSync(__filename + ".mended")) {
  spawn(process.env.RIG, words, { stdio: "inherit" }).on("exit", (code) => process.exit(code ?? 1));
} else if (words[0] !== "lsp") {
  console.log("rig 0.1.0");
} else {
  let read = "";
  process.stdin.on("data", (data) => {
    read += data;
    for (let found; (found = /^Content-Length: (\\d+)\\r\\n\\r\\n/.exec(read)); ) {
      const end = found[0].length + Number(found[1]);
      if (read.length < end) return;
      const { method, id } = JSON.parse(read.slice(found[0].length, end));
      read = read.slice(end);
      process.stdout.write(answer(method, id) ?? "");
    }
  });
  process.stdin.on("end", () => process.exit(0));
}
`;
}
