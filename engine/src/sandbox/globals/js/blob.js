// Blob and File: bytes with a type, complete and in memory.
(function (native, use) {
  "use strict";

  const { viewBytes } = use("bytes");
  const { TextDecoder, TextEncoder } = use("text");

  let blobBytes;

  class Blob {
    #bytes;
    #type;

    constructor(parts = [], options = {}) {
      this.#bytes = joined(checkedParts(parts).map(partBytes));
      this.#type = normalizeType(options?.type);
    }

    static {
      // The bytes of a blob, not copied; undefined for anything else.
      blobBytes = (value) => (isObject(value) && #bytes in value ? value.#bytes : undefined);
    }

    get size() {
      return this.#bytes.length;
    }

    get type() {
      return this.#type;
    }

    slice(start = 0, end = this.size, type = "") {
      return new Blob([this.#bytes.subarray(start, end)], { type });
    }

    async bytes() {
      return this.#bytes.slice();
    }

    async arrayBuffer() {
      return this.#bytes.slice().buffer;
    }

    async text() {
      return new TextDecoder().decode(this.#bytes);
    }
  }

  class File extends Blob {
    #name;
    #lastModified;

    constructor(parts, name, options = {}) {
      if (arguments.length < 2) throw new TypeError("a File needs its parts and a name");
      super(parts, options);
      this.#name = `${name}`.toWellFormed();
      this.#lastModified = Number(options?.lastModified ?? Date.now());
    }

    get name() {
      return this.#name;
    }

    get lastModified() {
      return this.#lastModified;
    }
  }

  for (const constructor of [Blob, File]) {
    Object.defineProperty(constructor.prototype, Symbol.toStringTag, {
      value: constructor.name,
      configurable: true,
    });
  }

  const isObject = (value) => typeof value === "object" && value !== null;

  function checkedParts(parts) {
    if (isObject(parts) && Symbol.iterator in parts) return [...parts];
    throw new TypeError("the parts of a Blob must be a list");
  }

  const partBytes = (part) =>
    viewBytes(part) ?? blobBytes(part) ?? new TextEncoder().encode(`${part}`);

  function joined(parts) {
    const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
    let offset = 0;
    for (const part of parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
    return bytes;
  }

  function normalizeType(type = "") {
    const text = `${type}`;
    return /^[ -~]*$/.test(text) ? text.toLowerCase() : "";
  }

  return { Blob, File, blobBytes };
})
