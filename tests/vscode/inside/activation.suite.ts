// How long it takes from the activation of the extension to the first lens.

import { writeFile } from "node:fs/promises";
import { extensions } from "vscode";
import { file, open, untilLens } from "./asked.ts";
import { run, test } from "./runner.ts";

test("the first lens comes soon after the activation", async () => {
  const config = file("rig.config.ts");
  // Nothing activates the extension before there is a config.
  await writeFile(config.fsPath, process.env.CONFIG ?? "");
  await open(config);
  const start = performance.now();
  await extensions.getExtension("rigkit.rigkit")?.activate();
  await untilLens(config, "apply");
  console.log(`measured ${performance.now() - start}`);
});

export { run };
