// Event and EventTarget, without the tree of targets that a document has.
(function (native, use) {
  "use strict";

  const { reportError } = use("host");

  let setDispatch;
  let isStopped;

  class Event {
    #type;
    #cancelable;
    #target = null;
    #currentTarget = null;
    #defaultPrevented = false;
    #stopped = false;
    #timeStamp = Date.now();

    constructor(type, options = {}) {
      if (arguments.length === 0) throw new TypeError("Event needs a type");
      this.#type = `${type}`;
      this.#cancelable = Boolean(options?.cancelable);
    }

    static {
      setDispatch = (event, target, currentTarget) => {
        event.#target = target;
        event.#currentTarget = currentTarget;
      };
      isStopped = (event) => event.#stopped;
    }

    get type() {
      return this.#type;
    }

    get target() {
      return this.#target;
    }

    get currentTarget() {
      return this.#currentTarget;
    }

    get cancelable() {
      return this.#cancelable;
    }

    get defaultPrevented() {
      return this.#defaultPrevented;
    }

    get timeStamp() {
      return this.#timeStamp;
    }

    preventDefault() {
      if (this.#cancelable) this.#defaultPrevented = true;
    }

    // With a single target there is nowhere to propagate to.
    stopPropagation() {}

    stopImmediatePropagation() {
      this.#stopped = true;
    }
  }

  class EventTarget {
    // Each is { type, callback, capture, once, removed }.
    #listeners = [];

    addEventListener(type, callback, options) {
      if (callback === null || callback === undefined) return;
      requireCallback(callback);
      const { once = false, signal } = typeof options === "object" ? (options ?? {}) : {};
      if (signal?.aborted) return;
      const wanted = identify(type, callback, options);
      if (this.#find(wanted)) return;
      this.#listeners.push({ ...wanted, once: Boolean(once), removed: false });
      signal?.addEventListener("abort", () => this.#remove(wanted), { once: true });
    }

    removeEventListener(type, callback, options) {
      this.#remove(identify(type, callback, options));
    }

    dispatchEvent(event) {
      if (!(event instanceof Event)) throw new TypeError("dispatchEvent needs an Event");
      setDispatch(event, this, this);
      for (const listener of this.#listeners.filter(({ type }) => type === event.type)) {
        if (isStopped(event)) break;
        if (listener.removed) continue;
        if (listener.once) this.#remove(listener);
        call(listener.callback, this, event);
      }
      setDispatch(event, this, null);
      return !event.defaultPrevented;
    }

    #find({ type, callback, capture }) {
      return this.#listeners.find(
        (known) =>
          known.type === type && known.callback === callback && known.capture === capture,
      );
    }

    #remove(identity) {
      const listener = this.#find(identity);
      if (!listener) return;
      listener.removed = true;
      this.#listeners = this.#listeners.filter((known) => known !== listener);
    }
  }

  // What makes two listeners the same.
  function identify(type, callback, options) {
    const capture = typeof options === "object" ? Boolean(options?.capture) : Boolean(options);
    return { type: `${type}`, callback, capture };
  }

  function requireCallback(callback) {
    if (typeof callback === "function" || typeof callback === "object") return;
    throw new TypeError("an event listener must be a function or an object with handleEvent");
  }

  // One listener's error is no reason for the next not to hear of the event.
  function call(callback, target, event) {
    try {
      if (typeof callback === "function") callback.call(target, event);
      else callback.handleEvent(event);
    } catch (error) {
      reportError(error);
    }
  }

  for (const constructor of [Event, EventTarget]) {
    const tag = { value: constructor.name, configurable: true };
    Object.defineProperty(constructor.prototype, Symbol.toStringTag, tag);
  }

  return { Event, EventTarget };
})
