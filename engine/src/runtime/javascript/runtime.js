// Runs handlers: makes providers and the arguments handlers receive, and turns what they
// return into what the engine stores. Evaluated once, before the first handler.
(() => {
  "use strict";
  const rigkit = globalThis.__rigkit;
  const STEP_INVALIDATION = "rigkit.step.invalidate";

  const operations = new Map();
  const calls = new Map();
  const controllers = new Map();
  let nextOperation = 1;
  let nextInteraction = 0;

  // ---- texts for the engine, which holds no half of a surrogate pair ----

  const text = (value) => rigkit.wellFormed(String(value));

  function json(value) {
    const written = JSON.stringify(value);
    if (written === undefined || !written.includes("\\ud")) return written;
    // Only halves are escaped like this.
    const isHalf = (escape) => escape.length > 2;
    return written.replace(/\\(?:ud[89a-f][0-9a-f]{2}|.)/g, (escape) => (isHalf(escape) ? "\\ufffd" : escape));
  }

  // ---- operations of the host ----

  rigkit.operation = (name, payload, { onProgress, call } = {}) => {
    const id = nextOperation;
    nextOperation += 1;
    // What fails later is the fault of whoever asks now: that is where its stack leads.
    const { stack } = new Error();
    const promise = new Promise((resolve, reject) => operations.set(id, { resolve, reject, onProgress, stack }));
    rigkit.startOperation(id, call ?? -1, name, json(payload ?? {}));
    promise.operationId = id;
    return promise;
  };

  rigkit.answerOperation = (id, text) => {
    const operation = operations.get(id);
    operations.delete(id);
    operation?.resolve(JSON.parse(text));
  };

  rigkit.failOperation = (id, text) => {
    const operation = operations.get(id);
    operations.delete(id);
    operation?.reject(Object.assign(failure(JSON.parse(text)), { stack: operation.stack }));
  };

  rigkit.base64Encode = (bytes) => bytes.toBase64();
  rigkit.base64Decode = (text) => Uint8Array.fromBase64(text);

  rigkit.progressOperation = (id, text) => operations.get(id)?.onProgress?.(JSON.parse(text));

  function failure({ name, message, ...rest }) {
    if (name === "AbortError") return new DOMException(message, "AbortError");
    const error = Object.assign(new Error(message), rest);
    if (name !== "Error") error.name = name;
    return error;
  }

  // ---- what handlers receive ----

  function localOf(call) {
    const ask = (name, payload) => rigkit.operation(name, payload, { call: call.id });
    return Object.freeze({
      open: (target) => ask("local.open", { target: String(target) }),
      command: (options) => ask("local.command", options),
      prompt: Object.freeze({
        message: (options) => ask("local.prompt", { kind: "message", ...messageOf(options) }),
        text: (options) => ask("local.prompt", { kind: "text", ...messageOf(options) }),
        confirm: (options) => ask("local.prompt", { kind: "confirm", ...messageOf(options) }),
        select: (options) => ask("local.prompt", { kind: "select", ...options }),
      }),
      requestCapability: (id, params = {}, options = {}) =>
        ask("local.capability", { id, params, nodePath: options.nodePath ?? call.nodePath }),
      requestCapabilitySession: async (id, params = {}, options = {}) => ({
        result: await ask("local.capability", { id, params, nodePath: options.nodePath ?? call.nodePath }),
        closed: Promise.resolve(),
      }),
    });
  }

  const messageOf = (options) => (typeof options === "string" ? { message: options } : options);

  function stepOf(call, context) {
    return Object.freeze({
      workflow: call.workflow,
      nodePath: call.nodePath,
      ctx: deepFreeze(context),
      signal: call.abort.signal,
      metadata: (values) => void Object.assign(call.metadata, values),
      log: (line, { stream = "info", label } = {}) => rigkit.log(call.id, stream, label === undefined ? undefined : text(label), text(line)),
      invalidate: (target) => {
        const targetNodePath = rigkit.resolveTarget(call.id, text(target));
        return Object.freeze({ kind: STEP_INVALIDATION, target, targetNodePath });
      },
    });
  }

  function deepFreeze(value) {
    if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
    Object.values(value).forEach(deepFreeze);
    return Object.freeze(value);
  }

  // ---- providers ----

  rigkit.beginWalk = () => controllers.clear();

  /** Makes a provider's controller, once a walk. */
  function controllerOf(number, call) {
    let controller = controllers.get(number);
    if (controller === undefined) {
      controller = makeController(rigkit.kept(number), call);
      controllers.set(number, controller);
      controller.catch(() => controllers.delete(number));
    }
    return controller;
  }

  async function makeController(definition, call) {
    const { providerId, plugin } = definition;
    const config = await rigkit.resolveConfig(definition.config);
    return plugin.createProvider({
      provider: { providerId, config, plugin },
      storage: storageOf("project", providerId),
      hostStorage: storageOf("host", providerId),
      local: localOf(call),
    });
  }

  function storageOf(kind, providerId) {
    const ask = (action, key, value) => JSON.parse(rigkit.storage(kind, providerId, action, key, value ?? ""));
    return Object.freeze({
      get: (key) => ask("get", text(key)) ?? undefined,
      set: (key, value) => void ask("set", text(key), json(value)),
      delete: (key) => ask("delete", text(key)),
      entries: (prefix = "") => ask("entries", text(prefix)),
    });
  }

  async function runtimesOf(call, providers) {
    const runtimes = {};
    for (const [name, number] of providers) {
      const controller = await controllerOf(number, call);
      runtimes[name] = await controller.runtime(runtimeContext(call));
    }
    return runtimes;
  }

  function runtimeContext(call) {
    return {
      workflow: call.workflow,
      nodePath: call.nodePath,
      emit: (event) => rigkit.emit(call.id, json(event)),
      interaction: { present: (session) => present(call, session) },
      local: localOf(call),
      metadata: (values) => void Object.assign(call.metadata, values),
      signal: call.abort.signal,
      callId: call.id,
    };
  }

  async function present(call, session) {
    const { id = nextInteractionId(call), title, url, instructions } = session;
    const shared = { nodePath: call.nodePath, interactionId: id, label: title, title };
    rigkit.emit(call.id, json({ type: "interaction.awaiting_user", ...shared, url, instructions }));
    try {
      await rigkit.operation("local.present", { id, title, url, instructions }, { call: call.id });
      const result = await untilAborted(call, session.completed);
      rigkit.emit(call.id, json({ type: "interaction.completed", ...shared }));
      return result;
    } finally {
      await session.stop?.();
    }
  }

  function nextInteractionId(call) {
    nextInteraction += 1;
    return `${call.nodePath}:${call.id}.${nextInteraction}`;
  }

  function untilAborted(call, promise) {
    const { signal } = call.abort;
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      Promise.resolve(promise).then(resolve, reject);
    });
  }

  // ---- schemas ----

  async function passSchema(schema, value, what) {
    const { issues, value: passed } = await judge(schema, value);
    if (issues === undefined) return passed;
    throw new Error(`${what} does not pass its schema: ${issues.map(issueText((path) => path)).join("; ")}`);
  }

  /** Gives what a schema makes of a value, or what it has against it. */
  async function judge(schema, value) {
    if (schema["~standard"] !== undefined) return schema["~standard"].validate(value);
    if (typeof schema.safeParse === "function") {
      const { success, data, error } = await schema.safeParse(value);
      return success ? { value: data } : { issues: [{ message: error?.message ?? "it is refused" }] };
    }
    return { value: await schema.parse(value) };
  }

  const issueText = (shown) => ({ message, path }) => {
    const keys = (path ?? []).map((part) => (typeof part === "object" ? part.key : part));
    return keys.length === 0 ? message : `${shown(keys.join("."))}: ${message}`;
  };

  // ---- the kinds of work ----

  const work = {
    async task(call, { handler, context, config, output }) {
      const providers = await runtimesOf(call, call.providers);
      const step = stepOf(call, context);
      const result = await rigkit.kept(handler)({ ...providers, providers, config: deepFreeze(config), step });
      if (result === undefined) return { kind: "keep" };
      if (result?.kind === STEP_INVALIDATION) return { kind: "invalidate", value: result };
      if (typeof result !== "object" || result === null || !("ctx" in result)) {
        throw new Error(
          `the task \`${call.nodePath}\` must return { ctx: { … } }, nothing, or step.invalidate(…)`,
        );
      }
      const value = output === undefined ? result.ctx : await passSchema(rigkit.kept(output), result.ctx, "the output");
      return { kind: "context", value };
    },

    async hook(call, { handler, context, config, workspace, input, checkedInput, workspaces }) {
      const providers = await runtimesOf(call, call.providers);
      const argument = {
        ...providers,
        providers,
        config: deepFreeze(config),
        local: localOf(call),
        step: stepOf(call, {}),
        // An operation of the project belongs to no run, so it has no context to see.
        workflow:
          context === undefined ? call.workflow : Object.freeze({ name: call.workflow, ctx: deepFreeze(context) }),
      };
      if (workspace !== undefined) argument.workspace = deepFreeze(workspace);
      if (input !== undefined) argument.input = inputOf(input, checkedInput, workspaces);
      return { kind: "value", value: await rigkit.kept(handler)(argument) };
    },

    async checks(call, { provider, isRequired }) {
      const controller = await controllerOf(provider, call);
      const mode = isRequired ? "require" : "plan";
      const found = await controller.checks?.({ mode, workflow: call.workflow, local: localOf(call) });
      const list = found === undefined ? [] : Array.isArray(found) ? found : [found];
      return { kind: "value", value: list.map(stripUndefined) };
    },

    async artifact(call, { provider, reference }) {
      const controller = await controllerOf(provider, call);
      const exists = (await controller.validateArtifact?.(reference)) ?? true;
      return { kind: "value", value: Boolean(exists) };
    },

    async input(_call, { schema, input }) {
      const { issues, value } = await judge(rigkit.kept(schema), input);
      if (issues === undefined) return { kind: "value", value: { kept: rigkit.keep(value) } };
      return { kind: "value", value: { problems: issues.map(issueText((path) => `\`${path}\``)) } };
    },

    async output(_call, { schema, output }) {
      try {
        await passSchema(rigkit.kept(schema), output, "the stored output");
        return { kind: "value", value: null };
      } catch (error) {
        return { kind: "value", value: String(error?.message ?? error) };
      }
    },
  };

  function inputOf(input, checkedInput, workspaces) {
    const passed = checkedInput === undefined ? input : rigkit.kept(checkedInput);
    return deepFreeze({ ...passed, ...Object.fromEntries(workspaces) });
  }

  const stripUndefined = (check) =>
    Object.fromEntries(Object.entries(check).filter(([, value]) => value !== undefined));

  // ---- calls ----

  rigkit.invoke = (id, kind, head, payload) => {
    const call = { id, ...JSON.parse(head), metadata: {}, abort: new AbortController() };
    calls.set(id, call);
    work[kind](call, JSON.parse(payload))
      .then((result) => rigkit.finish(id, result.kind, result.value, call.metadata))
      .catch((error) => rigkit.fail(id, error))
      .finally(() => calls.delete(id));
  };

  rigkit.abort = (id) => {
    calls.get(id)?.abort.abort(new DOMException("the run was cancelled", "AbortError"));
  };

  rigkit.reportError = (error) => rigkit.log(-1, "error", undefined, text(`nobody caught: ${error}`));
})();
