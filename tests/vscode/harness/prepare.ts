// What all tests need: the editor, the extension's package, the suites. Runs once, before them.

import { cp, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { codeServer, editorManifest, extensionCopy, extensionFolder, insideFolder, installedExtensions, made, node, rig, screenshots, suites } from "./places.ts";
import { run } from "./processes.ts";

/** Is called by the test runner. */
export async function globalSetup(): Promise<void> {
  await mkdir(made, { recursive: true });
  await Promise.all([installBrowser(), installEditor(), packageExtension(), bundleSuites()]);
  await installExtension();
  await rm(screenshots, { recursive: true, force: true });
  await mkdir(screenshots);
}

async function installBrowser(): Promise<void> {
  if (await exists("/usr/bin/chromium")) {
    return;
  }
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["--quiet", "update"], { env: environment });
  await run("apt-get", ["--quiet", "install", "--yes", "--no-install-recommends", "chromium"], { env: environment });
}

/** The manifest is what is installed: a stamp says of which one that is so. */
async function installEditor(): Promise<void> {
  const wanted = await readFile(path.join(editorManifest, "package-lock.json"), "utf8");
  const stamp = path.join(made, ".installed-lock.json");
  if ((await exists(stamp)) && (await readFile(stamp, "utf8")) === wanted) {
    return;
  }
  for (const name of ["package.json", "package-lock.json", ".npmrc"]) {
    await cp(path.join(editorManifest, name), path.join(made, name));
  }
  await run("npm", ["ci", "--ignore-scripts"], { cwd: made });
  // The workbench brings lock files that do not fit its own manifests.
  const workbench = path.join(made, "node_modules/code-server/lib/vscode");
  const words = ["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
  await run("npm", words, { cwd: workbench });
  await run("npm", words, { cwd: path.join(workbench, "extensions") });
  await writeFile(stamp, wanted);
}

/** Packages a copy, for nothing is made among the sources. */
async function packageExtension(): Promise<void> {
  const isSource = (file: string) => !["node_modules", "dist", "dist-test", "bin"].includes(path.basename(file));
  await rm(extensionCopy, { recursive: true, force: true });
  await cp(extensionFolder, extensionCopy, { recursive: true, filter: isSource });
  await symlink(path.join(extensionFolder, "node_modules"), path.join(extensionCopy, "node_modules"));
  await run("npm", ["run", "package", "--", rig], { cwd: extensionCopy });
}

/** Gives the package that was made. */
async function packaged(): Promise<string> {
  const [name = ""] = (await readdir(extensionCopy)).filter((file) => file.endsWith(".vsix"));
  return path.join(extensionCopy, name);
}

async function bundleSuites(): Promise<void> {
  await build({
    entryPoints: [path.join(insideFolder, "*.suite.ts")],
    outdir: suites,
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["vscode"],
    sourcemap: "inline",
    logLevel: "error",
  });
  await cp(path.join(insideFolder, "package.json"), path.join(suites, "package.json"));
}

/** Installs the extension as a person does, into a folder that every test copies. */
async function installExtension(): Promise<void> {
  await rm(installedExtensions, { recursive: true, force: true });
  const data = path.join(made, "installing");
  const words = ["--user-data-dir", data, "--extensions-dir", installedExtensions, "--install-extension", await packaged()];
  await run(node, [codeServer, ...words], { env: { ...process.env, EXTENSIONS_GALLERY: "{}" } });
  await rm(data, { recursive: true, force: true });
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
