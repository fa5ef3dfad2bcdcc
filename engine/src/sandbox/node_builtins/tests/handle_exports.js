import * as namespace from "node:MODULE";
import whole from "node:MODULE";

async function handle(value) {
  const text = `${typeof value === "symbol" ? "" : value}${typeof value}`;
  const awaited = await value;
  if (!Object.is(awaited, value)) throw new Error(`awaiting changes ${text}`);
  JSON.stringify([value]);
  console.log(value, "%s %o %d", value);
  if (typeof value === "function" && value.prototype) {
    if (Object(1) instanceof value) throw new Error(`${text} has instances`);
    (class extends value {}).name;
  }
  for (const key of Object.keys(Object(value))) Object(value)[key];
}

for (const value of [namespace, ...Object.values(namespace), whole]) {
  if (value !== namespace) await handle(value);
}
for (const [name, value] of Object.entries(namespace)) {
  const isReachable = name === "default" || name === "name" || name === "prototype";
  if (!isReachable && whole[name] !== value) throw new Error(`default.${name} differs`);
}
globalThis.result = "handled";
