/** Asks a person for the input of an operation, one thing after another. */

import { l10n, ThemeIcon } from "vscode";
import type { Json, WorkspaceSummary } from "../protocol";
import { pick as pickOne, type as typeText, type Item } from "../show/pick";
import { read, written } from "./answer";
import { promptsOf, type Prompt } from "./prompt";

/** What came of a question: a value, the wish to leave it out, or that the person gave up. */
type Reply = { kind: "value"; value: Json } | { kind: "leftOut" } | { kind: "givenUp" };

/** A question with its place among the others. */
interface Step {
  prompt: Prompt;
  title: string;
}

/** Asks for the input of an operation; gives nothing where the person gave up. */
export async function askForInput(
  operation: string,
  schema: Json,
  workspaces: readonly WorkspaceSummary[],
): Promise<Record<string, Json> | undefined> {
  const prompts = promptsOf(schema);
  const input: Record<string, Json> = {};
  for (const [index, prompt] of prompts.entries()) {
    const title = `${operation} (${index + 1}/${prompts.length})`;
    const reply = await ask({ prompt, title }, workspaces);
    if (reply.kind === "givenUp") {
      return undefined;
    }
    if (reply.kind === "value") {
      input[prompt.name] = reply.value;
    }
  }
  return input;
}

function ask(step: Step, workspaces: readonly WorkspaceSummary[]): Promise<Reply> {
  const { answer } = step.prompt;
  switch (answer.kind) {
    case "choice":
      return pick(step, answer.values);
    case "workspace":
      return pick(
        step,
        workspaces.map((workspace) => workspace.name),
      );
    case "text":
    case "number":
    case "list":
    case "json":
      return type(step);
  }
}

async function pick({ prompt, title }: Step, values: readonly Json[]): Promise<Reply> {
  const items = values.map((value) => choice(value, prompt.fallback));
  items.sort((left, right) => Number(right.isFallback) - Number(left.isFallback));
  const leftOut: Item<Reply> = {
    label: l10n.t("Leave out"),
    iconPath: new ThemeIcon("dash"),
    value: { kind: "leftOut" },
  };
  const offered = prompt.isRequired || prompt.fallback !== undefined ? items : [...items, leftOut];
  const reply = await pickOne<Reply>(offered, {
    title,
    placeHolder: placeholder(prompt),
    ignoreFocusOut: true,
  });
  return reply ?? { kind: "givenUp" };
}

function choice(value: Json, fallback: Json | undefined): Item<Reply> & { isFallback: boolean } {
  const isFallback = value === fallback;
  return {
    label: typeof value === "string" ? value : JSON.stringify(value),
    ...(isFallback && { description: l10n.t("default") }),
    value: { kind: "value", value },
    isFallback,
  };
}

async function type({ prompt, title }: Step): Promise<Reply> {
  const { fallback } = prompt;
  const typed = await typeText({
    title,
    prompt: placeholder(prompt),
    value: fallback === undefined ? "" : shownDefault(prompt, fallback),
    ignoreFocusOut: true,
    judge: (text) => {
      const reading = read(prompt, text);
      return reading.kind === "wrong" ? reading.message : undefined;
    },
  });
  if (typed === undefined) {
    return { kind: "givenUp" };
  }
  const reading = read(prompt, typed);
  return reading.kind === "wrong" ? { kind: "givenUp" } : reading;
}

/** Lists are typed with commas, everything else that has members as JSON. */
function shownDefault({ answer }: Prompt, fallback: Json): string {
  const isJson = answer.kind === "json" && typeof fallback !== "string";
  return isJson ? JSON.stringify(fallback) : written(fallback);
}

function placeholder(prompt: Prompt): string {
  const head = prompt.description ?? prompt.title;
  const named = head === prompt.name ? head : `${prompt.name}: ${head}`;
  const hint = prompt.answer.kind === "list" ? l10n.t("{0}, with commas", named) : named;
  return prompt.isRequired ? hint : l10n.t("{0} (optional)", hint);
}
