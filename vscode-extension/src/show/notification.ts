/** Tells a person something, in a message that shows every text as it is. */

import { window } from "vscode";
import { message } from "./text";

/** Tells something; gives the action that was chosen. */
export async function tell(text: string, ...actions: string[]): Promise<string | undefined> {
  return await window.showInformationMessage(message(text), ...actions);
}

/** Warns of something; gives the action that was chosen. */
export async function warn(text: string, ...actions: string[]): Promise<string | undefined> {
  return await window.showWarningMessage(message(text), ...actions);
}

/** Tells that something failed; gives the action that was chosen. */
export async function fail(text: string, ...actions: string[]): Promise<string | undefined> {
  return await window.showErrorMessage(message(text), ...actions);
}

/** Asks whether something is wanted; gives whether the action was chosen. */
export async function confirm(text: string, detail: string, action: string): Promise<boolean> {
  const options = { modal: true, detail: message(detail) };
  return (await window.showWarningMessage(message(text), options, action)) === action;
}
