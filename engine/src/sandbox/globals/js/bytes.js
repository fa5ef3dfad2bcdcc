// Views of the bytes behind buffers, and their transport as base64.
(function () {
  "use strict";

  const encode = Uint8Array.prototype.toBase64;
  const decode = Uint8Array.fromBase64;
  const isBuffer = (value) => value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;

  // The bytes of a buffer or of a view of one, not copied; undefined for anything else.
  function viewBytes(source) {
    if (ArrayBuffer.isView(source)) {
      return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    }
    return isBuffer(source) ? new Uint8Array(source) : undefined;
  }

  const toBase64 = (bytes) => encode.call(bytes);
  const fromBase64 = (text) => decode.call(Uint8Array, text);

  return { viewBytes, toBase64, fromBase64 };
})
