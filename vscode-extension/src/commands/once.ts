/** Commands that are carried out once at a time: a second click shows what the first one does. */

import { l10n } from "vscode";
import type { App } from "../app";
import type { CommandArguments } from "../protocol";
import { showRunning } from "./run";

type Handler = (app: App, target: CommandArguments) => Promise<void>;

/** Makes a command that is not begun again on the same thing before it is over. */
export function once(handler: Handler): Handler {
  const begun = new Set<string>();
  return async (app, target) => {
    const what = JSON.stringify(target, Object.keys(target).sort());
    if (begun.has(what)) {
      showRunning(app, l10n.t("This runs already."));
      return;
    }
    begun.add(what);
    try {
      await handler(app, target);
    } finally {
      begun.delete(what);
    }
  };
}
