// TextEncoder and TextDecoder.
(function (native, use) {
  "use strict";

  const { viewBytes, toBase64 } = use("bytes");

  const tag = (constructor) =>
    Object.defineProperty(constructor.prototype, Symbol.toStringTag, {
      value: constructor.name,
      configurable: true,
    });

  class TextEncoder {
    get encoding() {
      return "utf-8";
    }

    encode(input = "") {
      return native.encode(`${input}`.toWellFormed());
    }

    encodeInto(source, destination) {
      if (!(destination instanceof Uint8Array)) {
        throw new TypeError("the destination of encodeInto must be a Uint8Array");
      }
      const text = `${source}`.toWellFormed();
      const fitting = measureFitting(text, destination.length);
      destination.set(native.encode(text.slice(0, fitting.read)));
      return fitting;
    }
  }

  // How many UTF-16 units of `text` fit into `capacity` bytes of UTF-8, and how many bytes they are.
  function measureFitting(text, capacity) {
    let read = 0;
    let written = 0;
    for (const character of text) {
      const size = utf8Size(character.codePointAt(0));
      if (written + size > capacity) break;
      read += character.length;
      written += size;
    }
    return { read, written };
  }

  function utf8Size(codePoint) {
    if (codePoint < 0x80) return 1;
    if (codePoint < 0x800) return 2;
    return codePoint < 0x10000 ? 3 : 4;
  }

  class TextDecoder {
    #encoding;
    #fatal;
    #ignoreBOM;
    // Set while a stream is being decoded: it keeps the bytes of an unfinished character.
    #decodeNext = null;

    constructor(label = "utf-8", options = {}) {
      this.#encoding = native.encodingName(`${label}`.toWellFormed());
      if (this.#encoding === undefined) throw unknownEncoding(label);
      this.#fatal = Boolean(options?.fatal);
      this.#ignoreBOM = Boolean(options?.ignoreBOM);
    }

    get encoding() {
      return this.#encoding;
    }

    get fatal() {
      return this.#fatal;
    }

    get ignoreBOM() {
      return this.#ignoreBOM;
    }

    decode(input = new ArrayBuffer(0), options = {}) {
      const bytes = viewBytes(input);
      if (!bytes) throw new TypeError("TextDecoder decodes an ArrayBuffer or a view of one");
      const last = !options?.stream;
      const decodeNext = this.#decodeNext ?? this.#startStream();
      this.#decodeNext = null;
      const text = decodeNext(toBase64(bytes), last);
      if (!last) this.#decodeNext = decodeNext;
      return text;
    }

    #startStream() {
      return native.createDecoder(this.#encoding, this.#fatal, this.#ignoreBOM);
    }
  }

  function unknownEncoding(label) {
    const error = new RangeError(`the encoding label ${JSON.stringify(`${label}`)} is not known`);
    return Object.assign(error, { code: "ERR_ENCODING_NOT_SUPPORTED" });
  }

  tag(TextEncoder);
  tag(TextDecoder);
  return { TextEncoder, TextDecoder };
})
