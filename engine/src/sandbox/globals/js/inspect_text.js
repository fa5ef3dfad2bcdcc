// How the values without inner structure are printed.
(function () {
  "use strict";

  const MAX_STRING = 10_000;
  const ESCAPES = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", "\\": "\\\\" };
  const NEEDS_ESCAPE = /[\0-\x1f\x7f-\x9f\\]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

  // A string as a literal, in the quotes that need the fewest escapes.
  function quote(text) {
    const shown = text.slice(0, MAX_STRING);
    const mark = ["'", '"', "`"].find((candidate) => !shown.includes(candidate)) ?? "'";
    const body = shown.replace(NEEDS_ESCAPE, escape).replaceAll(mark, `\\${mark}`);
    const hidden = text.length - shown.length;
    return `${mark}${body}${mark}${hidden > 0 ? `... ${hidden} more characters` : ""}`;
  }

  function escape(character) {
    const code = character.charCodeAt(0);
    if (code >= 0xd800) return `\\u${code.toString(16).toUpperCase()}`;
    return ESCAPES[character] ?? `\\x${code.toString(16).toUpperCase().padStart(2, "0")}`;
  }

  function formatNumber(value) {
    return Object.is(value, -0) ? "-0" : `${value}`;
  }

  function formatPrimitive(value) {
    switch (typeof value) {
      case "string":
        return quote(value);
      case "number":
        return formatNumber(value);
      case "bigint":
        return `${value}n`;
      default:
        return String(value);
    }
  }

  // A property name as it would be written in an object literal.
  function formatKey(key) {
    if (typeof key === "symbol") return `[${String(key)}]`;
    if (key === "__proto__") return `['${key}']`;
    return /^[a-zA-Z_]\w*$/.test(key) ? key : quote(key);
  }

  return { formatKey, formatNumber, formatPrimitive, quote };
})
