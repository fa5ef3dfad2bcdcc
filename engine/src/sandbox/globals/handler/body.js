// What requests and responses carry, complete and in memory.
(function (native, use) {
  "use strict";

  const { blobBytes } = use("blob");
  const { viewBytes } = use("bytes");
  const { TextDecoder, TextEncoder } = use("text");
  const { URLSearchParams } = use("url_search_params");

  const FORM = "application/x-www-form-urlencoded;charset=UTF-8";
  const TEXT = "text/plain;charset=UTF-8";

  let copyBytes;

  class Body {
    #bytes;
    #isUsed = false;

    // `bytes` is null when there is no body at all.
    constructor(bytes) {
      this.#bytes = bytes;
    }

    static {
      copyBytes = (body) => {
        body.#refuseUsed();
        return body.#bytes && body.#bytes.slice();
      };
    }

    // There are no streams here; packages take null for a body that cannot be streamed.
    get body() {
      return null;
    }

    get bodyUsed() {
      return this.#isUsed;
    }

    async bytes() {
      return this.#take();
    }

    async arrayBuffer() {
      return this.#take().buffer;
    }

    async text() {
      return new TextDecoder().decode(this.#take());
    }

    async json() {
      return JSON.parse(await this.text());
    }

    #take() {
      this.#refuseUsed();
      this.#isUsed = this.#bytes !== null;
      return this.#bytes?.slice() ?? new Uint8Array(0);
    }

    #refuseUsed() {
      if (this.#isUsed) throw new TypeError("the body has been read already");
    }
  }

  // Gives the bytes of what was passed as `body`, and the content type it implies.
  function extractBody(value) {
    if (value === null || value === undefined) return { bytes: null, contentType: null };
    const view = viewBytes(value);
    if (view) return { bytes: view.slice(), contentType: null };
    const blob = blobBytes(value);
    if (blob) return { bytes: blob.slice(), contentType: value.type || null };
    refuseUnsendable(value);
    const contentType = value instanceof URLSearchParams ? FORM : TEXT;
    return { bytes: new TextEncoder().encode(`${value}`), contentType };
  }

  // "[object Object]" is never what anybody wants to send.
  function refuseUnsendable(value) {
    if (value?.toString !== Object.prototype.toString) return;
    throw new TypeError(
      "a body must be a string, an ArrayBuffer, a view of one, a Blob or URLSearchParams; " +
        "an object can be sent as JSON.stringify(object)",
    );
  }

  return { Body, copyBytes, extractBody };
})
