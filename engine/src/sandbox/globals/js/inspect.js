// Prints any value for a person to read, without running getters (but those of an error's text)
// or the traps of proxies.
(function (native, use) {
  "use strict";

  const { proxyTarget } = use("brands");
  const { describe } = use("inspect_kinds");
  const { formatPrimitive } = use("inspect_text");

  const CUSTOM = Symbol.for("nodejs.util.inspect.custom");
  const MAX_LINE = 72;
  const DEFAULT_DEPTH = 2;
  const MAX_DEPTH = 100;
  const MANY_ITEMS = 6;

  // `depth` is how many levels of nested objects are shown; null stands for all that make sense.
  function inspect(value, { depth = DEFAULT_DEPTH } = {}) {
    const limit = Math.min(depth ?? MAX_DEPTH, MAX_DEPTH);
    return formatValue({ depth: limit, ancestors: [], references: new Map() }, value);
  }

  function formatValue(printing, value) {
    if (!isObject(value)) return formatPrimitive(value);
    try {
      return formatObject(printing, withoutProxies(value));
    } catch (error) {
      return `[cannot be printed: ${reasonOf(error)}]`;
    }
  }

  function isObject(value) {
    return (typeof value === "object" && value !== null) || typeof value === "function";
  }

  // What is behind a proxy, and behind that if it is another; null for a revoked one.
  function withoutProxies(value) {
    let inner = value;
    for (;;) {
      const target = proxyTarget(inner);
      if (target === undefined) return inner;
      if (target === null) return null;
      inner = target;
    }
  }

  function reasonOf(error) {
    try {
      return `${isObject(error) ? error.message : String(error)}`;
    } catch {
      return "it throws";
    }
  }

  function formatObject(printing, object) {
    if (object === null) return "<Revoked Proxy>";
    if (printing.ancestors.includes(object)) return formatReference(printing, object);
    printing.ancestors.push(object);
    try {
      const text = formatCustom(printing, object) ?? formatShape(printing, describe(object));
      const reference = printing.references.get(object);
      return reference === undefined ? text : `<ref *${reference}> ${text}`;
    } finally {
      printing.ancestors.pop();
    }
  }

  function formatReference({ references }, object) {
    if (!references.has(object)) references.set(object, references.size + 1);
    return `[Circular *${references.get(object)}]`;
  }

  // Gives nothing when the object does not say how it wants to be printed.
  function formatCustom(printing, object) {
    const custom = object[CUSTOM];
    if (typeof custom !== "function" || custom === inspect) return undefined;
    const depth = printing.depth - printing.ancestors.length + 1;
    const result = custom.call(object, depth, { depth }, inspect);
    if (result === object) return undefined;
    return typeof result === "string" ? result : formatValue(printing, result);
  }

  function formatShape(printing, { title, head, brackets, isWhole, isList, items }) {
    if (items.length === 0) return isWhole ? head : `${withSpace(head)}${brackets.join("")}`;
    if (printing.ancestors.length - 1 > printing.depth) return isWhole ? head : `[${title}]`;
    const parts = items.map((item) => item((value) => formatValue(printing, value)));
    return layOut(withSpace(head), brackets, parts, isList, printing.ancestors.length - 1);
  }

  const withSpace = (head) => (head === "" ? "" : `${head} `);

  function layOut(head, [open, close], parts, isList, level) {
    const width = MAX_LINE - 2 * level;
    const line = `${head}${open} ${parts.join(", ")} ${close}`;
    if (line.length <= width && !line.includes("\n")) return line;
    const isFlow = isList && parts.length > MANY_ITEMS && parts.every(isShort);
    const lines = isFlow ? fillLines(parts, width) : parts.map(indent);
    return `${head}${open}\n  ${lines.join(",\n  ")}\n${close}`;
  }

  const isShort = (part) => part.length <= 20 && !part.includes("\n");
  const indent = (part) => part.replaceAll("\n", "\n  ");

  // Puts as many parts on each line as fit.
  function fillLines(parts, width) {
    const lines = [];
    for (const part of parts) {
      const last = lines.at(-1);
      const fits = last !== undefined && last.length + part.length + 4 <= width;
      if (fits) lines[lines.length - 1] = `${last}, ${part}`;
      else lines.push(part);
    }
    return lines;
  }

  return { inspect };
})
