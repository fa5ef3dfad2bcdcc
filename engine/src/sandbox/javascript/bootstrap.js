// Prepares a fresh context: the object through which built-in modules and the engine talk.
(() => {
  "use strict";
  const rigkit = globalThis.__rigkit;

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

  // Replaces halves of surrogate pairs, whatever the project makes of `String.prototype`.
  const { apply } = Reflect;
  const { toWellFormed } = String.prototype;
  rigkit.wellFormed = (text) => apply(toWellFormed, text, []);

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
