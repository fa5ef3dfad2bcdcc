// crypto: random values from the system.
(function (native, use) {
  "use strict";

  const { DOMException } = use("dom_exception");
  const { typedArrayName } = use("brands");

  const { randomBytes } = globalThis.__rigkit;
  const LARGEST_REQUEST = 65_536;
  const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

  function getRandomValues(array) {
    if (!holdsIntegers(array)) {
      throw new DOMException("only arrays of integers can be filled", "TypeMismatchError");
    }
    if (array.byteLength > LARGEST_REQUEST) {
      const message = `at most ${LARGEST_REQUEST} bytes can be filled at once`;
      throw new DOMException(message, "QuotaExceededError");
    }
    const { buffer, byteOffset, byteLength } = array;
    new Uint8Array(buffer, byteOffset, byteLength).set(randomBytes(byteLength));
    return array;
  }

  function holdsIntegers(value) {
    return ArrayBuffer.isView(value) && /int/i.test(typedArrayName(value) ?? "");
  }

  // Version 4, variant 1.
  function randomUUID() {
    const bytes = randomBytes(16);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => HEX[byte]);
    const group = (start, end) => hex.slice(start, end).join("");
    return [group(0, 4), group(4, 6), group(6, 8), group(8, 10), group(10, 16)].join("-");
  }

  const crypto = { getRandomValues, randomUUID };
  Object.defineProperty(crypto, Symbol.toStringTag, { value: "Crypto", configurable: true });
  return { crypto };
})
