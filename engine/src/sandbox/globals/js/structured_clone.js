// structuredClone over everything the language itself can make.
(function (native, use) {
  "use strict";

  const { brandOf, typedArrayName, proxyTarget } = use("brands");
  const { viewBytes } = use("bytes");
  const { DOMException, isDOMException } = use("dom_exception");

  const { getOwnPropertyDescriptor, keys } = Object;

  function structuredClone(value, options) {
    if (arguments.length === 0) throw new TypeError("structuredClone needs a value to clone");
    const transferred = [...(options?.transfer ?? [])];
    refuseUntransferable(transferred);
    const copy = cloneValue(value, new Map());
    for (const buffer of transferred) buffer.transfer();
    return copy;
  }

  function refuseUntransferable(values) {
    for (const [index, value] of values.entries()) {
      const isBuffer = isObject(value) && brandOf(value) === "ArrayBuffer";
      if (!isBuffer) refuse("only an ArrayBuffer can be transferred");
      if (value.detached) refuse("an ArrayBuffer cannot be transferred twice");
      if (values.indexOf(value) !== index) refuse("an ArrayBuffer is in the transfer list twice");
    }
  }

  function refuse(message) {
    throw new DOMException(message, "DataCloneError");
  }

  function isObject(value) {
    return (typeof value === "object" && value !== null) || typeof value === "function";
  }

  // `copies` maps what was met so far to its copy, so that cycles and shared parts stay.
  function cloneValue(value, copies) {
    if (typeof value === "symbol") refuse(`${String(value)} cannot be cloned`);
    if (!isObject(value)) return value;
    if (copies.has(value)) return copies.get(value);
    if (proxyTarget(value) !== undefined) refuse("a Proxy cannot be cloned");
    const brand = brandOf(value);
    const clone = CLONERS[brand];
    if (!clone) refuse(uncloneable(brand, value));
    return clone(value, copies);
  }

  function uncloneable(brand, value) {
    if (brand !== "Function") return `a ${brand} cannot be cloned`;
    return `a function cannot be cloned${value.name ? `: ${value.name}` : ""}`;
  }

  const CLONERS = {
    __proto__: null,
    Array: cloneArray,
    ArrayBuffer: cloneBuffer,
    BigInt: cloneBoxed,
    Boolean: cloneBoxed,
    DataView: cloneView,
    Date: (value, copies) => remember(copies, value, new Date(Date.prototype.getTime.call(value))),
    Error: cloneError,
    Map: cloneMap,
    Number: cloneBoxed,
    Object: (value, copies) => cloneProperties(value, remember(copies, value, {}), copies),
    RegExp: (value, copies) => remember(copies, value, new RegExp(value.source, value.flags)),
    Set: cloneSet,
    SharedArrayBuffer: (value) => value,
    String: cloneBoxed,
    TypedArray: cloneView,
  };

  function remember(copies, value, copy) {
    copies.set(value, copy);
    return copy;
  }

  function cloneProperties(value, copy, copies) {
    for (const key of keys(value)) {
      if (!getOwnPropertyDescriptor(value, key)) continue; // a getter may have deleted it
      define(copy, key, cloneValue(value[key], copies), true);
    }
    return copy;
  }

  function define(object, key, value, enumerable) {
    const property = { value, writable: true, enumerable, configurable: true };
    Object.defineProperty(object, key, property);
  }

  function cloneArray(value, copies) {
    const copy = remember(copies, value, new Array(value.length));
    return cloneProperties(value, copy, copies);
  }

  function cloneBoxed(value, copies) {
    return remember(copies, value, Object(value.valueOf()));
  }

  function cloneMap(value, copies) {
    const copy = remember(copies, value, new Map());
    for (const [key, item] of [...Map.prototype.entries.call(value)]) {
      copy.set(cloneValue(key, copies), cloneValue(item, copies));
    }
    return copy;
  }

  function cloneSet(value, copies) {
    const copy = remember(copies, value, new Set());
    for (const item of [...Set.prototype.values.call(value)]) copy.add(cloneValue(item, copies));
    return copy;
  }

  function cloneBuffer(value, copies) {
    if (value.detached) refuse("a detached ArrayBuffer cannot be cloned");
    const limit = value.resizable ? { maxByteLength: value.maxByteLength } : undefined;
    const copy = remember(copies, value, new ArrayBuffer(value.byteLength, limit));
    viewBytes(copy).set(viewBytes(value));
    return copy;
  }

  const VIEWS = new Map(
    [
      Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
      BigInt64Array, BigUint64Array, Float16Array, Float32Array, Float64Array,
    ].map((constructor) => [constructor.name, constructor]),
  );

  function cloneView(value, copies) {
    const buffer = cloneValue(value.buffer, copies);
    const constructor = VIEWS.get(typedArrayName(value)) ?? DataView;
    const length = constructor === DataView ? value.byteLength : value.length;
    return remember(copies, value, new constructor(buffer, value.byteOffset, length));
  }

  const ERRORS = new Map(
    [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map(
      (constructor) => [constructor.name, constructor],
    ),
  );

  function cloneError(value, copies) {
    const copy = remember(copies, value, emptyCopyOfError(value));
    const message = getOwnPropertyDescriptor(value, "message");
    if (message && "value" in message) define(copy, "message", `${message.value}`, false);
    define(copy, "stack", `${value.stack}`, false);
    if (Object.hasOwn(value, "cause")) define(copy, "cause", cloneValue(value.cause, copies), false);
    return copy;
  }

  function emptyCopyOfError(value) {
    if (isDOMException(value)) return new DOMException(value.message, value.name);
    return new (ERRORS.get(`${value.name}`) ?? Error)();
  }

  return { structuredClone };
})
