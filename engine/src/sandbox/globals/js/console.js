// The console object. `emit(level, text)` hands a finished message to the host.
//
// Most messages are plain strings, so everything else is only loaded when it is used.
(function (native, use) {
  "use strict";

  const LEVELS = ["log", "info", "warn", "error", "debug"];
  const OTHERS = [
    "assert", "count", "countReset", "dir", "dirxml", "group", "groupCollapsed", "groupEnd",
    "table", "time", "timeEnd", "timeLog", "trace",
  ];

  function createConsole(emit) {
    const state = { indentation: "" };
    const print = (level, text) => {
      const { indentation } = state;
      const isPlain = indentation === "";
      const lines = isPlain ? text : indentation + text.replaceAll("\n", `\n${indentation}`);
      emit(level, lines.toWellFormed());
    };
    let others;
    const other = (name) => {
      others ??= use("console_methods").createMethods(state, print);
      return others[name];
    };

    const console = {};
    for (const level of LEVELS) {
      console[level] = (...values) => print(level, textOf(values));
    }
    for (const name of OTHERS) {
      console[name] = (...values) => other(name)(...values);
    }
    console.clear = () => {};
    Object.defineProperty(console, Symbol.toStringTag, { value: "console", configurable: true });
    return console;
  }

  function textOf(values) {
    const isPlain = values.length === 1 && typeof values[0] === "string";
    return isPlain ? values[0] : use("format").format(values);
  }

  return { createConsole };
})
