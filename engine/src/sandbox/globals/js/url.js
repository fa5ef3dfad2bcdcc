// URL, over the host's parser.
(function (native, use) {
  "use strict";

  const CUSTOM_INSPECT = Symbol.for("nodejs.util.inspect.custom");

  // The order in which the host gives the components of a URL.
  const COMPONENTS = [
    "href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname",
    "search", "hash",
  ];
  const HREF = COMPONENTS.indexOf("href");
  const SEARCH = COMPONENTS.indexOf("search");

  class URL {
    #components;
    #params = null;

    constructor(url, base) {
      if (arguments.length === 0) throw new TypeError("URL needs the text of a URL");
      this.#components = parse(url, base);
    }

    static canParse(url, base) {
      return typeof tryParse(url, base) !== "string";
    }

    static parse(url, base) {
      return URL.canParse(url, base) ? new URL(url, base) : null;
    }

    static {
      for (const [index, name] of COMPONENTS.entries()) {
        const read = function () {
          return this.#components[index];
        };
        const write = function (value) {
          this.#assign(name, value);
        };
        const set = name === "origin" ? undefined : write;
        const accessor = { get: read, set, enumerable: true, configurable: true };
        Object.defineProperty(URL.prototype, name, accessor);
      }
    }

    #assign(name, value) {
      this.#components =
        name === "href"
          ? parse(value)
          : native.assign(this.#components[HREF], name, `${value}`.toWellFormed());
      const queryMayDiffer = name === "href" || name === "search";
      if (queryMayDiffer && this.#params) {
        use("url_search_params").replacePairs(this.#params, this.#query());
      }
    }

    #query() {
      return this.#components[SEARCH].slice(1);
    }

    get searchParams() {
      this.#params ??= this.#linkParams();
      return this.#params;
    }

    #linkParams() {
      const { createLinked } = use("url_search_params");
      return createLinked(this.#query(), () => this.#takeQuery());
    }

    #takeQuery() {
      const query = this.#params.toString();
      this.#components = native.assign(this.#components[HREF], "search", query);
    }

    toString() {
      return this.href;
    }

    toJSON() {
      return this.href;
    }

    [CUSTOM_INSPECT](depth, options, inspect) {
      return `URL { href: ${inspect(this.href)} }`;
    }
  }

  Object.defineProperty(URL.prototype, Symbol.toStringTag, { value: "URL", configurable: true });

  // Gives the components, or the reason why there are none.
  function tryParse(url, base) {
    const text = `${url}`.toWellFormed();
    return base === undefined
      ? native.parse(text)
      : native.parse(text, `${base}`.toWellFormed());
  }

  function parse(url, base) {
    const result = tryParse(url, base);
    if (typeof result !== "string") return result;
    const shown = JSON.stringify(`${url}`);
    const error = new TypeError(`Invalid URL ${shown}: ${result}`);
    throw Object.assign(error, { code: "ERR_INVALID_URL", input: `${url}` });
  }

  return { URL };
})
