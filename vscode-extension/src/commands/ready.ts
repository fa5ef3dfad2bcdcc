/** Makes sure that there is a server before something is asked of it. */

import { l10n, ProgressLocation, window, type Disposable } from "vscode";
import { describe } from "../server/problem";
import type { Server } from "../server/server";
import type { ServerState } from "../server/state";
import { within } from "../server/timeout";
import { settings } from "../settings";
import { fail } from "../show/notification";
import type { Projects } from "../projects";

/** How long a project may take to be known, in milliseconds. */
const EVALUATION_PATIENCE = 5_000;

/** Waits until the server runs; says why it does not where it does not. */
export async function ready(server: Server): Promise<boolean> {
  if (!isRunning(server)) {
    await window.withProgress(
      { location: ProgressLocation.Window, title: l10n.t("Starting rig") },
      () => within(settings.serverTimeout(), Promise.all([server.start(), settled(server)])),
    );
  }
  if (!isRunning(server)) {
    await tell(server);
  }
  return isRunning(server);
}

function isRunning({ client }: Server): boolean {
  return client !== undefined;
}

/** Waits until something is known of every project, but not for ever. */
export async function known(projects: Projects): Promise<void> {
  await projects.refresh();
  if (!isKnown(projects)) {
    await window.withProgress(
      { location: ProgressLocation.Window, title: l10n.t("Reading configs") },
      () => within(EVALUATION_PATIENCE, evaluated(projects)),
    );
  }
}

function isKnown(projects: Projects): boolean {
  return projects.all.length > 0 && projects.all.every((project) => project.isEvaluated);
}

function evaluated(projects: Projects): Promise<void> {
  return new Promise((resolve) => {
    const listening: Disposable = projects.onDidChange(() => {
      if (isKnown(projects)) {
        listening.dispose();
        resolve();
      }
    });
  });
}

function settled(server: Server): Promise<void> {
  const isSettled = ({ kind }: ServerState): boolean => kind === "running" || kind === "failed";
  if (isSettled(server.state)) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const listening = server.onDidChange((state) => {
      if (isSettled(state)) {
        listening.dispose();
        resolve();
      }
    });
  });
}

async function tell(server: Server): Promise<void> {
  const { state } = server;
  const why = "problem" in state ? describe(state.problem) : l10n.t("rig is not running.");
  const start = l10n.t("Start It");
  if ((await fail(why, start)) === start) {
    await server.restart();
  }
}
