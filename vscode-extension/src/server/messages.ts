/** Shows what the server wants a person to read. */

import { commands, l10n, window } from "vscode";
import {
  MessageType,
  ShowMessageNotification,
  type LanguageClient,
} from "vscode-languageclient/node";

/** How many messages are remembered as shown. */
const REMEMBERED = 20;

/** Takes the messages of the server. */
export class ServerMessages {
  #shown: string[] = [];
  #muted = 0;

  /** Listens to a client, in place of what it does with messages by itself. */
  listen(client: LanguageClient): void {
    client.onNotification(ShowMessageNotification.type, ({ type, message }) => {
      void this.#show(type, message);
    });
  }

  /** Says whether a person was shown a message a short while ago. */
  hasShown(message: string): boolean {
    return this.#shown.includes(message);
  }

  /** Does something whose messages are shown in another way. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    this.#muted += 1;
    try {
      return await work();
    } finally {
      this.#muted -= 1;
    }
  }

  async #show(type: MessageType, message: string): Promise<void> {
    if (type === MessageType.Error) {
      this.#shown = [...this.#shown, message].slice(-REMEMBERED);
      await showFailure(message);
    } else if (type === MessageType.Warning) {
      await window.showWarningMessage(message);
    } else if (this.#muted === 0) {
      await window.showInformationMessage(message);
    }
  }
}

/** Tells that something a person asked for failed, and offers the log. */
export async function showFailure(message: string): Promise<void> {
  const showLog = l10n.t("Show Log");
  if ((await window.showErrorMessage(message, showLog)) === showLog) {
    await commands.executeCommand("rigkit.showLog");
  }
}
