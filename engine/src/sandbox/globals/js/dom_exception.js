// DOMException as a true Error, so that the host sees its message and stack.
(function () {
  "use strict";

  // In the order of the legacy codes, which start at 1. Empty names have a code but no error.
  const LEGACY = [
    ["IndexSizeError", "INDEX_SIZE_ERR"],
    ["", "DOMSTRING_SIZE_ERR"],
    ["HierarchyRequestError", "HIERARCHY_REQUEST_ERR"],
    ["WrongDocumentError", "WRONG_DOCUMENT_ERR"],
    ["InvalidCharacterError", "INVALID_CHARACTER_ERR"],
    ["", "NO_DATA_ALLOWED_ERR"],
    ["NoModificationAllowedError", "NO_MODIFICATION_ALLOWED_ERR"],
    ["NotFoundError", "NOT_FOUND_ERR"],
    ["NotSupportedError", "NOT_SUPPORTED_ERR"],
    ["InUseAttributeError", "INUSE_ATTRIBUTE_ERR"],
    ["InvalidStateError", "INVALID_STATE_ERR"],
    ["SyntaxError", "SYNTAX_ERR"],
    ["InvalidModificationError", "INVALID_MODIFICATION_ERR"],
    ["NamespaceError", "NAMESPACE_ERR"],
    ["InvalidAccessError", "INVALID_ACCESS_ERR"],
    ["", "VALIDATION_ERR"],
    ["TypeMismatchError", "TYPE_MISMATCH_ERR"],
    ["SecurityError", "SECURITY_ERR"],
    ["NetworkError", "NETWORK_ERR"],
    ["AbortError", "ABORT_ERR"],
    ["URLMismatchError", "URL_MISMATCH_ERR"],
    ["QuotaExceededError", "QUOTA_EXCEEDED_ERR"],
    ["TimeoutError", "TIMEOUT_ERR"],
    ["InvalidNodeTypeError", "INVALID_NODE_TYPE_ERR"],
    ["DataCloneError", "DATA_CLONE_ERR"],
  ];

  class DOMException extends Error {
    #name;

    constructor(message = "", options = "Error") {
      const { name = "Error", ...rest } = typeof options === "object" ? options : { name: options };
      super(`${message}`, "cause" in rest ? { cause: rest.cause } : undefined);
      this.#name = `${name}`;
    }

    get name() {
      return this.#name;
    }

    get code() {
      return LEGACY.findIndex(([name]) => name !== "" && name === this.#name) + 1;
    }

    static isDOMException(value) {
      return #name in value;
    }
  }

  const { isDOMException } = DOMException;
  delete DOMException.isDOMException;

  Object.defineProperty(DOMException.prototype, Symbol.toStringTag, {
    value: "DOMException",
    configurable: true,
  });
  for (const [index, [, constant]] of LEGACY.entries()) {
    const property = { value: index + 1, enumerable: true };
    Object.defineProperty(DOMException, constant, property);
    Object.defineProperty(DOMException.prototype, constant, property);
  }

  return { DOMException, isDOMException };
})
