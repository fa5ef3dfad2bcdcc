/** What a person is asked for the input of an operation, made from its JSON Schema. */

import type { Json } from "../protocol";

/** The `format` by which a schema says that a text is the name of a workspace. */
const WORKSPACE_FORMAT = "rigkit-workspace";

/** What is asked for one property of the input. */
export interface Prompt {
  name: string;
  title: string;
  description: string | undefined;
  isRequired: boolean;
  /** What it is when nothing is given. */
  fallback: Json | undefined;
  answer: Answer;
}

/** What an answer may be. */
export type Answer =
  | { kind: "choice"; values: Json[] }
  | { kind: "workspace" }
  | ({ kind: "text" } & TextRules)
  | ({ kind: "number"; isInteger: boolean } & NumberRules)
  /** Several of one kind, with commas between them. */
  | { kind: "list"; element: Answer }
  /** Anything that has no simpler form, written as JSON. */
  | { kind: "json"; type: JsonType | undefined };

/** What a text has to be like. */
export interface TextRules {
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
}

/** What a number has to be like. */
export interface NumberRules {
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
}

/** The kinds of values that are written as JSON. */
export type JsonType = "array" | "object" | "null";

type Schema = Record<string, Json>;

/** Lists what is to be asked: what is required first, each in the order of the schema. */
export function promptsOf(schema: Json): Prompt[] {
  const { properties, required } = asSchema(schema);
  const names = Array.isArray(required) ? required : [];
  const prompts = Object.entries(asSchema(properties)).map(([name, property]) =>
    promptOf(name, asSchema(property), names.includes(name)),
  );
  return [
    ...prompts.filter((prompt) => prompt.isRequired),
    ...prompts.filter((prompt) => !prompt.isRequired),
  ];
}

function promptOf(name: string, schema: Schema, isListed: boolean): Prompt {
  const fallback = schema["default"];
  return {
    name,
    title: text(schema["title"]) ?? name,
    description: text(schema["description"]),
    isRequired: isListed && fallback === undefined,
    fallback,
    answer: answerOf(schema),
  };
}

function answerOf(schema: Schema): Answer {
  if (schema["const"] !== undefined) {
    return { kind: "choice", values: [schema["const"]] };
  }
  const alternatives = schema["anyOf"] ?? schema["oneOf"];
  const values = schema["enum"] ?? constants(alternatives);
  if (Array.isArray(values)) {
    return { kind: "choice", values };
  }
  const only = onlyAlternative(alternatives);
  if (only !== undefined) {
    return answerOf(only);
  }
  const type = typeBesideNull(schema["type"]);
  switch (type) {
    case "boolean":
      return { kind: "choice", values: [true, false] };
    case "string":
      return textAnswer(schema);
    case "number":
    case "integer":
      return { kind: "number", isInteger: type === "integer", ...numberRules(schema) };
    case "array":
      return listAnswer(schema);
    case "object":
    case "null":
      return { kind: "json", type };
    default:
      return { kind: "json", type: undefined };
  }
}

/** A list of what can be typed without commas is typed with commas between its elements. */
function listAnswer(schema: Schema): Answer {
  const element = answerOf(asSchema(schema["items"]));
  const isTyped = element.kind === "text" || element.kind === "number" || element.kind === "choice";
  return isTyped ? { kind: "list", element } : { kind: "json", type: "array" };
}

function textAnswer(schema: Schema): Answer {
  if (schema["format"] === WORKSPACE_FORMAT) {
    return { kind: "workspace" };
  }
  return {
    kind: "text",
    ...numeric("minLength", schema),
    ...numeric("maxLength", schema),
    ...textual("pattern", schema),
    ...textual("format", schema),
  };
}

function numberRules(schema: Schema): NumberRules {
  return {
    ...numeric("minimum", schema),
    ...numeric("maximum", schema),
    ...numeric("exclusiveMinimum", schema),
    ...numeric("exclusiveMaximum", schema),
    ...numeric("multipleOf", schema),
  };
}

/** Gives the one alternative beside `null`, if there is one only. */
function onlyAlternative(alternatives: Json | undefined): Schema | undefined {
  const schemas = Array.isArray(alternatives) ? alternatives.map(asSchema) : [];
  const others = schemas.filter((schema) => schema["type"] !== "null");
  return others.length === 1 ? others[0] : undefined;
}

function typeBesideNull(type: Json | undefined): Json | undefined {
  return Array.isArray(type) ? type.find((name) => name !== "null") : type;
}

/** Gives the values of alternatives that are constants, all of them. */
function constants(alternatives: Json | undefined): Json[] | undefined {
  if (!Array.isArray(alternatives)) {
    return undefined;
  }
  const values = alternatives.map((alternative) => asSchema(alternative)["const"]);
  return values.every((value) => value !== undefined) ? values : undefined;
}

function numeric<K extends string>(name: K, schema: Schema): Partial<Record<K, number>> {
  const value = schema[name];
  return typeof value === "number" ? ({ [name]: value } as Record<K, number>) : {};
}

function textual<K extends string>(name: K, schema: Schema): Partial<Record<K, string>> {
  const value = text(schema[name]);
  return value === undefined ? {} : ({ [name]: value } as Record<K, string>);
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function asSchema(value: Json | undefined): Schema {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? value : {};
}
