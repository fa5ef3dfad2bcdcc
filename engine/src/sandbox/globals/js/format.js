// Turns the arguments of a console method into its text: `%` directives first, then the rest.
(function (native, use) {
  "use strict";

  const { formatNumber } = use("inspect_text");

  const isObject = (value) =>
    (typeof value === "object" && value !== null) || typeof value === "function";

  // What inspects is big, and most messages are plain text.
  function inspect(value, options) {
    return use("inspect").inspect(value, options);
  }

  function format(values) {
    const [first, ...rest] = values;
    const hasDirectives = typeof first === "string" && rest.length > 0 && first.includes("%");
    const parts = hasDirectives ? substitute(first, rest) : values;
    return parts.map(printArgument).join(" ");
  }

  const printArgument = (value) => (typeof value === "string" ? value : inspect(value));

  // Gives the text with its directives replaced, followed by the values none of them used.
  function substitute(text, values) {
    let used = 0;
    const replaced = text.replace(/%[sdifjoOc%]/g, (directive) => {
      if (directive === "%%") return "%";
      if (used === values.length) return directive;
      return DIRECTIVES[directive[1]](values[used++]);
    });
    return [replaced, ...values.slice(used)];
  }

  const DIRECTIVES = {
    __proto__: null,
    s: formatText,
    d: (value) => formatAs(value, (v) => (isObject(v) ? NaN : Number(v))),
    i: (value) => formatAs(value, (v) => (isObject(v) ? NaN : parseInt(v, 10))),
    f: (value) => (typeof value === "symbol" ? "NaN" : formatNumber(parseFloat(value))),
    j: formatJson,
    o: (value) => inspect(value, { depth: 4 }),
    O: (value) => inspect(value),
    c: () => "",
  };

  function formatText(value) {
    if (typeof value === "number") return formatNumber(value);
    if (typeof value === "bigint") return `${value}n`;
    if (!isObject(value)) return String(value);
    return hasOwnText(value) ? `${value}` : inspect(value, { depth: 0 });
  }

  // Whether a class of its own says how the value reads as text.
  function hasOwnText(value) {
    try {
      const { toString } = value;
      return typeof toString === "function" && !BUILT_IN_TEXTS.has(toString);
    } catch {
      return false;
    }
  }

  const BUILT_IN_TEXTS = new Set(
    [Array, Date, Error, Function, Object, RegExp].map(({ prototype }) => prototype.toString),
  );

  function formatAs(value, toNumber) {
    if (typeof value === "bigint") return `${value}n`;
    return typeof value === "symbol" ? "NaN" : formatNumber(toNumber(value));
  }

  function formatJson(value) {
    try {
      return String(JSON.stringify(value));
    } catch (error) {
      return isCycle(error) ? "[Circular]" : `[cannot be JSON: ${inspect(error)}]`;
    }
  }

  const isCycle = (error) => error instanceof TypeError && /circular/i.test(error.message);

  return { format, inspect };
})
