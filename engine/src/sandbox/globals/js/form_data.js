// FormData: names with texts and files, in order.
(function (native, use) {
  "use strict";

  const { Blob, File } = use("blob");

  const text = (value) => `${value}`.toWellFormed();

  class FormData {
    #entries = [];

    append(name, value, filename) {
      this.#entries.push([text(name), entryValue(value, filename)]);
    }

    set(name, value, filename) {
      const entry = [text(name), entryValue(value, filename)];
      const first = this.#entries.findIndex(([known]) => known === entry[0]);
      if (first === -1) return void this.#entries.push(entry);
      this.#entries[first] = entry;
      this.#entries = this.#entries.filter(([known], index) => index <= first || known !== entry[0]);
    }

    delete(name) {
      const wanted = text(name);
      this.#entries = this.#entries.filter(([known]) => known !== wanted);
    }

    get(name) {
      return this.getAll(name)[0] ?? null;
    }

    getAll(name) {
      const wanted = text(name);
      return this.#entries.filter(([known]) => known === wanted).map(([, value]) => value);
    }

    has(name) {
      const wanted = text(name);
      return this.#entries.some(([known]) => known === wanted);
    }

    forEach(callback, receiver) {
      for (const [name, value] of this) callback.call(receiver, value, name, this);
    }

    *entries() {
      for (const [name, value] of this.#entries) yield [name, value];
    }

    *keys() {
      for (const [name] of this.#entries) yield name;
    }

    *values() {
      for (const [, value] of this.#entries) yield value;
    }

    [Symbol.iterator]() {
      return this.entries();
    }
  }

  Object.defineProperty(FormData.prototype, Symbol.toStringTag, {
    value: "FormData",
    configurable: true,
  });

  function entryValue(value, filename) {
    if (!(value instanceof Blob)) return text(value);
    if (value instanceof File && filename === undefined) return value;
    const { type, lastModified } = value;
    return new File([value], filename ?? "blob", { type, lastModified });
  }

  return { FormData };
})
