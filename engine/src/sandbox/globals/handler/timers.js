// Timers, each of them one `timer.sleep` operation of the host at a time.
(function (native, use) {
  "use strict";

  const { startOperation, cancelOperation, reportError } = use("host");

  const LONGEST_DELAY = 2 ** 31 - 1;

  const active = new Map();
  let lastId = 0;

  class Timer {
    #id = (lastId += 1);
    #callback;
    #ms;
    #isRepeated;
    #isReferenced = true;
    #operation = null;

    constructor(callback, ms, isRepeated) {
      this.#callback = callback;
      this.#ms = ms;
      this.#isRepeated = isRepeated;
      active.set(this.#id, this);
      this.#arm();
    }

    #arm() {
      const operation = startOperation("timer.sleep", { ms: this.#ms });
      this.#operation = operation;
      operation.then(
        () => this.#whenCurrent(operation, () => this.#elapse()),
        (error) => this.#whenCurrent(operation, () => this.#fail(error)),
      );
    }

    // A cleared or refreshed timer no longer cares how its earlier operation ended.
    #whenCurrent(operation, act) {
      if (this.#operation !== operation) return;
      this.#operation = null;
      act();
    }

    #elapse() {
      if (!this.#isRepeated) active.delete(this.#id);
      try {
        this.#callback();
      } catch (error) {
        reportError(error);
      }
      const isOver = !active.has(this.#id) || this.#operation !== null;
      if (!isOver) this.#arm();
    }

    // The host ends all operations of a run that is cancelled, which is nothing to report.
    #fail(error) {
      active.delete(this.#id);
      if (error?.name !== "AbortError") reportError(error);
    }

    #cancel() {
      if (this.#operation === null) return;
      const operation = this.#operation;
      this.#operation = null;
      cancelOperation(operation);
    }

    close() {
      active.delete(this.#id);
      this.#cancel();
      return this;
    }

    refresh() {
      this.#cancel();
      active.set(this.#id, this);
      this.#arm();
      return this;
    }

    // A run ends when its handler does, so a timer never keeps anything alive.
    ref() {
      this.#isReferenced = true;
      return this;
    }

    unref() {
      this.#isReferenced = false;
      return this;
    }

    hasRef() {
      return this.#isReferenced;
    }

    [Symbol.toPrimitive]() {
      return this.#id;
    }

    [Symbol.dispose]() {
      this.close();
    }
  }

  function start(name, shortest, isRepeated) {
    return function (callback, delay, ...values) {
      if (typeof callback !== "function") throw new TypeError(`${name} needs a function`);
      const run = () => callback(...values);
      return new Timer(run, effectiveDelay(delay, shortest), isRepeated);
    };
  }

  // As everywhere else, what is not a delay counts as none.
  function effectiveDelay(delay, shortest) {
    const ms = Number(delay);
    return ms >= shortest && ms <= LONGEST_DELAY ? ms : shortest;
  }

  function clear(timer) {
    const known = timer instanceof Timer ? timer : active.get(Number(timer ?? NaN));
    known?.close();
  }

  const startImmediate = start("setImmediate", 0, false);

  return {
    setTimeout: start("setTimeout", 0, false),
    // An interval of nothing would leave no time for anything else.
    setInterval: start("setInterval", 1, true),
    setImmediate: (callback, ...values) => startImmediate(callback, 0, ...values),
    clearTimeout: (timer) => clear(timer),
    clearInterval: (timer) => clear(timer),
    clearImmediate: (timer) => clear(timer),
  };
})
