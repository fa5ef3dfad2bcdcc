/** The icons of the view: codicons in colours of the theme. */

import { ThemeColor, ThemeIcon } from "vscode";

const ICONS = {
  project: ["root-folder"],
  problem: ["error", "list.errorForeground"],
  workflow: ["type-hierarchy"],
  cached: ["pass", "testing.iconPassed"],
  pending: ["circle-filled", "list.warningForeground"],
  conditional: ["circle-outline", "list.warningForeground"],
  running: ["loading~spin", "progressBar.background"],
  failed: ["error", "testing.iconFailed"],
  unknown: ["question", "disabledForeground"],
  workspaces: ["multiple-windows"],
  workspace: ["vm"],
  behind: ["vm-outline", "list.warningForeground"],
  incomplete: ["warning", "list.warningForeground"],
  operations: ["tools"],
  operation: ["symbol-event"],
} as const satisfies Record<string, readonly [string, string?]>;

/** The name of an icon. */
export type IconName = keyof typeof ICONS;

/** Gives an icon. */
export function icon(name: IconName): ThemeIcon {
  const [id, color] = ICONS[name];
  return new ThemeIcon(id, color === undefined ? undefined : new ThemeColor(color));
}
