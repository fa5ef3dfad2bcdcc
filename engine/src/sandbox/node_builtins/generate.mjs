// Writes `exports.txt`, the table of what each module of Node.js exports.
//
//     node generate.mjs
//
// It adds what the Node.js it runs on has to what the table says already, so run it once with each
// supported version, oldest first. The table lists, per module, a line with its name, then
// indented lines: `default` with the name of the function that is the default export (when it is
// one), `functions` and `objects` with their names, and `values` as JSON. A module that can only
// be imported as `node:NAME` says so behind its name.

import { readFileSync, writeFileSync } from "node:fs";
import { builtinModules, isBuiltin } from "node:module";

const TABLE = new URL("exports.txt", import.meta.url);
const PREFIX = "node:";
// Older versions leave these out of `builtinModules`.
const UNLISTED = ["sea", "sqlite", "test", "test/reporters"];
// Values of these depend on the machine this script runs on.
const OF_THIS_MACHINE = {
  constants: () => true,
  dns: (name) => ["ADDRCONFIG", "ALL", "V4MAPPED"].includes(name),
  ffi: () => true,
  module: (name) => name === "globalPaths",
  process: () => true,
};
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
const LONGEST_VALUE = 2000;

function emptyModule(prefixOnly) {
  return { prefixOnly, default: null, functions: new Set(), objects: new Set(), values: {} };
}

function parseTable(text) {
  const modules = new Map();
  let current;
  for (const line of text.split("\n").filter((line) => line && !line.startsWith("#"))) {
    const [word, ...rest] = line.trim().split(" ");
    if (!line.startsWith(" ")) {
      current = emptyModule(rest[0] === "prefix-only");
      modules.set(word, current);
    } else if (word === "default") current.default = rest[0];
    else if (word === "values") current.values = JSON.parse(rest.join(" "));
    else current[word] = new Set(rest);
  }
  return modules;
}

function moduleNames() {
  const listed = builtinModules.map((name) => name.replace(PREFIX, ""));
  const names = new Set([...listed, ...UNLISTED]);
  names.delete("domain"); // last, for importing it changes what others export
  return [...names, "domain"].filter((name) => isBuiltin(PREFIX + name));
}

async function addModule(modules, name) {
  const namespace = await import(PREFIX + name);
  const module = modules.get(name) ?? emptyModule(!isBuiltin(name));
  modules.set(name, module);
  module.default = typeof namespace.default === "function" ? namespace.default.name : null;
  for (const key of Object.keys(namespace)) {
    if (key !== "default" && IDENTIFIER.test(key)) addExport(name, module, key, namespace[key]);
  }
}

// What was a function in an earlier version and is gone by now stays one.
function addExport(name, module, key, value) {
  if (value === undefined && module.functions.has(key)) return;
  const isStable = !OF_THIS_MACHINE[name]?.(key);
  const kind =
    typeof value === "function" ? "functions" : isStable && isPlain(value) ? "values" : "objects";
  module.functions.delete(key);
  module.objects.delete(key);
  delete module.values[key];
  if (kind === "values") module.values[key] = value;
  else module[kind].add(key);
}

function isPlain(value) {
  const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
  if (isList) return JSON.stringify(value).length <= LONGEST_VALUE;
  return ["string", "boolean"].includes(typeof value) || Number.isFinite(value);
}

function printModule([name, module]) {
  const values = Object.fromEntries(Object.entries(module.values).sort());
  return [
    module.prefixOnly ? `${name} prefix-only` : name,
    module.default && ` default ${module.default}`,
    ...["functions", "objects"].map(
      (kind) => module[kind].size > 0 && ` ${kind} ${[...module[kind]].sort().join(" ")}`,
    ),
    Object.keys(values).length > 0 && ` values ${JSON.stringify(values)}`,
  ].filter(Boolean);
}

function readTable() {
  try {
    return readFileSync(TABLE, "utf8");
  } catch {
    return "";
  }
}

const modules = parseTable(readTable());
for (const name of moduleNames()) await addModule(modules, name);
const sorted = [...modules].sort(([left], [right]) => (left < right ? -1 : 1));
const header = "# What the modules of Node.js export. Written by generate.mjs.";
writeFileSync(TABLE, `${[header, ...sorted.flatMap(printModule)].join("\n")}\n`);
