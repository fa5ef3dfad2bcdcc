/** Which names a workspace can have. The engine has the last word; this saves the way to it. */

import { l10n } from "vscode";

/** Says what is wrong with a name, if anything is. */
export function nameProblem(name: string, taken: readonly string[]): string | undefined {
  if (name === "") {
    return l10n.t("A name is needed.");
  }
  if (/^[-.]/.test(name)) {
    return l10n.t("A name cannot start with `-` or `.`.");
  }
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    return l10n.t("A name has letters, digits, `.`, `_` and `-` only.");
  }
  return taken.includes(name) ? l10n.t("There is a workspace `{0}` already.", name) : undefined;
}

/** Gives the name that is proposed: the first of `dev`, `dev-2`, `dev-3`, … that is not taken. */
export function freeName(taken: readonly string[]): string {
  let name = "dev";
  for (let number = 2; taken.includes(name); number += 1) {
    name = `dev-${number}`;
  }
  return name;
}
