/** Lets a person pick or type something, and shows every text as it is. */

import { window, type InputBoxOptions, type QuickPickItem, type QuickPickOptions } from "vscode";
import { label, line, message } from "./text";

/** An item that is not shown as it is, but as the text that it is. */
export type Item<T> = QuickPickItem & { value: T };

/** Lets a person pick one of several things. */
export async function pick<T>(
  items: readonly Item<T>[],
  { title, placeHolder, ...options }: QuickPickOptions,
): Promise<T | undefined> {
  const shown = items.map((item) => ({
    ...item,
    label: label(item.label),
    ...(item.description !== undefined && { description: label(item.description) }),
  }));
  const picked = await window.showQuickPick(shown, {
    ...options,
    ...(title !== undefined && { title: line(title) }),
    ...(placeHolder !== undefined && { placeHolder: line(placeHolder) }),
  });
  return picked?.value;
}

/** What a person is asked to type. */
export interface Question extends Omit<InputBoxOptions, "validateInput"> {
  title: string;
  prompt: string;
  /** Says what is wrong with an answer. */
  judge: (answer: string) => string | undefined;
}

/** Lets a person type something. */
export async function type({
  title,
  prompt,
  judge,
  ...options
}: Question): Promise<string | undefined> {
  return await window.showInputBox({
    ...options,
    title: line(title),
    prompt: message(prompt),
    validateInput: (answer) => {
      const problem = judge(answer);
      return problem === undefined ? undefined : message(problem);
    },
  });
}
