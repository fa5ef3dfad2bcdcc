// Collects the texts that the sources give to `l10n.t` into the bundle that translators begin with.
// `node scripts/l10n.mjs --check` writes nothing, and fails where the bundle is not up to date.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";

const directory = resolve(import.meta.dirname, "..");
const bundle = join(directory, "l10n/bundle.l10n.json");

/** Lists the texts of a file. */
function textsOf(path) {
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
  const texts = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.getText(source) === "l10n.t") {
      const [text] = node.arguments;
      if (!ts.isStringLiteralLike(text)) {
        throw new Error(`${path}: the text of l10n.t has to be a literal`);
      }
      texts.push(text.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}

const sources = readdirSync(join(directory, "src"), { recursive: true })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => join(directory, "src", path));
const texts = [...new Set(sources.flatMap(textsOf))].sort();
const collected = `${JSON.stringify(Object.fromEntries(texts.map((text) => [text, text])), null, 2)}\n`;

if (!process.argv.includes("--check")) {
  writeFileSync(bundle, collected);
} else if (readFileSync(bundle, "utf8") !== collected) {
  console.error("l10n/bundle.l10n.json is not up to date: run `npm run l10n`");
  process.exitCode = 1;
}
