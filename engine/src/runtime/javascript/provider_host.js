// The built-in module `@rigkit/provider-host`: commands and files on this machine.
//
// What it promises is in `provider-host.d.ts`. The work is done by the engine's native
// operations; this module checks arguments, fills in the provider's defaults and shapes
// the answers. The engine is looked up when a handler calls, for a definition has none.

import { defineProvider } from "@rigkit/sdk";

const PROVIDER_ID = "host";
const CONFIG_NAMES = ["cwd", "env", "shell"];
const EXEC_NAMES = ["check", "cwd", "detach", "env", "onOutput", "stdin", "timeoutMs"];
// What is for a command that is waited for.
const WAITING_NAMES = ["check", "onOutput", "stdin", "timeoutMs"];
const GLOB_NAMES = ["cwd", "dot", "ignore"];

// How much of a failed command's output its error repeats.
const TAIL_LINES = 20;
const TAIL_LENGTH = 4000;

/** The host provider. */
export const host = Object.freeze({
  /**
   * Makes the provider that runs commands and touches files on this machine.
   *
   * @param config - `cwd`, `env` and `shell` for all commands; `cwd` also for relative paths
   */
  provider(config = {}) {
    checkNames("host.provider", "the config", config, CONFIG_NAMES);
    return defineProvider(PROVIDER_ID, config, plugin);
  },
});

const plugin = {
  providerId: PROVIDER_ID,
  createProvider({ provider }) {
    const defaults = resolvedConfig(provider.config);
    return {
      providerId: PROVIDER_ID,
      runtime: (context) => hostRuntime(defaults, context),
    };
  },
};

/** Checks the config once its functions and secrets have given their values. */
function resolvedConfig({ cwd, env, shell }) {
  const where = "host.provider";
  return {
    cwd: optional(where, "cwd", cwd, nonEmptyString),
    env: optional(where, "env", env, environment) ?? {},
    shell: optional(where, "shell", shell, nonEmptyString),
  };
}

function hostRuntime(defaults, context) {
  const host = { defaults, caller: { nodePath: context.nodePath, call: context.callId } };
  return Object.freeze({
    exec: (command, options) => exec(host, command, options),
    readFile: (path, options) => readFile(host, path, options),
    writeFile: (path, data, options) => writeFile(host, path, data, options),
    exists: (path) => atPath(host, "exists", path),
    stat: (path) => atPath(host, "stat", path, { followLinks: true }),
    mkdir: (path) => atPath(host, "mkdir", path),
    remove: (path, options) => remove(host, path, options),
    copy: (from, to, options) => transfer(host, "copy", from, to, options),
    rename: (from, to, options) => transfer(host, "rename", from, to, options),
    glob: (pattern, options) => search(host, "glob", "patterns", pattern, options),
    hash: (target, options) => search(host, "hash", "pathOrGlob", target, options),
  });
}

// ------------------------------------------------------------------------------ Commands

/**
 * Runs a command and waits for it.
 *
 * A string is run by the shell, a list is a program and its arguments. Options: `cwd`,
 * `env`, `stdin`, `timeoutMs`, `onOutput(data, stream)`, and `check`: a command that fails
 * throws an error with `exitCode`, `stdout`, `stderr` and the end of the output in its
 * message, and with `check: false` gives a result with `ok: false` instead. With
 * `detach: true` it starts a process that is meant to stay, and gives its number.
 */
async function exec(host, command, options = {}) {
  // The caller's frame is gone from the stack once there is an outcome.
  const { stack } = new Error();
  checkNames("host.exec", "the options", options, EXEC_NAMES);
  if (optional("host.exec", "detach", options.detach, boolean)) {
    return detach(host, command, options);
  }
  const check = optional("host.exec", "check", options.check, boolean) ?? true;
  const payload = commandPayload(host.defaults, command, options);
  const outcome = await runWithOutput(host, payload, options.onOutput).catch((error) => {
    // Shells have an exit code for a program that is not there or may not be run.
    if (check || error?.exitCode === undefined) throw error;
    return { stdout: "", stderr: `${error.message}\n`, exitCode: error.exitCode };
  });
  const failure = commandFailure(shown(command), options.timeoutMs, outcome);
  if (check && failure !== undefined) {
    throw Object.assign(failure, { stack });
  }
  const { stdout, stderr, exitCode } = outcome;
  return { stdout, stderr, exitCode, ok: failure === undefined };
}

