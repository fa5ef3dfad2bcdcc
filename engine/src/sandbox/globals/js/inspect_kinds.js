// What is printed of each kind of object: a head, brackets, and items in between.
//
// An item is a function that gets a formatter for nested values and gives a line of text.
(function (native, use) {
  "use strict";

  const { brandOf, promiseState, typedArrayName } = use("brands");
  const { formatKey, formatPrimitive } = use("inspect_text");
  const { viewBytes } = use("bytes");

  const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const mapSize = getOwnPropertyDescriptor(Map.prototype, "size").get;
  const setSize = getOwnPropertyDescriptor(Set.prototype, "size").get;
  const MAX_ITEMS = 100;
  const MAX_BYTES = 50;
  const CURLY = ["{", "}"];
  const SQUARE = ["[", "]"];

  // Gives `title` (for when the inside is left out), `head`, `brackets`, `isWhole` (the head says
  // it all when there are no items), `isList` and `items`.
  function describe(object) {
    const brand = brandOf(object);
    const details = (DETAILS[brand] ?? describeOpaque)(object, brand);
    const { own = [], isList = false, skip, last = [] } = details;
    const items = [...own, ...propertyItems(object, isList, skip), ...last];
    const title = details.title ?? className(object) ?? brand;
    return { brackets: CURLY, isWhole: false, head: "", ...details, isList, title, items };
  }

  const DETAILS = {
    __proto__: null,
    Array: describeArray,
    ArrayBuffer: describeBuffer,
    BigInt: describeBoxed,
    Boolean: describeBoxed,
    DataView: (object) => ({ head: "DataView", own: [labelled("byteLength", object.byteLength)] }),
    Date: (object) => whole(dateText(object)),
    Error: describeError,
    Function: (object) => ({ ...whole(functionText(object)), title: "Function" }),
    Map: describeMap,
    Number: describeBoxed,
    Object: (object) => ({ head: objectHead(object) }),
    Promise: describePromise,
    RegExp: (object) => whole(RegExp.prototype.toString.call(object)),
    Set: describeSet,
    SharedArrayBuffer: describeBuffer,
    String: describeBoxed,
    Symbol: describeBoxed,
    TypedArray: describeTypedArray,
  };

  const whole = (head) => ({ head, isWhole: true });
  const labelled = (label, value) => (format) => `${label}: ${format(value)}`;

  // WeakMap and the like: nothing can be known about what they hold.
  function describeOpaque(object, brand) {
    return { head: className(object) ?? brand, own: [() => "<items unknown>"] };
  }

  // The name of the class an object is an instance of, or null when it has none.
  function className(object) {
    for (let p = getPrototypeOf(object); p !== null; p = getPrototypeOf(p)) {
      const constructor = dataProperty(p, "constructor");
      const name = typeof constructor === "function" && dataProperty(constructor, "name");
      if (typeof name === "string" && name !== "") return name;
    }
    return null;
  }

  // An own property's value, without running a getter.
  function dataProperty(object, key) {
    return getOwnPropertyDescriptor(object, key)?.value;
  }

  function inheritedDataProperty(object, key) {
    for (let o = object; o !== null; o = getPrototypeOf(o)) {
      const property = getOwnPropertyDescriptor(o, key);
      if (property) return property.value;
    }
    return undefined;
  }

  function objectHead(object) {
    const tag = inheritedDataProperty(object, Symbol.toStringTag);
    if (tag === "Module") return "[Module: null prototype]";
    const name = className(object);
    const head = name ?? "[Object: null prototype]";
    if (typeof tag === "string" && tag !== "" && tag !== name) return `${head} [${tag}]`;
    return name === "Object" ? "" : head;
  }

  function sizedHead(object, kind, size) {
    const name = className(object);
    if (name === null) return `[${kind}(${size}): null prototype]`;
    return name === kind ? `${name}(${size})` : `${name}(${size}) [${kind}]`;
  }

  function describeArray(object) {
    const isPlain = className(object) === "Array";
    return {
      head: isPlain ? "" : `${className(object) ?? "[Array: null prototype]"}(${object.length})`,
      brackets: SQUARE,
      isList: true,
      own: elementItems(object),
    };
  }

  function elementItems(array) {
    const items = [];
    let index = 0;
    while (index < array.length && items.length < MAX_ITEMS) {
      if (Object.hasOwn(array, index)) {
        items.push(propertyValueItem(array, index));
        index += 1;
      } else {
        const end = endOfHole(array, index);
        const count = end - index;
        items.push(() => `<${count} empty item${count === 1 ? "" : "s"}>`);
        index = end;
      }
    }
    return withRest(items, array.length - index);
  }

  function endOfHole(array, start) {
    const present = Object.keys(array).find((key) => isIndex(key) && Number(key) > start);
    return present === undefined ? array.length : Number(present);
  }

  function withRest(items, hidden) {
    if (hidden > 0) items.push(() => `... ${hidden} more item${hidden === 1 ? "" : "s"}`);
    return items;
  }

  function describeTypedArray(object) {
    const shown = Array.from(object.subarray(0, MAX_ITEMS));
    const items = shown.map((value) => () => formatPrimitive(value));
    return {
      head: sizedHead(object, typedArrayName(object), object.length),
      brackets: SQUARE,
      isList: true,
      own: withRest(items, object.length - shown.length),
    };
  }

  function describeBuffer(object, brand) {
    const head = className(object) ?? brand;
    if (object.detached) return { head, own: [() => "(detached)", labelled("byteLength", 0)] };
    const hex = [...viewBytes(object).subarray(0, MAX_BYTES)].map(hexByte).join(" ");
    const hidden = object.byteLength - MAX_BYTES;
    const rest = hidden > 0 ? ` ... ${hidden} more byte${hidden === 1 ? "" : "s"}` : "";
    const contents = () => `[Uint8Contents]: <${hex}${rest}>`;
    return { head, own: [contents, labelled("byteLength", object.byteLength)] };
  }

  const hexByte = (byte) => byte.toString(16).padStart(2, "0");

  function describeMap(object) {
    const size = mapSize.call(object);
    const entries = Map.prototype.entries.call(object).take(MAX_ITEMS);
    const items = Array.from(
      entries,
      ([key, value]) => (format) => `${format(key)} => ${format(value)}`,
    );
    return { head: sizedHead(object, "Map", size), own: withRest(items, size - items.length) };
  }

  function describeSet(object) {
    const size = setSize.call(object);
    const values = Set.prototype.values.call(object).take(MAX_ITEMS);
    const items = Array.from(values, (value) => (format) => format(value));
    return { head: sizedHead(object, "Set", size), own: withRest(items, size - items.length) };
  }

  function describePromise(object) {
    const [state, value] = promiseState(object);
    const head = className(object) ?? "Promise";
    if (state === undefined) return { head, own: [() => "<pending>"] };
    const mark = state === "rejected" ? "<rejected> " : "";
    return { head, own: [(format) => `${mark}${format(value)}`] };
  }

  function describeBoxed(object, brand) {
    const primitive = BOXED[brand].prototype.valueOf.call(object);
    const skip = brand === "String" ? isIndex : undefined;
    return { ...whole(`[${brand}: ${formatPrimitive(primitive)}]`), skip };
  }

  const BOXED = { __proto__: null, BigInt, Boolean, Number, String, Symbol };

  function dateText(object) {
    const isValid = !Number.isNaN(Date.prototype.getTime.call(object));
    return isValid ? Date.prototype.toISOString.call(object) : "Invalid Date";
  }

  function functionText(object) {
    const own = dataProperty(object, "name");
    const name = typeof own === "string" ? own : "";
    const isClass = Function.prototype.toString.call(object).startsWith("class");
    if (!isClass) return `[${className(object) ?? "Function"}${name ? `: ${name}` : " (anonymous)"}]`;
    const parent = getPrototypeOf(object);
    const parentName = parent === null ? "null" : dataProperty(parent, "name");
    return `[class ${name || "(anonymous)"}${parentName ? ` extends ${parentName}` : ""}]`;
  }

  function describeError(object) {
    const last = ["cause", "errors"]
      .filter((key) => getOwnPropertyDescriptor(object, key)?.enumerable === false)
      .map((key) => (format) => `[${key}]: ${format(dataProperty(object, key))}`);
    const skip = (key) => key === "stack" || key === "message";
    return { ...whole(errorText(object)), last, skip };
  }

  function errorText(error) {
    const title = errorTitle(error);
    const stack = typeof error.stack === "string" ? error.stack.trimEnd() : "";
    if (stack === "") return `[${title}]`;
    return isTrace(stack) ? `${title}\n${stack}` : stack;
  }

  // The engine's own stacks are frames only, unlike those a script may have written itself.
  function isTrace(stack) {
    return /^\s*at /.test(stack);
  }

  function errorTitle(error) {
    const message = `${error.message}`;
    const name = errorName(`${error.name}`, className(error));
    return message === "" ? name : `${name}: ${message}`;
  }

  function errorName(name, nameOfClass) {
    if (nameOfClass === "DOMException") return `DOMException [${name}]`;
    return name === "Error" && nameOfClass !== null ? nameOfClass : name;
  }

  function propertyItems(object, isList, skip = isList ? isIndex : () => false) {
    const names = isList ? namesBesideIndexes(object) : Object.keys(object);
    const symbols = Object.getOwnPropertySymbols(object).filter((symbol) =>
      Object.prototype.propertyIsEnumerable.call(object, symbol),
    );
    return [...names, ...symbols].filter((key) => !skip(key)).map((key) => (format) => {
      return `${formatKey(key)}: ${propertyValueItem(object, key)(format)}`;
    });
  }

  // Indexes come first, so only what follows the last of them has to be looked at.
  function namesBesideIndexes(list) {
    const names = Object.keys(list);
    return names.slice(names.findLastIndex(isIndex) + 1);
  }

  function isIndex(key) {
    return typeof key === "string" && /^(0|[1-9]\d*)$/.test(key);
  }

  function propertyValueItem(object, key) {
    return (format) => {
      const property = readProperty(object, key);
      if (!property) return "<uninitialized>";
      if ("value" in property) return format(property.value);
      if (!property.set) return "[Getter]";
      return property.get ? "[Getter/Setter]" : "[Setter]";
    };
  }

  // Nothing for a module's export that has no value yet, which is an error to look at.
  function readProperty(object, key) {
    try {
      return getOwnPropertyDescriptor(object, key);
    } catch {
      return undefined;
    }
  }

  return { describe };
})
