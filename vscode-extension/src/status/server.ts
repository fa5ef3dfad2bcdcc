/** Shows the health of the server in the language status, and as a context key. */

import {
  commands,
  l10n,
  languages,
  LanguageStatusSeverity,
  type Command,
  type Disposable,
  type LanguageStatusItem,
} from "vscode";
import { describe } from "../server/problem";
import type { Server } from "../server/server";
import type { ServerState } from "../server/state";
import { label } from "../show/text";

const SHOWN_AT = [{ language: "typescript", pattern: "**/{rig.config.ts,rigkit/**/*.ts}" }];

/** Keeps the item up to date. */
export function showServerStatus(server: Server): Pick<Disposable, "dispose">[] {
  const item = languages.createLanguageStatusItem("rigkit.server", SHOWN_AT);
  item.name = l10n.t("Rigkit language server");
  const show = (state: ServerState): void => {
    write(item, state);
    void commands.executeCommand("setContext", "rigkit.server", contextOf(state));
  };
  show(server.state);
  return [item, server.onDidChange(show)];
}

function write(item: LanguageStatusItem, state: ServerState): void {
  item.busy = state.kind === "starting" || state.kind === "pausing";
  item.severity = severity(state);
  item.text = label(text(state));
  item.detail = label("problem" in state ? describe(state.problem) : detail(state));
  item.command = command(state);
}

function text(state: ServerState): string {
  switch (state.kind) {
    case "running":
      return `rig ${state.version}`;
    case "starting":
      return l10n.t("rig is starting");
    case "pausing":
      return l10n.t("rig ended and is started again");
    case "unresponsive":
      return l10n.t("rig does not answer");
    case "failed":
      return l10n.t("rig is not running");
    case "stopped":
      return l10n.t("rig is stopped");
  }
}

function detail(state: ServerState): string {
  return state.kind === "running" ? state.path : "";
}

function severity(state: ServerState): LanguageStatusSeverity {
  switch (state.kind) {
    case "failed":
      return LanguageStatusSeverity.Error;
    case "unresponsive":
    case "pausing":
      return LanguageStatusSeverity.Warning;
    case "running":
    case "starting":
    case "stopped":
      return LanguageStatusSeverity.Information;
  }
}

function command(state: ServerState): Command {
  return state.kind === "running"
    ? { command: "rigkit.showServerLog", title: l10n.t("Show Log") }
    : { command: "rigkit.restartServer", title: l10n.t("Restart") };
}

/** What the view's welcome goes by. */
function contextOf(state: ServerState): "running" | "starting" | "failed" {
  switch (state.kind) {
    case "running":
    case "unresponsive":
      return "running";
    case "starting":
    case "pausing":
      return "starting";
    case "failed":
    case "stopped":
      return "failed";
  }
}
