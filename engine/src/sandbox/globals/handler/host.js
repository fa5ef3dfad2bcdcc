// What the host does for handlers. Looked up at each call, for the host may add it late.
(function () {
  "use strict";

  const host = globalThis.__rigkit;

  return {
    // Starts an operation; the promise carries the `operationId` by which it can be cancelled.
    startOperation: (name, payload) => host.operation(name, payload),
    cancelOperation: (operation) => host.cancelOperation(operation.operationId),
    // For errors that no caller is left to catch.
    reportError: (error) => host.reportError(error),
  };
})
