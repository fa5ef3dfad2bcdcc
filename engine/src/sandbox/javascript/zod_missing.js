
function zodMissing() {
  throw new Error("`z` is the project's own zod, and none is installed: npm install zod");
}

export const z = new Proxy(zodMissing, { get: zodMissing, construct: zodMissing });
