// Describes what a value holds, so that values which are built alike are described alike,
// whatever the order of their members. The engine does so for what handlers capture.
//
// A description is `[label, isHidden, files, …parts]`: a text of the kind and the names of
// what the value holds; whether it holds more than can be seen; files of packages whose
// functions it holds; and then each of what it holds.
(function (native, use) {
  "use strict";

  const { getPrototypeOf, getOwnPropertyDescriptor } = Object;
  const rigkit = globalThis.__rigkit;

  function describe(value) {
    if (typeof value === "function") return describeFunction(value);
    const { kind } = getOwnPropertyDescriptor(value, "kind") === undefined ? {} : value;
    if (typeof kind === "string" && kind.startsWith("rigkit.")) return describeBuilt(value, kind);
    const prototype = getPrototypeOf(value);
    if (Array.isArray(value) && prototype === Array.prototype) return describeArray(value);
    if (prototype === Object.prototype || prototype === null) return describeMembers("object", value, []);
    return describeSpecial(value, prototype);
  }

  // Where something was written says nothing of what it does.
  function describeBuilt(value, kind) {
    if (kind === "rigkit.provider") {
      return [`${kind} ${value.providerId}`, false, [], value.config, value.plugin];
    }
    return [`${kind} ${value.nodeKind} ${value.name} ${value.target}`, false, []];
  }

  function describeArray(array) {
    const keys = Object.keys(array);
    const isDense = keys.length === array.length && (keys.length === 0 || keys.at(-1) === `${keys.length - 1}`);
    if (isDense) return [`array ${array.length}`, false, [], ...array];
    return [`array ${array.length} ${JSON.stringify(keys)}`, false, [], ...keys.map((key) => array[key])];
  }

  function describeMembers(kind, object, parts, isHidden = false) {
    const members = { names: [], values: [], files: [], isPlain: kind === "object" };
    for (const key of Reflect.ownKeys(object).sort(byText)) {
      addMember(key, getOwnPropertyDescriptor(object, key), object, members);
    }
    return [`${kind} ${JSON.stringify(members.names)}`, isHidden, members.files, ...parts, ...members.values];
  }

  function byText(left, right) {
    const [first, second] = [String(left), String(right)];
    return first < second ? -1 : Number(first > second);
  }

  function addMember(key, descriptor, object, members) {
    const name = typeof key === "symbol" ? `symbol ${String(key.description)}` : key;
    const { value, get, set } = descriptor;
    // What a package puts together shows in its data what its functions close over; what the
    // project puts together is looked into.
    const isOpaque = members.isPlain && typeof value === "function" && !isMethod(value);
    const packaged = isOpaque ? undefined : (packageFunction(value) ?? packageFunction(get));
    if (packaged !== undefined) {
      members.names.push([name, packaged.place]);
      members.files.push(packaged.file);
      // What a getter closes over can be seen by what it gives only.
      if (get !== undefined) members.values.push(valueOf(get, object));
      return;
    }
    if ("value" in descriptor) {
      members.names.push(name);
      members.values.push(value);
      return;
    }
    members.names.push([name, get !== undefined, set !== undefined]);
    members.values.push(...[get, set].filter((accessor) => accessor !== undefined));
  }

  function valueOf(get, object) {
    try {
      return get.call(object);
    } catch (error) {
      return `throws ${error}`;
    }
  }

  // A method finds what it needs in its object.
  function isMethod(value) {
    const text = Function.prototype.toString.call(value);
    if (/^(?:async\s+)?function\b|^class\b|^async\s*\(/.test(text)) return false;
    return /^(?:async\s+)?(?:\*\s*)?(?:[gs]et\s+)?(?:[\w$]+|"[^"]*"|'[^']*'|\[[^\]]*\])\s*\(/.test(text);
  }

  function packageFunction(value) {
    if (typeof value !== "function") return undefined;
    const file = value.fileName;
    const start = typeof file === "string" ? file.lastIndexOf("/node_modules/") : -1;
    if (start < 0) return undefined;
    return { file, place: `${file.slice(start)}:${value.lineNumber}:${value.columnNumber}` };
  }

  function describeSpecial(object, prototype) {
    const { brandOf, typedArrayName } = use("brands");
    const brand = brandOf(object);
    const builtIn = builtInClass(prototype);
    if (builtIn !== undefined) return describeGlobal(object, builtIn);
    const parts = PARTS[brand];
    if (parts === undefined || STATEFUL.includes(object[Symbol.toStringTag])) return [brand, true, []];
    const kind = `${brand} ${typedArrayName(object) ?? ""} ${BUILT_IN_PROTOTYPES.get(prototype) ?? ""}`;
    const holder = holderOf(prototype);
    return describeMembers(kind, object, [holder, ...parts(object)], hidesState(prototype));
  }

  // Objects that remember how far they have come.
  const STATEFUL = [
    "Generator", "AsyncGenerator", "Array Iterator", "Map Iterator", "Set Iterator", "String Iterator",
    "RegExp String Iterator", "Iterator Helper",
  ];

  // Classes of Rigkit's own globals keep their state to themselves.
  function builtInClass(prototype) {
    const owner = getOwnPropertyDescriptor(prototype, "constructor")?.value;
    const file = typeof owner === "function" ? owner.fileName : undefined;
    return typeof file === "string" && file.startsWith("rigkit:") ? owner.name : undefined;
  }

  function describeGlobal(object, name) {
    const state = GLOBAL_STATE[name];
    if (state === undefined) return [`global ${name}`, true, []];
    return [`global ${name} ${JSON.stringify(state(object))}`, false, []];
  }

  const GLOBAL_STATE = {
    URL: String,
    URLSearchParams: String,
    Headers: (headers) => [...headers],
    DOMException: ({ name, message }) => [name, message],
    TextEncoder: () => [],
    TextDecoder: ({ encoding, fatal, ignoreBOM }) => [encoding, fatal, ignoreBOM],
  };

  // An object is described with its class; of what the language brings there is nothing to say.
  function holderOf(prototype) {
    if (BUILT_IN_PROTOTYPES.has(prototype)) return undefined;
    const owner = getOwnPropertyDescriptor(prototype, "constructor")?.value;
    return typeof owner === "function" && owner.prototype === prototype ? owner : prototype;
  }

  const BUILT_IN_PROTOTYPES = new Map(
    [
      Array, ArrayBuffer, BigInt, Boolean, DataView, Date, Error, AggregateError, EvalError, Map, Number, Object,
      RangeError, ReferenceError, RegExp, Set, SharedArrayBuffer, String, Symbol, SyntaxError, TypeError, URIError,
      Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array,
      BigUint64Array, Float32Array, Float64Array,
    ].map((constructor) => [constructor.prototype, constructor.name]),
  );

  // Says whether the class of an object, which nothing has marked, declares private fields.
  function hidesState(prototype) {
    for (let current = prototype; current !== null; current = getPrototypeOf(current)) {
      const owner = getOwnPropertyDescriptor(current, "constructor")?.value;
      if (typeof owner !== "function") continue;
      if (/^class\b[^]*[;{}\s]#[\w$]+\s*[=;\n]/.test(Function.prototype.toString.call(owner))) return true;
    }
    return false;
  }

  const bytesOf = (buffer) => [new Uint8Array(buffer).join()];

  const PARTS = {
    Object: () => [],
    Array: () => [],
    Error: () => [],
    Date: (date) => [Date.prototype.getTime.call(date)],
    RegExp: (pattern) => [String(pattern)],
    Map: (map) => [map.size, ...[...Map.prototype.entries.call(map)].flat()],
    Set: (set) => [set.size, ...Set.prototype.values.call(set)],
    ArrayBuffer: bytesOf,
    SharedArrayBuffer: bytesOf,
    TypedArray: () => [],
    DataView: (view) => bytesOf(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)),
    Number: (boxed) => [Number.prototype.valueOf.call(boxed)],
    String: (boxed) => [String.prototype.valueOf.call(boxed)],
    Boolean: (boxed) => [Boolean.prototype.valueOf.call(boxed)],
    Symbol: (boxed) => [Symbol.prototype.valueOf.call(boxed)],
    BigInt: (boxed) => [BigInt.prototype.valueOf.call(boxed)],
  };

  // A function that no module of the project made.
  function describeFunction(value) {
    if (value.kind === "rigkit.env") return [`env ${value.variable}`, false, [], variableOf(value)];
    const bound = rigkit.boundOf(value);
    if (bound !== undefined) return ["bound", false, [], bound.target, bound.receiver, bound.values];
    const { fileName: file, name } = value;
    const packaged = packageFunction(value);
    if (packaged !== undefined) return functionWithMembers(value, packaged.place, [packaged.file]);
    if (typeof file === "string" && /^(?:@rigkit\/|rigkit:|node:)/.test(file)) {
      return [`built-in ${file} ${name}`, false, []];
    }
    const text = Function.prototype.toString.call(value);
    if (text.includes("[native code]")) return describeNative(value);
    const isFile = typeof file === "string" && file.startsWith("/");
    return functionWithMembers(value, `text ${text}`, isFile ? [file] : [], !isFile);
  }

  // A function of the language is what can be reached from its globals; one that cannot may
  // hold values, such as the one that resolves a promise.
  function describeNative(value) {
    natives ??= findNatives();
    const place = natives.get(value);
    return [`native ${place ?? value.name}`, place === undefined, []];
  }

  let natives;

  function findNatives() {
    const found = new Map();
    const names = Object.getOwnPropertyNames(globalThis).filter((name) => !rigkit.isOwnGlobal(name));
    // Accessors among the globals make what has not been used so far.
    let level = names
      .map((name) => [name, getOwnPropertyDescriptor(globalThis, name).value])
      .filter(([name, value]) => isReference(value) && value !== globalThis && value !== rigkit && name !== "process");
    while (level.length > 0) {
      const news = level.filter(([place, value]) => !found.has(value) && found.set(value, place));
      level = news.flatMap(([place, value]) => heldBy(value).map(([key, held]) => [`${place}.${key}`, held]));
    }
    return found;
  }

  const isReference = (value) => typeof value === "function" || (typeof value === "object" && value !== null);

  // Nothing but the language is below its globals, unless the config has put it there.
  function heldBy(value) {
    const held = [["prototype of", getPrototypeOf(value)]];
    for (const key of Reflect.ownKeys(value)) {
      const { value: member, get, set } = getOwnPropertyDescriptor(value, key);
      held.push([String(key), member], [`get ${String(key)}`, get], [`set ${String(key)}`, set]);
    }
    return held.filter(([, member]) => isReference(member) && rigkit.originOf(member) === undefined);
  }

  // Says whether an object is an instance of a class of a package.
  function isPackaged(object) {
    for (let current = getPrototypeOf(object); current !== null; current = getPrototypeOf(current)) {
      if (packageFunction(getOwnPropertyDescriptor(current, "constructor")?.value) !== undefined) return true;
    }
    return false;
  }

  // Says whether a function of a package is one of those that the package exports, and not one
  // that was made for somebody and may hold values.
  function isExported(value, exported) {
    const MOST_LEVELS = 4;
    const seen = new Set();
    let level = [exported];
    for (let depth = 0; depth < MOST_LEVELS && level.length > 0; depth += 1) {
      const news = level.filter((held) => isReference(held) && !seen.has(held) && seen.add(held));
      if (news.includes(value)) return true;
      level = news.flatMap((held) => Reflect.ownKeys(held).map((key) => getOwnPropertyDescriptor(held, key)?.value));
    }
    return false;
  }

  function variableOf({ variable, fallback, secret }) {
    try {
      return rigkit.readVariable(variable, fallback, secret);
    } catch {
      return undefined;
    }
  }

  function functionWithMembers(value, label, files, isHidden = false) {
    const [names, , more, ...members] = describeOwnMembers(value) ?? NO_MEMBERS;
    return [`function ${label} ${names}`, isHidden, [...files, ...more], ...members];
  }

  const NO_MEMBERS = ["[]", false, []];

  // Gives what was put on a function, or on the prototype of one; its code says the rest.
  function describeOwnMembers(value) {
    const own = Reflect.ownKeys(value).filter((key) => isAdded(value, key, value));
    const prototype = getOwnPropertyDescriptor(value, "prototype")?.value;
    const isOpenClass = isReference(prototype) && rigkit.originOf(value) !== undefined;
    const shared = isOpenClass ? Reflect.ownKeys(prototype).filter((key) => isAdded(prototype, key, value)) : [];
    if (own.length === 0 && shared.length === 0) return undefined;
    const members = { names: [], values: [], files: [] };
    for (const [keys, holder] of [[own, value], [shared, prototype]]) {
      for (const key of keys.sort(byText)) addMember(key, getOwnPropertyDescriptor(holder, key), holder, members);
      members.names.push("in prototype");
    }
    return [JSON.stringify(members.names), false, members.files, ...members.values];
  }

  const STANDARD = ["length", "name", "prototype", "constructor", "arguments", "caller"];

  function isAdded(holder, key, owner) {
    if (STANDARD.includes(key)) return false;
    const { value, get, set } = getOwnPropertyDescriptor(holder, key);
    const method = value ?? get ?? set;
    const origin = typeof method === "function" ? rigkit.originOf(method) : undefined;
    return origin === undefined || origin !== rigkit.originOf(owner);
  }

  // Writes a value as short as it is told apart by a person.
  function preview(value) {
    try {
      return JSON.stringify(value, (_, member) => previewMember(member)) ?? String(value);
    } catch {
      return undefined;
    }
  }

  function previewMember(member) {
    if (typeof member === "function") return `[function ${member.name || "(anonymous)"}]`;
    if (typeof member === "bigint") return `${member}n`;
    if (typeof member === "symbol") return String(member);
    if (member instanceof Map || member instanceof Set) return [...member];
    return member instanceof RegExp ? String(member) : member;
  }

  return { describe, describeOwnMembers, isExported, isPackaged, preview };
})
