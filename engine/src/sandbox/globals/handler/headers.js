// Headers, with names in lower case and in order.
(function () {
  "use strict";

  const CUSTOM_INSPECT = Symbol.for("nodejs.util.inspect.custom");
  const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
  const COOKIE = "set-cookie";

  class Headers {
    // From a name to the list of its values.
    #values = new Map();

    constructor(init = undefined) {
      for (const [name, value] of pairsFrom(init)) this.append(name, value);
    }

    append(name, value) {
      const key = normalizeName(name);
      const text = normalizeValue(key, value);
      this.#values.set(key, [...(this.#values.get(key) ?? []), text]);
    }

    set(name, value) {
      const key = normalizeName(name);
      this.#values.set(key, [normalizeValue(key, value)]);
    }

    delete(name) {
      this.#values.delete(normalizeName(name));
    }

    get(name) {
      return this.#values.get(normalizeName(name))?.join(", ") ?? null;
    }

    has(name) {
      return this.#values.has(normalizeName(name));
    }

    getSetCookie() {
      return [...(this.#values.get(COOKIE) ?? [])];
    }

    forEach(callback, receiver) {
      for (const [name, value] of this) callback.call(receiver, value, name, this);
    }

    *entries() {
      for (const name of [...this.#values.keys()].sort()) {
        const values = this.#values.get(name);
        if (name === COOKIE) for (const value of values) yield [name, value];
        else yield [name, values.join(", ")];
      }
    }

    *keys() {
      for (const [name] of this.entries()) yield name;
    }

    *values() {
      for (const [, value] of this.entries()) yield value;
    }

    [CUSTOM_INSPECT](depth, options, inspect) {
      return `Headers ${inspect(Object.fromEntries(this))}`;
    }
  }

  Object.defineProperties(Headers.prototype, {
    [Symbol.iterator]: { value: Headers.prototype.entries, writable: true, configurable: true },
    [Symbol.toStringTag]: { value: "Headers", configurable: true },
  });

  function pairsFrom(init) {
    if (init === undefined || init === null) return [];
    if (typeof init !== "object") throw new TypeError("headers must be an object or pairs");
    return typeof init[Symbol.iterator] === "function"
      ? Array.from(init, requirePair)
      : Object.entries(init);
  }

  function requirePair(sequence) {
    const pair = [...sequence];
    if (pair.length !== 2) throw new TypeError("each header must have exactly a name and a value");
    return pair;
  }

  function normalizeName(name) {
    const text = `${name}`;
    if (!TOKEN.test(text)) throw new TypeError(`${JSON.stringify(text)} is not a header name`);
    return text.toLowerCase();
  }

  // The value itself stays out of the message, for it may be a secret.
  function normalizeValue(name, value) {
    const text = `${value}`.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
    const isValid = !/[\0\n\r]|[^\0-\xff]/.test(text);
    if (!isValid) throw new TypeError(`the value of the header ${name} has forbidden characters`);
    return text;
  }

  return { Headers };
})
