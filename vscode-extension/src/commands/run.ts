/** Has the server carry something out, with progress and a way to end it. */

import { randomUUID } from "node:crypto";
import { l10n, ProgressLocation, window, type CancellationToken, type Progress } from "vscode";
import {
  LSPErrorCodes,
  ResponseError,
  WorkDoneProgress,
  WorkDoneProgressCancelNotification,
  type LanguageClient,
} from "vscode-languageclient/node";
import type { App } from "../app";
import type { AlreadyRunning, CommandArguments, CommandName } from "../protocol";
import { showFailure } from "../server/messages";
import { settings } from "../settings";
import { tell as showMessage } from "../show/notification";
import { message } from "../show/text";

/** Something that is to be carried out. */
export interface Job {
  command: CommandName;
  sent: CommandArguments;
  /** What it is, for the person. */
  title: string;
}

/** What came of it. */
export type Outcome =
  | { kind: "done"; value: unknown }
  /** The same ran already, and is shown. */
  | { kind: "running" }
  | { kind: "cancelled" }
  | { kind: "failed" };

/** Carries something out, and tells where it fails. */
export async function run(app: App, job: Job): Promise<Outcome> {
  const { client } = app.server;
  if (client === undefined) {
    return { kind: "failed" };
  }
  if (settings.revealLog() === "onStart") {
    app.output.show(true);
  }
  const title = message(job.title);
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return await window.withProgress(options, (progress, cancel) =>
    app.runs.during(() => attempt(app, client, job, progress, cancel)),
  );
}

async function attempt(
  app: App,
  client: LanguageClient,
  job: Job,
  progress: Progress<{ message?: string; increment?: number }>,
  cancel: CancellationToken,
): Promise<Outcome> {
  const token = randomUUID();
  const showing = client.onProgress(WorkDoneProgress.type, token, forwardTo(progress));
  const cancelling = cancel.onCancellationRequested(() => {
    void client.sendNotification(WorkDoneProgressCancelNotification.type, { token });
  });
  try {
    const value = await app.server.execute(job.command, job.sent, token);
    if (isRunningAlready(value)) {
      showRunning(app, value.message);
      return { kind: "running" };
    }
    return { kind: "done", value };
  } catch (error) {
    return tell(app, error);
  } finally {
    showing.dispose();
    cancelling.dispose();
  }
}

function isRunningAlready(value: unknown): value is AlreadyRunning {
  return typeof value === "object" && value !== null && "alreadyRunning" in value;
}

/** Shows what runs already in place of a second time. */
export function showRunning(app: App, text: string): void {
  app.output.show(true);
  void showMessage(text);
}

/** Passes on how far the server is. The editor wants steps, the server tells sums. */
function forwardTo(
  progress: Progress<{ message?: string; increment?: number }>,
): (value: { message?: string; percentage?: number }) => void {
  let told = 0;
  return ({ message: text, percentage = told }) => {
    const shown = text === undefined ? {} : { message: message(text) };
    progress.report({ ...shown, increment: percentage - told });
    told = percentage;
  };
}

function tell(app: App, error: unknown): Outcome {
  if (error instanceof ResponseError && isCancellation(error)) {
    return { kind: "cancelled" };
  }
  if (settings.revealLog() === "onFailure") {
    app.output.show(true);
  }
  const why = error instanceof Error ? error.message : String(error);
  if (app.server.client === undefined) {
    void showFailure(l10n.t("The language server ended while it was at work."));
  } else {
    app.messages.requestFailed(why);
  }
  return { kind: "failed" };
}

function isCancellation({ code }: ResponseError<unknown>): boolean {
  return code === LSPErrorCodes.RequestCancelled || code === LSPErrorCodes.ServerCancelled;
}

/** Tells that something is done, where the person wants to be told. */
export function tellDone(text: string): void {
  if (settings.notifiesOnSuccess()) {
    void showMessage(text);
  }
}
