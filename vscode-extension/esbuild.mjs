// Bundles the extension to one file, and what runs in the graph's webview to another.
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { build, context } from "esbuild";

const arguments_ = new Set(process.argv.slice(2));

/** @type {import("esbuild").BuildOptions} */
const shared = {
  bundle: true,
  minify: !arguments_.has("--tests") && !arguments_.has("--watch"),
  legalComments: "none",
  logLevel: "warning",
  sourcemap: arguments_.has("--tests") || arguments_.has("--watch") ? "linked" : false,
};

/** @type {import("esbuild").BuildOptions} */
const extension = {
  ...shared,
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["vscode"],
};

const elkWorker = createRequire(import.meta.url).resolve("elkjs/lib/elk-worker.min.js");

/** @type {import("esbuild").BuildOptions} */
const webview = {
  ...shared,
  define: { ELK_WORKER: JSON.stringify(await readFile(elkWorker, "utf8")) },
  entryPoints: ["src/graph/webview/main.ts"],
  outfile: "dist/graph.js",
  platform: "browser",
  target: "es2022",
  format: "iife",
};

/** @returns {Promise<import("esbuild").BuildOptions>} */
async function tests() {
  const files = await readdir("test");
  return {
    ...shared,
    entryPoints: files.filter((file) => file.endsWith(".test.ts")).map((file) => `test/${file}`),
    outdir: "dist-test",
    platform: "node",
    target: "node20",
    format: "cjs",
    alias: { vscode: "./test/support/vscode.ts" },
  };
}

if (arguments_.has("--tests")) {
  await build(await tests());
} else if (arguments_.has("--watch")) {
  for (const options of [extension, webview]) {
    await (await context(options)).watch();
  }
} else {
  await Promise.all([build(extension), build(webview)]);
}
