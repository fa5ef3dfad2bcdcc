// fetch, as one `network.fetch` operation of the host.
(function (native, use) {
  "use strict";

  const { startOperation, cancelOperation } = use("host");
  const { whenAborted } = use("abort");
  const { copyBytes } = use("body");
  const { toBase64 } = use("bytes");
  const { Request } = use("request");
  const { responseFromNetwork } = use("response");

  async function fetch(input, init) {
    if (arguments.length === 0) throw new TypeError("fetch needs a URL or a Request");
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    const operation = startOperation("network.fetch", payloadOf(request));
    const answer = await untilAborted(operation, request.signal);
    return responseFromNetwork(answer, request.url);
  }

  function payloadOf(request) {
    const bytes = copyBytes(request);
    return {
      url: request.url.replace(/#.*$/, ""),
      method: request.method,
      headers: [...request.headers],
      redirect: request.redirect,
      bodyBase64: bytes && toBase64(bytes),
    };
  }

  // Settles with the operation, or rejects with the signal's reason the moment it aborts.
  function untilAborted(operation, signal) {
    return new Promise((resolve, reject) => {
      const release = whenAborted(signal, () => {
        reject(signal.reason);
        cancelOperation(operation);
      });
      operation.finally(release).then(resolve, (error) => reject(failure(error)));
    });
  }

  // An operation that the host ends because the run is over is aborted, not failed.
  function failure(error) {
    if (error?.name === "AbortError") return error;
    const reason = error?.message ? `: ${error.message}` : "";
    const failed = new TypeError(`fetch failed${reason}`, { cause: error });
    // The operation's error knows who called.
    if (error?.stack !== undefined) failed.stack = error.stack;
    return failed;
  }

  return { fetch };
})
