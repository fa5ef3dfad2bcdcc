// The module `@rigkit/sdk`: builders that note what was written and where. They refuse
// nothing; the engine judges the finished definition and can report all that is wrong
// with it at once.

const { takeSite } = globalThis.__rigkit;

const NODE_KIND = "rigkit.workflow-node";

/** Is one thing that was added to a sequence; the newest links to those before it. */
function entry(previous, type, value, site) {
  return { previous, type, value, site };
}

/** Gives the entries of a sequence in the order they were added. */
function entriesOf(last) {
  const entries = [];
  for (let current = last; current !== undefined; current = current.previous) entries.push(current);
  return entries.reverse();
}

function valuesOf(last, type) {
  return entriesOf(last)
    .filter((item) => item.type === type)
    .map((item) => item.value);
}

/** Tells `task(id, handler)` from `task(id, options, handler)`. */
function taskNode(workflow, name, second, third, site) {
  const isShort = third === undefined && typeof second === "function";
  return {
    kind: NODE_KIND,
    nodeKind: "task",
    name,
    workflow,
    options: isShort ? undefined : second,
    handler: isShort ? second : third,
    site,
  };
}

function parallelNode(workflow, branches, site) {
  return { kind: NODE_KIND, nodeKind: "parallel", name: "parallel", workflow, branches, site };
}

class Sequence {
  constructor(workflow, name, last, site) {
    this.kind = NODE_KIND;
    this.nodeKind = "sequence";
    this.name = name;
    this.workflow = workflow;
    this.site = site;
    Object.defineProperty(this, "last", { value: last });
  }

  get children() {
    return valuesOf(this.last, "node");
  }

  get workspaceDefinition() {
    return valuesOf(this.last, "workspace").at(-1);
  }

  get operations() {
    return valuesOf(this.last, "operation");
  }

  get workspaceOperations() {
    return valuesOf(this.last, "workspaceOperation");
  }

  task(name, second, third) {
    const site = takeSite();
    return extend(this, "node", taskNode(this.workflow, name, second, third, site), site);
  }

  step(name, second, third) {
    return this.task(name, second, third);
  }

  sequence(name) {
    return new Sequence(this.workflow, name, undefined, takeSite());
  }

  add(node) {
    return extend(this, "node", node, takeSite());
  }

  parallel(branches) {
    const site = takeSite();
    return extend(this, "node", parallelNode(this.workflow, branches, site), site);
  }

  addProvider(name, provider) {
    return extend(this, "addProvider", { name, provider }, takeSite());
  }

  removeProvider(name) {
    return extend(this, "removeProvider", { name }, takeSite());
  }

  configure(config) {
    return extend(this, "configure", config, takeSite());
  }

  workspace(definition) {
    return extend(this, "workspace", definition, takeSite());
  }

  operation(id, definition) {
    return extend(this, "operation", operationOf(id, definition), takeSite());
  }

  workspaceOperation(id, definition) {
    return extend(this, "workspaceOperation", operationOf(id, definition), takeSite());
  }
}

function extend(sequence, type, value, site) {
  const { workflow, name, last } = sequence;
  return new Sequence(workflow, name, entry(last, type, value, site), sequence.site);
}

function operationOf(id, definition) {
  const isObject = typeof definition === "object" && definition !== null;
  return isObject ? { ...definition, id, input: inputOf(definition.input) } : { id, definition };
}

/** Describes the fields of an input that is written with the field builder. */
const fields = {
  string: (options = {}) => ({ ...options, kind: "string" }),
  number: (options = {}) => ({ ...options, kind: "number" }),
  boolean: (options = {}) => ({ ...options, kind: "boolean" }),
};

class FieldInput {
  constructor(list) {
    this.kind = "rigkit.operation-input";
    this.fields = list;
  }

  extend(shape) {
    const added = Object.entries(shape).map(([name, field]) => {
      const one = restAlone(field) ?? field;
      return { ...one, name: one.name ?? name };
    });
    return new FieldInput([...this.fields, ...added]);
  }

  rest(name, options) {
    return new FieldInput([...this.fields, restField(name, options)]);
  }
}

/** Gives the rest of the command line as one of several fields, named as they are. */
function restAlone(field) {
  const isRest = field instanceof FieldInput && field.fields.length === 1 && field.fields[0].kind === "rest";
  return isRest ? { ...field.fields[0], name: undefined } : undefined;
}

const restField = (name = "args", options = {}) => ({ ...options, kind: "rest", name });

const inputBuilder = {
  ...fields,
  input: (shape = {}) => new FieldInput([]).extend(shape),
  extend: (shape = {}) => new FieldInput([]).extend(shape),
  rest: (name, options) => new FieldInput([restField(name, options)]),
  workspaceInput: ({ name = "workspace", ...rest } = {}) =>
    new FieldInput([{ position: 0, ...rest, kind: "workspace", name }]),
};

function inputOf(input) {
  const isSchema = typeof input !== "function" || "~standard" in input;
  if (isSchema) return input;
  const built = input(inputBuilder);
  const isRecord = typeof built === "object" && built !== null && !(built instanceof FieldInput) && !("~standard" in built);
  return isRecord ? new FieldInput([]).extend(built) : built;
}

export function workflow(name, options) {
  const site = takeSite();
  const definition = { kind: "rigkit.workflow", name, providers: options?.providers ?? {}, site };
  definition.sequence = (sequenceName) => new Sequence(definition, sequenceName, undefined, takeSite());
  definition.task = (taskName, second, third) => taskNode(definition, taskName, second, third, takeSite());
  definition.step = definition.task;
  return definition;
}

export function sequence(name) {
  const site = takeSite();
  const definition = workflow(name);
  definition.site = site;
  return new Sequence(definition, name, undefined, site);
}

export function task(name, second, third) {
  return taskNode(undefined, name, second, third, takeSite());
}

export const step = task;

export function defineConfig(config) {
  const site = takeSite();
  return { ...config, kind: "rigkit.config", providers: config?.providers ?? {}, workflows: config?.workflows, site };
}

export function defineProvider(providerId, config, plugin) {
  return { kind: "rigkit.provider", providerId, config: config ?? {}, plugin, site: takeSite() };
}

/** Makes a secret known before anybody uses it, and where it is declared if its value is a weak one. */
function noteSecret(name, fallback) {
  if (globalThis.__rigkit.noteSecret(name, fallback)) globalThis.__rigkit.placeSecret(name, new Error().stack);
}

/**
 * Makes a secret, which is read from the environment when it is used: by calling it, as text, or
 * as JSON.
 */
function secret(name, fallback) {
  noteSecret(name, fallback);
  const read = () => globalThis.__rigkit.readVariable(name, fallback, true);
  return Object.assign(read, {
    kind: "rigkit.env",
    variable: name,
    secret: true,
    fallback,
    toString: read,
    toJSON: read,
    [Symbol.toPrimitive]: read,
  });
}

/** Reads a variable of the environment. */
export const env = Object.assign((name, fallback) => globalThis.__rigkit.readVariable(name, fallback, false), {
  secret,
});

// Whoever has one of these can read any variable.
globalThis.__rigkit.environmentValues.push(env, secret);
