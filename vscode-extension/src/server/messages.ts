/** Shows what the server wants a person to read, and what came of a person's wishes. */

import { commands, l10n } from "vscode";
import {
  MessageType,
  ShowMessageNotification,
  type LanguageClient,
} from "vscode-languageclient/node";
import { fail, tell, warn } from "../show/notification";
import { inOneLine } from "./oneLine";
import { TwiceTold, type Channel } from "./twiceTold";

/** Takes the messages of the server. */
export class ServerMessages {
  readonly #failures = new TwiceTold();

  /** Listens to a client, in place of what it does with messages by itself. */
  listen(client: LanguageClient): void {
    client.onNotification(ShowMessageNotification.type, ({ type, message }) => {
      switch (type) {
        case MessageType.Error:
          this.#fail(message, "message");
          break;
        case MessageType.Warning:
          void warn(message);
          break;
        default:
          void tell(message);
      }
    });
  }

  /** Tells of a failure that was the answer to a request, unless the server has told of it. */
  requestFailed(message: string): void {
    this.#fail(message, "answer");
  }

  #fail(message: string, channel: Channel): void {
    if (this.#failures.isNew(message, channel)) {
      void showFailure(message);
    }
  }
}

/** Tells that something a person asked for failed, and offers the log. */
export async function showFailure(message: string): Promise<void> {
  const showLog = l10n.t("Show Log");
  if ((await fail(inOneLine(message), showLog)) === showLog) {
    await commands.executeCommand("rigkit.showLog");
  }
}
