// What the modules of Node.js export while a workflow is being defined: things that can be
// imported, passed on, captured and extended, but not called.
(function (native, use) {
  "use strict";

  const WHY =
    "definitions are evaluated in a sandbox without files, processes or network; " +
    "call it inside a task handler";

  // From a placeholder to its traps, which know what it stands for.
  const labels = new WeakMap();

  // Properties whose presence would make a placeholder pass for a promise, a matcher or a node.
  const ABSENT = new Set(["then", "toJSON", "$$typeof", "asymmetricMatch", "nodeType"]);
  // Reading these from a strict function throws.
  const FORBIDDEN = new Set(["arguments", "caller"]);

  // The traps of a placeholder for what `path` leads to in a module.
  class Traps {
    constructor(module, path) {
      this.module = module;
      this.path = path;
      this.children = null;
    }

    apply() {
      throw refusal(this.module, `${this.path}()`);
    }

    construct() {
      throw refusal(this.module, `new ${this.path}()`);
    }

    get(target, key) {
      if (Object.hasOwn(target, key)) return target[key];
      if (key === Symbol.toPrimitive || key === "toString") return () => this.text();
      if (ABSENT.has(key) || FORBIDDEN.has(key)) return undefined;
      if (typeof key === "symbol" || key in target) return target[key];
      return this.child(key);
    }

    text() {
      return `[${this.label()}]`;
    }

    label() {
      return `node:${this.module} ${this.path}`.trimEnd();
    }

    child(name) {
      this.children ??= new Map();
      if (!this.children.has(name)) {
        this.children.set(name, placeholder(this.module, `${this.path}.${name}`, name));
      }
      return this.children.get(name);
    }
  }

  function placeholder(module, path, name = path) {
    const target = function () {};
    Object.defineProperty(target, "name", { value: name, configurable: true });
    return wrap(target, new Traps(module, path));
  }

  function wrap(target, traps) {
    const proxy = new Proxy(target, traps);
    labels.set(proxy, traps);
    return proxy;
  }

  function refusal(module, call) {
    return new Error(
      `node:${module} ${call} cannot be called while the workflow is being defined: ${WHY}`,
    );
  }

  const words = (text) => (text === "" ? [] : text.split(" "));

  // Gives the named exports of a module and its default export.
  function create(module, { defaultFunction, functions, objects, values }) {
    const named = { __proto__: null };
    for (const name of words(functions)) named[name] = placeholder(module, name);
    for (const name of words(objects)) named[name] = wrap({}, new Traps(module, name));
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
    if (!isFunction) labelWhole(whole, module);
    return whole;
  }

  // Not even an export called `toString` gets in the way.
  function labelWhole(whole, module) {
    const traps = new Traps(module, "");
    labels.set(whole, traps);
    const toPrimitive = { value: () => traps.text(), configurable: true };
    Object.defineProperty(whole, Symbol.toPrimitive, toPrimitive);
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
    const later = (name) => (fn) => placeholder("util", `${name}(${fn?.name || "…"})`, name);
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

  // Says what a placeholder stands for, such as "node:fs promises.readFile"; undefined for
  // anything else.
  function describe(value) {
    const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
    return isObject ? labels.get(value)?.label() : undefined;
  }

  return { create, describe };
})