/** Starts a command that nobody waits for. */
async function detach(host, command, options) {
  const excluded = WAITING_NAMES.find((name) => options[name] !== undefined);
  if (excluded !== undefined) {
    throw new TypeError(`host.exec: \`${excluded}\` is for a command that is waited for, and \`detach\` starts one that stays`);
  }
  const payload = commandPayload(host.defaults, command, options);
  const { pid } = await operation(host, "command.run", { ...payload, mode: "detached" });
  return { pid };
}

function commandPayload(defaults, command, options) {
  const where = "host.exec";
  const cwd = optional(where, "cwd", options.cwd, nonEmptyString);
  return {
    ...program(command, defaults.shell),
    ...given({ cwd: cwd === undefined ? defaults.cwd : within(defaults.cwd, cwd) }),
    env: { ...defaults.env, ...optional(where, "env", options.env, environment) },
    ...optional(where, "stdin", options.stdin, input),
    ...given({ timeoutMs: optional(where, "timeoutMs", options.timeoutMs, duration) }),
  };
}

function program(command, shell) {
  if (typeof command === "string" && command.trim() !== "") {
    return { shell: command, ...given({ shellProgram: shell }) };
  }
  if (isStringList(command) && command.length > 0 && command[0] !== "") {
    return { argv: [...command] };
  }
  throw wrong("host.exec", "the command", command, "a shell line or a list of a program and its arguments");
}

/** Runs the command; when `onOutput` throws, ends it and throws the same. */
async function runWithOutput(host, payload, onOutput) {
  if (onOutput === undefined) {
    return operation(host, "command.run", payload);
  }
  if (typeof onOutput !== "function") {
    throw wrong("host.exec", "`onOutput`", onOutput, "a function");
  }
  let failure;
  const onProgress = ({ data, stream }) => {
    if (failure !== undefined) return;
    try {
      onOutput(data, stream);
    } catch (error) {
      failure = { error };
      globalThis.__rigkit.cancelOperation(running.operationId);
    }
  };
  const running = operation(host, "command.run", payload, onProgress);
  const [settled] = await Promise.allSettled([running]);
  if (failure !== undefined) throw failure.error;
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}

/** Gives the error of a command that failed. */
function commandFailure(command, timeoutMs, outcome) {
  if (outcome.timedOut) {
    const message = `\`${command}\` took longer than ${timeoutMs} ms and was stopped`;
    return commandError("TimeoutError", "ETIMEDOUT", message, outcome);
  }
  if (outcome.exitCode === 0) return undefined;
  const how = outcome.signal === undefined ? `exit code ${outcome.exitCode}` : outcome.signal;
  const message = `\`${command}\` failed with ${how}`;
  return commandError("CommandError", "ERR_COMMAND_FAILED", message, outcome);
}

function commandError(name, code, message, { exitCode, stdout, stderr }) {
  const end = tail(stderr) || tail(stdout);
  const error = new Error(end === "" ? message : `${message}\n${end}`);
  return Object.assign(error, { name, code, exitCode, stdout, stderr });
}

/** Gives the last lines of a text. */
function tail(text) {
  const lines = text.trimEnd().split("\n").slice(-TAIL_LINES);
  const end = lines.join("\n").slice(-TAIL_LENGTH);
  return end.trim() === "" ? "" : end;
}

function shown(command) {
  return typeof command === "string" ? command : command.join(" ");
}

// --------------------------------------------------------------------------------- Files

async function readFile(host, path, options = {}) {
  const where = "host.readFile";
  checkNames(where, "the options", options, ["encoding"]);
  const encoding = options.encoding ?? "utf8";
  if (encoding !== "utf8" && encoding !== "bytes") {
    throw wrong(where, "`encoding`", encoding, '"utf8" or "bytes"');
  }
  const payload = { path: resolved(host, where, "the path", path) };
  if (encoding === "utf8") {
    return operation(host, "file.read", { ...payload, encoding });
  }
  const data = await operation(host, "file.read", { ...payload, encoding: "base64" });
  return globalThis.__rigkit.base64Decode(data);
}

async function writeFile(host, path, data, options = {}) {
  const where = "host.writeFile";
  checkNames(where, "the options", options, ["append", "mode"]);
  await operation(host, "file.write", {
    path: resolved(host, where, "the path", path),
    ...contents(where, "the data", data),
    ...given({
      append: optional(where, "append", options.append, boolean),
      mode: optional(where, "mode", options.mode, permissions),
    }),
  });
}

async function remove(host, path, options = {}) {
  const where = "host.remove";
  checkNames(where, "the options", options, ["recursive"]);
  const recursive = optional(where, "recursive", options.recursive, boolean);
  return atPath(host, "remove", path, { force: true, ...given({ recursive }) });
}

