// AbortController and AbortSignal.
(function (native, use) {
  "use strict";

  const { startOperation } = use("host");
  const { Event, EventTarget } = use("events");
  const { DOMException } = use("dom_exception");

  const INTERNAL = Symbol("internal");

  let abortSignal;
  let whenAborted;

  class AbortSignal extends EventTarget {
    #aborted = false;
    #reason = undefined;
    #actions = new Set();
    // For a signal made by `any`: the signals it follows. For those: the ones that follow them.
    #sources = new Set();
    #followers = new Set();
    #onabort = null;

    constructor(token) {
      if (token !== INTERNAL) throw new TypeError("an AbortSignal comes from an AbortController");
      super();
    }

    static {
      abortSignal = (signal, reason = abortError()) => signal.#abort(reason);
      // Calls `action` when the signal aborts; gives a function that calls it off.
      whenAborted = (signal, action) => {
        signal.#actions.add(action);
        return () => signal.#actions.delete(action);
      };
    }

    static abort(reason) {
      const signal = new AbortSignal(INTERNAL);
      abortSignal(signal, reason);
      return signal;
    }

    static timeout(milliseconds) {
      const ms = requireDelay(milliseconds);
      const signal = new AbortSignal(INTERNAL);
      const expire = () => abortSignal(signal, timeoutError(ms));
      // When the wait itself is cancelled, the run is over and nobody listens any more.
      startOperation("timer.sleep", { ms }).then(expire, () => {});
      return signal;
    }

    static any(signals) {
      const sources = Array.from(signals, requireSignal);
      const signal = new AbortSignal(INTERNAL);
      const aborted = sources.find((source) => source.#aborted);
      if (aborted) signal.#settle(aborted.#reason);
      else for (const source of sources) signal.#follow(source);
      return signal;
    }

    get aborted() {
      return this.#aborted;
    }

    get reason() {
      return this.#reason;
    }

    throwIfAborted() {
      if (this.#aborted) throw this.#reason;
    }

    get onabort() {
      return this.#onabort;
    }

    set onabort(handler) {
      this.removeEventListener("abort", this.#onabort);
      this.#onabort = typeof handler === "function" ? handler : null;
      this.addEventListener("abort", this.#onabort);
    }

    #follow(source) {
      const roots = source.#sources.size === 0 ? [source] : source.#sources;
      for (const root of roots) {
        this.#sources.add(root);
        root.#followers.add(this);
      }
    }

    // All that follow are aborted before the first of them is told.
    #abort(reason) {
      if (this.#aborted) return;
      const affected = [this, ...this.#followers].filter((signal) => !signal.#aborted);
      for (const signal of affected) signal.#settle(reason);
      for (const signal of affected) signal.#notify();
    }

    #settle(reason) {
      this.#aborted = true;
      this.#reason = reason;
      for (const source of this.#sources) source.#followers.delete(this);
    }

    #notify() {
      for (const action of this.#actions) action();
      this.#actions.clear();
      this.dispatchEvent(new Event("abort"));
    }
  }

  class AbortController {
    #signal = new AbortSignal(INTERNAL);

    get signal() {
      return this.#signal;
    }

    abort(reason) {
      abortSignal(this.#signal, reason);
    }
  }

  function abortError() {
    return new DOMException("this operation was aborted", "AbortError");
  }

  function timeoutError(ms) {
    return new DOMException(`this operation took longer than ${ms} ms`, "TimeoutError");
  }

  function requireDelay(milliseconds) {
    const ms = Math.trunc(Number(milliseconds));
    if (ms >= 0 && ms <= Number.MAX_SAFE_INTEGER) return ms;
    throw new RangeError("AbortSignal.timeout needs a number of milliseconds, 0 or more");
  }

  function requireSignal(value) {
    if (value instanceof AbortSignal) return value;
    throw new TypeError("AbortSignal.any takes only AbortSignals");
  }

  for (const constructor of [AbortController, AbortSignal]) {
    const tag = { value: constructor.name, configurable: true };
    Object.defineProperty(constructor.prototype, Symbol.toStringTag, tag);
  }

  return { AbortController, AbortSignal, whenAborted };
})
