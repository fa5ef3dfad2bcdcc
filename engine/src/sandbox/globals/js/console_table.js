// console.table: rows and columns drawn with lines.
(function (native, use) {
  "use strict";

  const { format, inspect } = use("format");

  const INDEX = "(index)";
  const VALUES = "Values";
  const isObject = (value) => typeof value === "object" && value !== null;

  function formatTable(rows, columns) {
    if (!isObject(rows)) return format([rows]);
    const entries = entriesOf(rows);
    const names = columns ? Array.from(columns, String) : columnNames(entries);
    const hasValues = !columns && entries.some(([, row]) => !isObject(row));
    const header = [INDEX, ...names, ...(hasValues ? [VALUES] : [])];
    const body = entries.map(([label, row]) => [
      label,
      ...names.map((name) => cellOf(row, name)),
      ...(hasValues ? [isObject(row) ? "" : inspect(row)] : []),
    ]);
    return draw([header, ...body]);
  }

  function entriesOf(rows) {
    if (rows instanceof Map) return [...rows].map(([key, value]) => [inspect(key), value]);
    if (rows instanceof Set) return [...rows].map((value, index) => [`${index}`, value]);
    return Object.entries(rows);
  }

  function columnNames(entries) {
    const names = entries.flatMap(([, row]) => (isObject(row) ? Object.keys(row) : []));
    return [...new Set(names)];
  }

  function cellOf(row, name) {
    return isObject(row) && Object.hasOwn(row, name) ? inspect(row[name], { depth: 0 }) : "";
  }

  function draw([header, ...body]) {
    const widths = header.map((_, column) =>
      Math.max(...[header, ...body].map((cells) => cells[column].length + 2)),
    );
    const rule = (left, middle, right) =>
      left + widths.map((width) => "─".repeat(width)).join(middle) + right;
    const line = (cells) =>
      `│${cells.map((cell, column) => ` ${cell}`.padEnd(widths[column])).join("│")}│`;
    return [
      rule("┌", "┬", "┐"),
      line(header),
      rule("├", "┼", "┤"),
      ...body.map(line),
      rule("└", "┴", "┘"),
    ].join("\n");
  }

  return { formatTable };
})
