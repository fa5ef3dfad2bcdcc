// Response: what came back, or what a script makes up itself.
(function (native, use) {
  "use strict";

  const { Body, copyBytes, extractBody } = use("body");
  const { fromBase64 } = use("bytes");
  const { Headers } = use("headers");
  const { URL } = use("url");

  const WITHOUT_BODY = new Set([101, 103, 204, 205, 304]);
  const REDIRECTS = new Set([301, 302, 303, 307, 308]);
  const INTERNAL = Symbol("internal");

  class Response extends Body {
    #status;
    #statusText;
    #headers;
    #origin;

    // Internally `body` is bytes and `origin` says where they came from.
    constructor(body = null, init = {}, token = undefined, origin = OWN) {
      const isInternal = token === INTERNAL;
      const { bytes, contentType } = isInternal
        ? { bytes: body, contentType: null }
        : checkedBody(body, init);
      super(bytes);
      this.#status = init?.status ?? 200;
      this.#statusText = `${init?.statusText ?? ""}`;
      this.#headers = new Headers(init?.headers);
      this.#origin = isInternal ? origin : OWN;
      if (contentType && !this.#headers.has("content-type")) {
        this.#headers.set("content-type", contentType);
      }
    }

    static json(data, init = {}) {
      const text = JSON.stringify(data);
      if (text === undefined) throw new TypeError("the value cannot be written as JSON");
      const headers = new Headers(init?.headers);
      if (!headers.has("content-type")) headers.set("content-type", "application/json");
      return new Response(text, { ...init, headers });
    }

    static error() {
      return new Response(null, { status: 0 }, INTERNAL, { ...OWN, type: "error" });
    }

    static redirect(url, status = 302) {
      if (!REDIRECTS.has(status)) throw new RangeError(`${status} is not a redirect's status`);
      return new Response(null, { status, headers: { location: new URL(url).href } });
    }

    get status() {
      return this.#status;
    }

    get statusText() {
      return this.#statusText;
    }

    get ok() {
      return this.#status >= 200 && this.#status <= 299;
    }

    get headers() {
      return this.#headers;
    }

    get url() {
      return this.#origin.url;
    }

    get redirected() {
      return this.#origin.redirected;
    }

    get type() {
      return this.#origin.type;
    }

    clone() {
      return new Response(copyBytes(this), this, INTERNAL, this.#origin);
    }
  }

  // The origin of a response that a script made.
  const OWN = { url: "", redirected: false, type: "default" };

  Object.defineProperty(Response.prototype, Symbol.toStringTag, {
    value: "Response",
    configurable: true,
  });

  function checkedBody(body, init) {
    const status = init?.status ?? 200;
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new RangeError(`${status} is not a status between 200 and 599`);
    }
    const extracted = extractBody(body);
    if (extracted.bytes && WITHOUT_BODY.has(status)) {
      throw new TypeError(`a response of status ${status} cannot have a body`);
    }
    return extracted;
  }

  // Makes a response of the host's answer to `network.fetch`.
  function responseFromNetwork(answer, requestedUrl) {
    const { status, bodyBase64, url } = answer;
    const bytes = WITHOUT_BODY.has(status) ? null : fromBase64(bodyBase64 ?? "");
    const origin = { url, redirected: withoutHash(requestedUrl) !== withoutHash(url), type: "basic" };
    return new Response(bytes, answer, INTERNAL, origin);
  }

  const withoutHash = (url) => url.replace(/#.*$/, "");

  return { Response, responseFromNetwork };
})
