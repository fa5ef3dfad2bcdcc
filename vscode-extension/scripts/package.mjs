// Packs the extension with the `rig` of this platform: `node scripts/package.mjs [BINARY] [TARGET]`.
//
// The binary is the argument, or RIG_BINARY, or the one that `cargo build --release` made. TARGET is a
// platform as `vsce` names it, such as linux-x64; without one the package is for any.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";

const directory = resolve(import.meta.dirname, "..");
const [given, target] = process.argv.slice(2);
const executable = process.platform === "win32" ? "rig.exe" : "rig";
const binary = given ?? process.env.RIG_BINARY ?? join(directory, "../target/release", executable);

const packed = join(directory, "bin", basename(binary));
mkdirSync(join(directory, "bin"), { recursive: true });
copyFileSync(binary, packed);
chmodSync(packed, 0o755);

const run = (script, ...words) => {
  execFileSync(process.execPath, [script, ...words], { cwd: directory, stdio: "inherit" });
};
run(join(directory, "esbuild.mjs"));

const { version } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
const name = ["rigkit", version, ...(target === undefined ? [] : [target])].join("-");
// `--no-dependencies`: everything is bundled. Nothing here needs the network.
run(
  createRequire(import.meta.url).resolve("@vscode/vsce/vsce"),
  ...["package", "--no-dependencies", "--no-rewrite-relative-links", "--out", `${name}.vsix`],
  ...(target === undefined ? [] : ["--target", target]),
);
