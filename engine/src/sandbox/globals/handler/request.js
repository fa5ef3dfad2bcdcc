// Request: where a fetch goes and what it sends.
(function (native, use) {
  "use strict";

  const { AbortController, AbortSignal } = use("abort");
  const { Body, copyBytes, extractBody } = use("body");
  const { Headers } = use("headers");
  const { URL } = use("url");

  const NORMALIZED = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]);
  const FORBIDDEN = new Set(["CONNECT", "TRACE", "TRACK"]);
  const BODILESS = new Set(["GET", "HEAD"]);

  class Request extends Body {
    #url;
    #redirect;
    #method;
    #headers;
    #signal;

    constructor(input, init = {}) {
      if (arguments.length === 0) throw new TypeError("Request needs a URL or another Request");
      const base = input instanceof Request ? input : null;
      const options = init ?? {};
      const method = normalizeMethod(options.method ?? base?.method ?? "GET");
      const { bytes, contentType } = chooseBody(base, options, method);
      super(bytes);
      this.#redirect = requireRedirectMode(options.redirect ?? base?.redirect ?? "follow");
      this.#url = base ? base.url : requireUrl(input);
      this.#method = method;
      this.#headers = new Headers(options.headers ?? base?.headers);
      if (contentType && !this.#headers.has("content-type")) {
        this.#headers.set("content-type", contentType);
      }
      this.#signal = chooseSignal(base, options);
    }

    get url() {
      return this.#url;
    }

    get method() {
      return this.#method;
    }

    get headers() {
      return this.#headers;
    }

    get signal() {
      return this.#signal;
    }

    get redirect() {
      return this.#redirect;
    }

    clone() {
      return new Request(this);
    }
  }

  Object.defineProperty(Request.prototype, Symbol.toStringTag, {
    value: "Request",
    configurable: true,
  });

  function normalizeMethod(method) {
    const text = `${method}`;
    const upper = text.toUpperCase();
    const isToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text);
    if (!isToken || FORBIDDEN.has(upper)) {
      throw new TypeError(`${JSON.stringify(text)} is not a method that can be fetched with`);
    }
    return NORMALIZED.has(upper) ? upper : text;
  }

  function chooseBody(base, options, method) {
    const isGiven = options.body !== undefined && options.body !== null;
    if (isGiven && BODILESS.has(method)) throw new TypeError(`${method} cannot have a body`);
    if (isGiven || !base) return extractBody(options.body);
    return { bytes: copyBytes(base), contentType: null };
  }

  function requireRedirectMode(mode) {
    const modes = ["follow", "error", "manual"];
    if (modes.includes(`${mode}`)) return `${mode}`;
    throw new TypeError(`redirect is one of ${modes.join(", ")}, not ${JSON.stringify(mode)}`);
  }

  function requireUrl(input) {
    const url = new URL(input);
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      throw new TypeError(`only http: and https: can be fetched, not ${url.protocol}`);
    }
    if (url.username !== "" || url.password !== "") {
      throw new TypeError("the URL has credentials in it; send an authorization header instead");
    }
    return url.href;
  }

  function chooseSignal(base, { signal }) {
    if (signal === undefined && base) return base.signal;
    if (signal === undefined || signal === null) return new AbortController().signal;
    if (signal instanceof AbortSignal) return signal;
    throw new TypeError("the signal must be an AbortSignal");
  }

  return { Request };
})
