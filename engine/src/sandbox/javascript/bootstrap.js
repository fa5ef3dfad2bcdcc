// Prepares a fresh context: the object through which built-in modules and the engine talk.
(() => {
  "use strict";
  let pendingSite;
  const rigkit = globalThis.__rigkit;

  // Call sites are numbered a module; the number that reaches the engine names both.
  const SITES_PER_MODULE = 16777216;

  rigkit.siteMarker = (module) => (ordinal, argument) => {
    pendingSite = module * SITES_PER_MODULE + ordinal;
    return argument;
  };

  // A call from a package is not marked: its stack leads to the project's own call.
  rigkit.takeSite = () => {
    const site = pendingSite;
    pendingSite = undefined;
    return site === undefined ? new Error().stack : site;
  };

  // Values that the engine names: handlers, providers, schemas. A value has one number.
  const values = [];
  const numbers = new Map();

  rigkit.keep = (value) => {
    const known = numbers.get(value);
    if (known !== undefined) return known;
    numbers.set(value, values.length);
    return values.push(value) - 1;
  };

  rigkit.kept = (number) => values[number];

  // What is larger than this is cut off there.
  const LARGEST_STRUCTURE = 20000;

  // Lists everything an object holds, at any depth, as texts that are alike for objects that
  // are built alike; the functions among it are given as they are.
  rigkit.structure = (root) => {
    const texts = [];
    const functions = [];
    const seen = new Map();
    const queue = [["", root]];
    for (let next = 0; next < queue.length && next < LARGEST_STRUCTURE; next += 1) {
      const [path, value] = queue[next];
      texts.push(`${path} ${describe(value, path)}`);
    }
    return [texts, functions];

    function describe(value, path) {
      const isObject = typeof value === "object" && value !== null;
      if (!isObject && typeof value !== "function") return `${typeof value} ${String(value)}`;
      if (seen.has(value)) return `as ${seen.get(value)}`;
      seen.set(value, path);
      if (typeof value === "function") return `function ${functions.push(value)}`;
      const own = value instanceof Map || value instanceof Set ? [...value] : value;
      for (const key of Object.keys(own).sort()) queue.push([`${path}/${key}`, read(own, key)]);
      const isPrintable = value instanceof RegExp || value instanceof Date;
      return isPrintable ? String(value) : Object.prototype.toString.call(value);
    }
  };

  function read(object, key) {
    try {
      return object[key];
    } catch (error) {
      return `throws ${error}`;
    }
  }

  // Calls every function in a configuration, at any depth, and awaits what it gives.
  rigkit.resolveConfig = async (value) => {
    if (typeof value === "function") return rigkit.resolveConfig(await value());
    if (Array.isArray(value)) return Promise.all(value.map(rigkit.resolveConfig));
    const prototype = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
    if (prototype !== Object.prototype && prototype !== null) return value;
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    const resolved = await Promise.all(
      entries.map(async ([key, member]) => [key, await rigkit.resolveConfig(member)]),
    );
    return Object.fromEntries(resolved);
  };

  // Completes a provider definition that leaves its plugin to another one.
  rigkit.withPlugin = (definition, plugin) => ({ ...definition, plugin });

  // Libraries give the JSON Schema of a schema in different ways.
  rigkit.standardJsonSchema = (schema) => {
    const standard = schema["~standard"];
    if (typeof standard?.jsonSchema?.input === "function") {
      return standard.jsonSchema.input({ target: "draft-2020-12" });
    }
    if (typeof schema.toJSONSchema === "function") return schema.toJSONSchema({ io: "input" });
    if (typeof schema.toJsonSchema === "function") return schema.toJsonSchema();
    return undefined;
  };
})();
