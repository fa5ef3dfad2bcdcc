// The console's methods that do more than print at a level.
(function (native, use) {
  "use strict";

  const { format, inspect } = use("format");

  function createMethods(state, print) {
    return {
      dir: (value, options) => print("log", inspect(value, options ?? {})),
      dirxml: (...values) => print("log", format(values)),
      table: (rows, columns) => print("log", use("console_table").formatTable(rows, columns)),
      trace: (...values) => print("trace", traceText(format(values))),
      assert: (condition, ...values) => {
        if (!condition) print("error", assertionText(values));
      },
      ...groups(state, print),
      ...counters(print),
      ...timers(print),
    };
  }

  // The topmost frames are those of the console itself.
  function traceText(message) {
    const frames = new Error().stack.trimEnd().split("\n").slice(3);
    const title = message === "" ? "Trace" : `Trace: ${message}`;
    return [title, ...frames].join("\n");
  }

  function assertionText(values) {
    const [first, ...rest] = values;
    if (typeof first === "string") return format([`Assertion failed: ${first}`, ...rest]);
    return values.length === 0 ? "Assertion failed" : format(["Assertion failed", ...values]);
  }

  function groups(state, print) {
    const group = (...values) => {
      if (values.length > 0) print("log", format(values));
      state.indentation += "  ";
    };
    const groupEnd = () => {
      state.indentation = state.indentation.slice(2);
    };
    return { group, groupCollapsed: group, groupEnd };
  }

  function counters(print) {
    const counts = new Map();
    return {
      count(label = "default") {
        const name = `${label}`;
        const count = (counts.get(name) ?? 0) + 1;
        counts.set(name, count);
        print("log", `${name}: ${count}`);
      },
      countReset(label = "default") {
        if (!counts.delete(`${label}`)) print("warn", `Count for '${label}' does not exist`);
      },
    };
  }

  function timers(print) {
    const started = new Map();
    const report = (name, values) => {
      const elapsed = Date.now() - started.get(name);
      print("log", format([`${name}: ${elapsed}ms`, ...values]));
    };
    const whenStarted = (label, act) => {
      const name = `${label}`;
      if (started.has(name)) act(name);
      else print("warn", `No such label '${name}' for console.time()`);
    };
    return {
      time(label = "default") {
        const name = `${label}`;
        if (started.has(name)) print("warn", `Label '${name}' already exists for console.time()`);
        else started.set(name, Date.now());
      },
      timeLog(label = "default", ...values) {
        whenStarted(label, (name) => report(name, values));
      },
      timeEnd(label = "default") {
        whenStarted(label, (name) => {
          report(name, []);
          started.delete(name);
        });
      },
    };
  }

  return { createMethods };
})
