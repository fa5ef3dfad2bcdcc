// atob and btoa: the engine's own, with errors that are instances of the global DOMException.
(function (native, use) {
  "use strict";

  const { DOMException } = use("dom_exception");
  const engine = globalThis.__rigkit.engine;

  function convert(operation, text) {
    try {
      return operation(text);
    } catch (error) {
      if (Error.isError(error)) throw error;
      const message = "the string contains a character that is not allowed here";
      throw new DOMException(message, "InvalidCharacterError");
    }
  }

  function requireArgument(count, name) {
    if (count === 0) throw new TypeError(`${name} needs a string`);
  }

  function atob(data) {
    requireArgument(arguments.length, "atob");
    return convert(engine.atob, `${data}`);
  }

  function btoa(data) {
    requireArgument(arguments.length, "btoa");
    return convert(engine.btoa, `${data}`);
  }

  return { atob, btoa };
})
