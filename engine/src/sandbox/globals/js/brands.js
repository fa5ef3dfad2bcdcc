// Tells built-in kinds of objects apart by what they are, not by what they claim to be.
(function (native) {
  "use strict";

  const { getPrototypeOf, getOwnPropertyDescriptor } = Object;

  const getterOf = (prototype, name) => getOwnPropertyDescriptor(prototype, name).get;

  // A probe throws, or gives false, when the object lacks the internal slot of its kind.
  const PROBES = new Map([
    [Date.prototype, ["Date", Date.prototype.getTime]],
    [RegExp.prototype, ["RegExp", isRealRegExp]],
    [Map.prototype, ["Map", getterOf(Map.prototype, "size")]],
    [Set.prototype, ["Set", getterOf(Set.prototype, "size")]],
    [WeakMap.prototype, ["WeakMap", WeakMap.prototype.has]],
    [WeakSet.prototype, ["WeakSet", WeakSet.prototype.has]],
    [WeakRef.prototype, ["WeakRef", WeakRef.prototype.deref]],
    [FinalizationRegistry.prototype, ["FinalizationRegistry", isRealRegistry]],
    [ArrayBuffer.prototype, ["ArrayBuffer", getterOf(ArrayBuffer.prototype, "byteLength")]],
    [
      SharedArrayBuffer.prototype,
      ["SharedArrayBuffer", getterOf(SharedArrayBuffer.prototype, "byteLength")],
    ],
    [Number.prototype, ["Number", Number.prototype.valueOf]],
    [String.prototype, ["String", String.prototype.valueOf]],
    [Boolean.prototype, ["Boolean", Boolean.prototype.valueOf]],
    [Symbol.prototype, ["Symbol", Symbol.prototype.valueOf]],
    [BigInt.prototype, ["BigInt", BigInt.prototype.valueOf]],
  ]);

  function isRealRegExp() {
    if (this === RegExp.prototype) throw new TypeError("only the prototype");
    return getterOf(RegExp.prototype, "source").call(this);
  }

  function isRealRegistry() {
    return FinalizationRegistry.prototype.unregister.call(this, {});
  }

  // The kind of an object that is not a proxy: "Array", "Function", "Error", "Promise",
  // "TypedArray", "DataView", one of the names above, or "Object" for everything else.
  function brandOf(object) {
    if (typeof object === "function") return "Function";
    if (Array.isArray(object)) return "Array";
    if (Error.isError(object)) return "Error";
    if (ArrayBuffer.isView(object)) return typedArrayName(object) ? "TypedArray" : "DataView";
    if (native.promiseState(object)) return "Promise";
    return probedBrandOf(object);
  }

  function probedBrandOf(object) {
    for (let p = getPrototypeOf(object); p !== null; p = getPrototypeOf(p)) {
      const probe = PROBES.get(p);
      if (probe) return holds(probe[1], object) ? probe[0] : "Object";
    }
    return "Object";
  }

  function holds(probe, object) {
    try {
      probe.call(object);
      return true;
    } catch {
      return false;
    }
  }

  const typedArrayTag = getterOf(getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);

  // "Uint8Array" and so on, whatever class the array is of; undefined for other objects.
  function typedArrayName(object) {
    return typedArrayTag.call(object);
  }

  const { proxyTarget, promiseState } = native;

  return { brandOf, typedArrayName, proxyTarget, promiseState };
})
