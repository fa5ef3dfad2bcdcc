// performance: the engine's monotonic clock, which definitions do not have.
(function () {
  "use strict";

  const { now } = globalThis.__rigkit.engine;
  // When the clock was at zero, in the time that Date tells.
  const timeOrigin = Date.now() - now();
  const performance = { now: () => now(), timeOrigin };

  Object.defineProperty(performance, Symbol.toStringTag, {
    value: "Performance",
    configurable: true,
  });
  return { performance };
})
