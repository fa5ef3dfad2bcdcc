// What the marks in the code of a project call: they tell builders where they are called from,
// and the engine what functions are made from and how to read what they captured.
(() => {
  "use strict";
  const rigkit = globalThis.__rigkit;
  let pendingSite;

  // Call sites and functions are numbered a module; the number that reaches the engine names
  // both.
  const NUMBERS_PER_MODULE = 16777216;

  // Where functions and classes come from: each of them, followed by the number of what it was
  // made from, or by that and a reader of the variables around it. The last word counts. It is
  // the engine that asks, for all of them, so they are but lined up. Once handlers run nobody
  // asks for it any more.
  const noted = [];
  const moduleBindings = new Map();
  let isDefining = true;

  // Gives a module what the marks in its code call.
  rigkit.describeModule = (meta, module) => {
    const first = module * NUMBERS_PER_MODULE;
    meta.site = (ordinal, argument, unit, reader) => {
      pendingSite = first + ordinal;
      if (unit !== undefined && isDefining) note(argument, first + unit, reader);
      return argument;
    };
    meta.made = (ordinal, value, reader, name) => {
      if (isDefining) note(value, first + ordinal, reader);
      return name === undefined ? value : named(value, name);
    };
    meta.declared = (...units) => {
      for (let next = 0; next < units.length; next += 2) note(units[next + 1], first + units[next]);
    };
    meta.madeClass = (ordinal, value, reader, name) => {
      meta.made(ordinal, value, reader, name);
      if (isDefining) noteMethods(value);
      return value;
    };
    meta.key = (key) => {
      const name = typeof key === "symbol" ? key : `${key}`;
      computedKeys.push(name);
      return name;
    };
    meta.members = (object, methods) => {
      const computed = methods.filter(([, name]) => name === 0);
      const keys = computed.length === 0 ? [] : computedKeys.splice(-computed.length);
      if (isDefining) noteMembers(object, methods, keys, first, meta.filename);
      return object;
    };
    meta.scope = (read) => moduleBindings.set(module, read);
  };

  function note(value, number, reader) {
    noted[noted.length] = value;
    noted[noted.length] = reader ? [number, reader] : number;
  }

  // The origins by what they are of, as far as somebody has asked for them here.
  const origins = new Map();
  let known = 0;

  function originOf(value) {
    for (; known < noted.length; known += 2) origins.set(noted[known], noted[known + 1]);
    return origins.get(value);
  }

  // Marking a function takes away the name that the language would have given it.
  function named(value, name) {
    const own = Object.getOwnPropertyDescriptor(value, "name");
    if (own === undefined || own.value === "") {
      Object.defineProperty(value, "name", { value: name, configurable: true });
    }
    return value;
  }

  // The computed names of methods whose objects are not finished yet, the innermost last.
  const computedKeys = [];

  // Of two methods of one name the last is there, unless the object took another one over.
  function noteMembers(object, methods, keys, first, file) {
    for (const [ordinal, name, reader, accessor] of methods.toReversed()) {
      const key = name === 0 ? keys.pop() : name;
      const member = Object.getOwnPropertyDescriptor(object, key)?.[accessor ?? "value"];
      const isNew = typeof member === "function" && originOf(member) === undefined && member.fileName === file;
      if (isNew) note(member, first + ordinal, reader);
    }
  }

  // A method that is taken out of its class counts as all of it.
  function noteMethods(value) {
    const origin = originOf(value);
    for (const holder of [value, value.prototype]) {
      for (const key of Reflect.ownKeys(holder)) {
        const { value: method, get, set } = Object.getOwnPropertyDescriptor(holder, key);
        for (const member of [method, get, set]) {
          if (typeof member === "function" && originOf(member) === undefined) noted.push(member, origin);
        }
      }
    }
  }

  rigkit.endDefinition = () => {
    isDefining = false;
  };

  // Gives the number, or `[number, reader]`, or nothing for what no module of the project made.
  rigkit.originOf = originOf;
  rigkit.noted = noted;

  // A bound function shows nothing of what it is bound to, so that is noted when it is made.
  const bounds = new WeakMap();
  const { bind } = Function.prototype;
  const noteBound = {
    bind(receiver, ...values) {
      const bound = Reflect.apply(bind, this, [receiver, ...values]);
      if (isDefining) bounds.set(bound, { target: this, receiver, values });
      return bound;
    },
  };
  Object.defineProperty(Function.prototype, "bind", { value: noteBound.bind, writable: true, configurable: true });

  // What is a global now belongs to the language or to Rigkit, and not to the config.
  const globalNames = new Set(Object.getOwnPropertyNames(globalThis));
  rigkit.isOwnGlobal = (name) => !globalNames.has(name) && Object.hasOwn(globalThis, name);

  rigkit.boundOf = (value) => bounds.get(value);

  // Gives the values of a module's bindings; throws where one of them never got any.
  rigkit.moduleBindings = (module) => moduleBindings.get(module)?.();

  // A call from a package is not marked: its stack leads to the project's own call.
  rigkit.takeSite = () => {
    const site = pendingSite;
    pendingSite = undefined;
    return site === undefined ? new Error().stack : site;
  };
})();
