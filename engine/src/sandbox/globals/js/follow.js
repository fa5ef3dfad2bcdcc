// Goes from a value to a member of it, as far as the member alone counts.
(function (native) {
  "use strict";

  const { getPrototypeOf, getOwnPropertyDescriptor } = Object;

  // Follows names into namespaces and plain objects, as far as only the member counts: who
  // calls a member of an object hands over the object. Gives how many were followed, the
  // value there, and the member of it that is called.
  function follow(value, isCalled, ...path) {
    let current = value;
    for (let index = 0; index < path.length; index += 1) {
      const key = path[index];
      if (!isOpen(current) || native.proxyTarget(current) !== undefined) return [index, current];
      const descriptor = getOwnPropertyDescriptor(current, key);
      if (descriptor === undefined && key in current) return [index, current];
      if (descriptor !== undefined && !("value" in descriptor)) return [index, current];
      const isGiven = isCalled && index === path.length - 1 && !isNamespace(current);
      if (isGiven) return [index, current, descriptor?.value];
      current = descriptor?.value;
    }
    return [path.length, current];
  }

  function isOpen(value) {
    if (typeof value !== "object" || value === null) return false;
    const prototype = getPrototypeOf(value);
    return prototype === null || prototype === Object.prototype || Array.isArray(value);
  }

  const isNamespace = (value) =>
    typeof value === "object" && value !== null && getPrototypeOf(value) === null && value[Symbol.toStringTag] === "Module";

  return { follow };
})
