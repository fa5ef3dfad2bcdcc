// URLSearchParams, on its own or as the live query of a URL.
(function (native) {
  "use strict";

  const CUSTOM_INSPECT = Symbol.for("nodejs.util.inspect.custom");
  const text = (value) => `${value}`.toWellFormed();

  let createLinked;
  let replacePairs;

  class URLSearchParams {
    #pairs;
    #changed = () => {};

    constructor(init = "") {
      this.#pairs = pairsFrom(init);
    }

    static {
      createLinked = (query, changed) => {
        const params = new URLSearchParams(query);
        params.#changed = changed;
        return params;
      };
      replacePairs = (params, query) => {
        params.#pairs = parse(query);
      };
    }

    get size() {
      return this.#pairs.length;
    }

    append(name, value) {
      requireArguments("append", 2, arguments.length);
      this.#pairs.push([text(name), text(value)]);
      this.#changed();
    }

    delete(name, value) {
      requireArguments("delete", 1, arguments.length);
      const matches = matcher(name, value);
      this.#pairs = this.#pairs.filter((pair) => !matches(pair));
      this.#changed();
    }

    get(name) {
      requireArguments("get", 1, arguments.length);
      return this.#pairs.find(matcher(name))?.[1] ?? null;
    }

    getAll(name) {
      requireArguments("getAll", 1, arguments.length);
      return this.#pairs.filter(matcher(name)).map(([, value]) => value);
    }

    has(name, value) {
      requireArguments("has", 1, arguments.length);
      return this.#pairs.some(matcher(name, value));
    }

    set(name, value) {
      requireArguments("set", 2, arguments.length);
      const matches = matcher(name);
      const first = this.#pairs.findIndex(matches);
      if (first === -1) {
        this.#pairs.push([text(name), text(value)]);
      } else {
        this.#pairs[first][1] = text(value);
        this.#pairs = this.#pairs.filter((pair, index) => index <= first || !matches(pair));
      }
      this.#changed();
    }

    sort() {
      this.#pairs.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
      this.#changed();
    }

    forEach(callback, receiver) {
      if (typeof callback !== "function") throw new TypeError("forEach needs a function");
      for (const [name, value] of this) callback.call(receiver, value, name, this);
    }

    // By index, for the standard lets a loop see the changes it makes.
    *entries() {
      for (let index = 0; index < this.#pairs.length; index++) yield [...this.#pairs[index]];
    }

    *keys() {
      for (const [name] of this.entries()) yield name;
    }

    *values() {
      for (const [, value] of this.entries()) yield value;
    }

    toString() {
      return native.serializeQuery(this.#pairs.flat());
    }

    [CUSTOM_INSPECT](depth, options, inspect) {
      const shown = this.#pairs.map(([name, value]) => `${inspect(name)} => ${inspect(value)}`);
      return shown.length === 0 ? "URLSearchParams {}" : `URLSearchParams { ${shown.join(", ")} }`;
    }
  }

  Object.defineProperties(URLSearchParams.prototype, {
    [Symbol.iterator]: {
      value: URLSearchParams.prototype.entries,
      writable: true,
      configurable: true,
    },
    [Symbol.toStringTag]: { value: "URLSearchParams", configurable: true },
  });

  function requireArguments(method, needed, given) {
    if (given >= needed) return;
    const names = needed === 1 ? "a name" : "a name and a value";
    throw new TypeError(`URLSearchParams.${method} needs ${names}`);
  }

  function matcher(name, value) {
    const wantedName = text(name);
    if (value === undefined) return (pair) => pair[0] === wantedName;
    const wantedValue = text(value);
    return (pair) => pair[0] === wantedName && pair[1] === wantedValue;
  }

  function pairsFrom(init) {
    const isObject = (typeof init === "object" && init !== null) || typeof init === "function";
    if (!isObject) return parse(text(init).replace(/^\?/, ""));
    const iterate = init[Symbol.iterator];
    if (iterate === undefined || iterate === null) return pairsFromRecord(init);
    return Array.from(init, pairFromSequence);
  }

  function pairsFromRecord(record) {
    const pairs = new Map();
    for (const key of Object.keys(record)) pairs.set(text(key), text(record[key]));
    return [...pairs];
  }

  function pairFromSequence(sequence) {
    const pair = typeof sequence === "string" ? [] : [...sequence];
    if (pair.length !== 2) throw new TypeError("each pair must have exactly a name and a value");
    return pair.map(text);
  }

  function parse(query) {
    const flat = native.parseQuery(query);
    const pairs = [];
    for (let index = 0; index < flat.length; index += 2) {
      pairs.push([flat[index], flat[index + 1]]);
    }
    return pairs;
  }

  return { URLSearchParams, createLinked, replacePairs };
})
