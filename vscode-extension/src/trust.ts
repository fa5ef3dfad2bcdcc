/** Whether code of the workspace may run. */

import { commands, l10n, workspace } from "vscode";
import { warn } from "./show/notification";

/** Says whether code may run, and asks for trust where it may not. */
export async function requireTrust(): Promise<boolean> {
  if (workspace.isTrusted) {
    return true;
  }
  const manage = l10n.t("Manage Workspace Trust");
  const message = l10n.t(
    "This runs code of the workspace, which is not trusted. Until you trust it, Rigkit only analyses its configs.",
  );
  if ((await warn(message, manage)) === manage) {
    await commands.executeCommand("workbench.trust.manage");
  }
  return workspace.isTrusted;
}
