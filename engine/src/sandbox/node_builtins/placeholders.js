// What the modules of Node.js export while a workflow is being defined: things that can be
// imported, passed on, captured and extended, but not called.
(function (native, use) {
  "use strict";

  const WHY =
    "definitions are evaluated in a sandbox without files, processes or network; " +
    "call it inside a task handler";

  // From a placeholder to what it stands for, such as "node:fs promises.readFile".
  const labels = new WeakMap();

  // Properties whose presence would make a placeholder pass for a promise, a matcher or a node.
  const ABSENT = new Set(["then", "toJSON", "$$typeof", "asymmetricMatch", "nodeType"]);
  // Reading these from a strict function throws.
  const FORBIDDEN = new Set(["arguments", "caller"]);

  function placeholder(module, path, target = function () {}) {
    const children = new Map();
    const child = (name) => {
      if (!children.has(name)) children.set(name, placeholder(module, `${path}.${name}`));
      return children.get(name);
    };
    const made = new Proxy(target, {
      apply() {
        throw refusal(module, `${path}()`);
      },
      construct() {
        throw refusal(module, `new ${path}()`);
      },
      get: (_, key) => readProperty(target, key, `[node:${module} ${path}]`, child),
    });
    if (typeof target === "function") setName(target, path.split(".").at(-1));
    labels.set(made, `node:${module} ${path}`);
    return made;
  }

  function refusal(module, call) {
    return new Error(
      `node:${module} ${call} cannot be called while the workflow is being defined: ${WHY}`,
    );
  }

  function readProperty(target, key, text, child) {
    if (Object.hasOwn(target, key)) return target[key];
    if (key === Symbol.toPrimitive || key === "toString") return () => text;
    if (ABSENT.has(key) || FORBIDDEN.has(key)) return undefined;
    if (typeof key === "symbol" || key in target) return target[key];
    return child(key);
  }

  function setName(target, name) {
    Object.defineProperty(target, "name", { value: name, configurable: true });
  }

  const words = (text) => (text === "" ? [] : text.split(" "));

  // Gives the named exports of a module and its default export.
  function create(module, { defaultFunction, functions, objects, values }) {
    const named = { __proto__: null };
    for (const name of words(functions)) named[name] = placeholder(module, name);
    for (const name of words(objects)) named[name] = placeholder(module, name, {});
    Object.assign(named, values);
    Object.defineProperties(named, Object.getOwnPropertyDescriptors(harmlessOf(module)));
    return { named, whole: createDefault(module, defaultFunction, named) };
  }

  function createDefault(module, defaultFunction, named) {
    const isFunction = defaultFunction !== null;
    const whole = isFunction ? named[defaultFunction] ?? placeholder(module, defaultFunction) : {};
    for (const name of Object.keys(named)) {
      const property = { value: named[name], writable: true, enumerable: true, configurable: true };
      if (name !== "name" && name !== "prototype") Object.defineProperty(whole, name, property);
    }
    if (!isFunction) setText(whole, `node:${module}`);
    return whole;
  }

  // Not even an export called `toString` gets in the way.
  function setText(object, label) {
    labels.set(object, label);
    const toPrimitive = { value: () => `[${label}]`, configurable: true };
    Object.defineProperty(object, Symbol.toPrimitive, toPrimitive);
  }

  // What a definition can be given for real: it stays within the sandbox, or only wraps what will
  // be called later.
  function harmlessOf(module) {
    return HARMLESS[module]?.() ?? {};
  }

  const HARMLESS = {
    __proto__: null,
    buffer: () => ({ atob: globalThis.atob, btoa: globalThis.btoa }),
    console: () => ({ ...globalThis.console }),
    module: () => ({ createRequire: () => placeholder("module", "createRequire(…)") }),
    process: () => {
      const { env, platform, arch, argv } = globalThis.process;
      return { env, platform, arch, argv };
    },
    sys: harmlessUtilities,
    tty: () => ({ isatty: () => false }),
    url: () => ({ URL: globalThis.URL, URLSearchParams: globalThis.URLSearchParams }),
    util: harmlessUtilities,
  };

  function harmlessUtilities() {
    const later = (name) => (fn) => placeholder("util", `${name}(${fn?.name || "…"})`);
    const symbol = (name) => Symbol.for(`nodejs.util.${name}.custom`);
    const { TextDecoder, TextEncoder } = globalThis;
    return {
      TextDecoder,
      TextEncoder,
      callbackify: later("callbackify"),
      deprecate: (fn) => fn,
      inspect: Object.assign(placeholder("util", "inspect"), { custom: symbol("inspect") }),
      promisify: Object.assign(later("promisify"), { custom: symbol("promisify") }),
    };
  }

  // Says what a placeholder stands for; undefined for anything else.
  function describe(value) {
    const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
    return isObject ? labels.get(value) : undefined;
  }

  return { create, describe };
})