async function transfer(host, name, from, to, options = {}) {
  const where = `host.${name}`;
  checkNames(where, "the options", options, ["overwrite"]);
  await operation(host, `file.${name}`, {
    from: resolved(host, where, "the path to take", from),
    to: resolved(host, where, "the path to give", to),
    ...given({ overwrite: optional(where, "overwrite", options.overwrite, boolean) }),
  });
}

async function search(host, name, member, patterns, options = {}) {
  const where = `host.${name}`;
  checkNames(where, "the options", options, GLOB_NAMES);
  const cwd = optional(where, "cwd", options.cwd, nonEmptyString);
  return operation(host, `file.${name}`, {
    [member]: paths(where, "the pattern", patterns),
    ...given({
      cwd: cwd === undefined ? host.defaults.cwd : within(host.defaults.cwd, cwd),
      ignore: optional(where, "ignore", options.ignore, paths),
      dot: optional(where, "dot", options.dot, boolean),
    }),
  });
}

/** Performs an operation that takes one path. */
async function atPath(host, name, path, more = {}) {
  const payload = { path: resolved(host, `host.${name}`, "the path", path), ...more };
  return (await operation(host, `file.${name}`, payload)) ?? undefined;
}

// --------------------------------------------------------------------------- The engine

/** Asks the engine, in the name of the handler the runtime was made for. */
function operation({ caller }, name, payload, onProgress) {
  return globalThis.__rigkit.operation(name, payload, given({ ...caller, onProgress }));
}

function resolved(host, where, what, path) {
  return within(host.defaults.cwd, nonEmptyString(where, what, path));
}

/** Gives a path as it is from the project, if it is meant from `cwd`. */
function within(cwd, path) {
  return cwd === undefined || isAbsolute(path) ? path : `${cwd.replace(/\/+$/, "")}/${path}`;
}

function isAbsolute(path) {
  return /^([/\\]|[A-Za-z]:[/\\])/.test(path);
}

/** Leaves out what was not given. */
function given(members) {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

// ---------------------------------------------------------------------------- Arguments

function checkNames(where, what, options, known) {
  if (!isRecord(options)) {
    throw wrong(where, what, options, "an object");
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`${where}: there is no option \`${unknown}\`; there are ${known.join(", ")}`);
  }
}

function optional(where, name, value, check) {
  return value === undefined ? undefined : check(where, `\`${name}\``, value);
}

function nonEmptyString(where, what, value) {
  if (typeof value === "string" && value !== "") return value;
  throw wrong(where, what, value, "a string that is not empty");
}

function boolean(where, what, value) {
  if (typeof value === "boolean") return value;
  throw wrong(where, what, value, "a boolean");
}

function duration(where, what, value) {
  if (Number.isFinite(value) && value > 0) return value;
  throw wrong(where, what, value, "a positive number of milliseconds");
}

function permissions(where, what, value) {
  if (Number.isInteger(value) && value >= 0 && value <= 0o7777) return value;
  throw wrong(where, what, value, "permission bits such as 0o755");
}

function paths(where, what, value) {
  if (typeof value === "string" && value !== "") return value;
  if (isStringList(value) && !value.includes("")) return [...value];
  throw wrong(where, what, value, "a string or a list of strings, none of them empty");
}

/** Gives variables as the engine takes them, where null removes one. */
function environment(where, what, value) {
  if (!isRecord(value)) {
    throw wrong(where, what, value, "an object of strings");
  }
  const variables = Object.entries(value).map(([name, given]) => {
    // A secret is read when it is used.
    const text = given?.kind === "rigkit.env" ? given() : given;
    if (text !== undefined && typeof text !== "string") {
      throw wrong(where, `the variable \`${name}\` in ${what}`, text, "a string");
    }
    return [name, text ?? null];
  });
  return Object.fromEntries(variables);
}

function input(where, what, value) {
  const { data, encoding } = contents(where, what, value);
  return { stdin: data, stdinEncoding: encoding };
}

function contents(where, what, value) {
  if (typeof value === "string") return { data: value, encoding: "utf8" };
  if (value instanceof Uint8Array) {
    return { data: globalThis.__rigkit.base64Encode(value), encoding: "base64" };
  }
  throw wrong(where, what, value, "a string or a Uint8Array");
}

function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStringList(value) {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function wrong(where, what, value, expected) {
  return new TypeError(`${where}: ${what} must be ${expected}, not ${kindOf(value)}`);
}

/** Says what a value is without giving away what a secret may be in. */
function kindOf(value) {
  if (value === "") return "an empty string";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (value === null || typeof value === "undefined" || typeof value === "number") return `${value}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
