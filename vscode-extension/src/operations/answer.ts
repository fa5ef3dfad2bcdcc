/** Reads what a person typed as an answer, or says what is wrong with it. */

import { l10n } from "vscode";
import type { Json } from "../protocol";
import type { Answer, JsonType, NumberRules, Prompt, TextRules } from "./prompt";

/** What was typed: a value, nothing at all, or something that cannot be. */
export type Reading =
  { kind: "value"; value: Json } | { kind: "leftOut" } | { kind: "wrong"; message: string };

/** Reads what was typed for a prompt that is answered by typing. */
export function read(prompt: Prompt, typed: string): Reading {
  if (typed === "" && !prompt.isRequired) {
    return { kind: "leftOut" };
  }
  switch (prompt.answer.kind) {
    case "text":
      return judged(typed, textProblem(typed, prompt.answer));
    case "number":
      return readNumber(typed, prompt.answer);
    case "list":
      return readList(typed, prompt.answer.element);
    case "json":
      return readJson(typed, prompt.answer.type);
    case "choice":
    case "workspace":
      return judged(typed, typed === "" ? l10n.t("A value is needed.") : undefined);
  }
}

/** Reads what was typed with commas between the elements; nothing at all is no element. */
function readList(typed: string, element: Answer): Reading {
  const parts = typed.split(",").map((part) => part.trim());
  const readings = typed.trim() === "" ? [] : parts.map((part) => readElement(part, element));
  const wrong = readings.find((reading) => reading.kind === "wrong");
  const values = readings.flatMap((reading) => (reading.kind === "value" ? [reading.value] : []));
  return wrong ?? { kind: "value", value: values };
}

function readElement(typed: string, answer: Answer): Reading {
  if (answer.kind === "choice") {
    const value = answer.values.find((choice) => written(choice) === typed);
    const known = answer.values.map(written).join(", ");
    return value === undefined
      ? { kind: "wrong", message: l10n.t("`{0}` is none of: {1}", typed, known) }
      : { kind: "value", value };
  }
  const element = { name: "", title: "", description: undefined, fallback: undefined };
  return read({ ...element, isRequired: true, answer }, typed);
}

/** Writes a value as it is typed. */
export function written(value: Json): string {
  if (Array.isArray(value)) {
    return value.map(written).join(", ");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

function judged(value: Json, message: string | undefined): Reading {
  return message === undefined ? { kind: "value", value } : { kind: "wrong", message };
}

function textProblem(typed: string, rules: TextRules): string | undefined {
  const length = Array.from(typed).length;
  if (rules.minLength !== undefined && length < rules.minLength) {
    return typed === ""
      ? l10n.t("A value is needed.")
      : l10n.t("At least {0} characters are needed.", rules.minLength);
  }
  if (rules.maxLength !== undefined && length > rules.maxLength) {
    return l10n.t("At most {0} characters are allowed.", rules.maxLength);
  }
  if (rules.pattern !== undefined && !matches(typed, rules.pattern)) {
    return l10n.t("It has to match `{0}`.", rules.pattern);
  }
  return rules.format === undefined ? undefined : formatProblem(typed, rules.format);
}

/** The engine judges again; a pattern that this side cannot read is left to it. */
function matches(typed: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, "u").test(typed);
  } catch {
    return true;
  }
}

const FORMATS: Record<string, RegExp> = {
  date: /^\d{4}-\d{2}-\d{2}$/,
  email: /^[^\s@]+@[^\s@]+$/,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
};

function formatProblem(typed: string, format: string): string | undefined {
  const isRight = FORMATS[format]?.test(typed) ?? true;
  return isRight ? undefined : l10n.t("It has to be of the format “{0}”.", format);
}

function readNumber(typed: string, answer: Extract<Answer, { kind: "number" }>): Reading {
  const value = Number(typed);
  if (typed.trim() === "" || !Number.isFinite(value)) {
    return { kind: "wrong", message: l10n.t("It has to be a number.") };
  }
  if (answer.isInteger && !Number.isInteger(value)) {
    return { kind: "wrong", message: l10n.t("It has to be a whole number.") };
  }
  return judged(value, rangeProblem(value, answer));
}

function rangeProblem(value: number, rules: NumberRules): string | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = rules;
  if (minimum !== undefined && value < minimum) {
    return l10n.t("It has to be at least {0}.", minimum);
  }
  if (maximum !== undefined && value > maximum) {
    return l10n.t("It has to be at most {0}.", maximum);
  }
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    return l10n.t("It has to be more than {0}.", exclusiveMinimum);
  }
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) {
    return l10n.t("It has to be less than {0}.", exclusiveMaximum);
  }
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) {
    return l10n.t("It has to be a multiple of {0}.", multipleOf);
  }
  return undefined;
}

/** Compares with room for what binary fractions cannot say, such as 0.3 as a multiple of 0.1. */
function isMultiple(value: number, step: number): boolean {
  const quotient = value / step;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9;
}

function readJson(typed: string, type: JsonType | undefined): Reading {
  let value: Json;
  try {
    value = JSON.parse(typed) as Json;
  } catch (error) {
    const detail = error instanceof Error ? error.message : "";
    return { kind: "wrong", message: l10n.t("It has to be JSON: {0}", detail) };
  }
  const isOfType = type === undefined || typeOf(value) === type;
  return judged(value, isOfType ? undefined : l10n.t("It has to be JSON of the type {0}.", type));
}

function typeOf(value: Json): string {
  if (value === null) {
    return "null";
  }
  return Array.isArray(value) ? "array" : typeof value;
}
