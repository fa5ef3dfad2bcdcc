/** Asks a person what a run wants to know, such as with `local.prompt`. */

import { l10n } from "vscode";
import type { PromptAnswer, PromptParams } from "../protocol";
import { pick, type as typeText } from "../show/pick";

/** Asks, and gives the answer; `null` where the person gave up. */
export async function ask(question: PromptParams): Promise<PromptAnswer> {
  switch (question.kind) {
    case "text":
      return await askForText(question);
    case "select":
      return await select(
        question.message,
        question.options.map((option, value) => ({ ...option, value })),
      );
    case "confirm":
      return await confirm(question.message, question.defaultValue ?? true);
  }
}

/** An answer that is wrong stays there to be mended, with what is wrong with it. */
async function askForText(
  question: Extract<PromptParams, { kind: "text" }>,
): Promise<string | null> {
  const { message, problem, defaultValue, placeholder, secret } = question;
  const typed = await typeText({
    title: message,
    prompt: problem ?? message,
    ...(defaultValue !== undefined && { value: defaultValue }),
    ...(placeholder !== undefined && { placeHolder: placeholder }),
    password: secret,
    ignoreFocusOut: true,
    judge: (text) => (problem !== undefined && text === defaultValue ? problem : undefined),
  });
  return typed ?? null;
}

async function confirm(message: string, first: boolean): Promise<boolean | null> {
  const item = (value: boolean): { label: string; value: boolean } => ({
    label: value ? l10n.t("Yes") : l10n.t("No"),
    value,
  });
  return await select(message, [item(first), item(!first)]);
}

async function select<T>(
  placeHolder: string,
  items: readonly { label: string; description?: string; value: T }[],
): Promise<T | null> {
  const picked = await pick(items, { placeHolder, ignoreFocusOut: true });
  return picked ?? null;
}
