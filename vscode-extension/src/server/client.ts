/** The client of the language server protocol. */

import type { ChildProcess } from "node:child_process";
import type { LogOutputChannel } from "vscode";
import {
  CloseAction,
  ErrorAction,
  ExecuteCommandRequest,
  LanguageClient,
  RevealOutputChannelOn,
  type DynamicFeature,
  type LanguageClientOptions,
  type StaticFeature,
} from "vscode-languageclient/node";
import { serverSettings } from "../settings";

/** What the client needs from whoever keeps it. */
export interface ClientHost {
  log: LogOutputChannel;
  /** Starts the process of the server. */
  spawn: () => ChildProcess;
  /** Is called when the connection is gone. */
  closed: () => void;
  /** Is called when what comes is not of the protocol, after which nothing more can be read. */
  garbled: (error: Error) => void;
}

/**
 * Is a client that leaves commands to the extension, which has them also while no server runs, and
 * the telling of problems too.
 */
class RigClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
    const isOfCommands =
      "registrationType" in feature &&
      feature.registrationType.method === ExecuteCommandRequest.method;
    if (!isOfCommands) {
      super.registerFeature(feature);
    }
  }
}

/** Makes a client; each is started once. */
export function makeClient(host: ClientHost): LanguageClient {
  const spawn = (): Promise<ChildProcess> => Promise.resolve(host.spawn());
  return new RigClient("rigkit", "Rigkit", spawn, options(host));
}

function options(host: ClientHost): LanguageClientOptions {
  return {
    documentSelector: [{ scheme: "file", language: "typescript" }],
    outputChannel: host.log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: serverSettings,
    initializationFailedHandler: () => false,
    errorHandler: {
      error: (error, sent) => {
        // What has a code is of a stream that broke, which the end of the process follows.
        if (sent === undefined && !("code" in error)) {
          host.garbled(error);
        }
        return { action: ErrorAction.Continue, handled: true };
      },
      closed: () => {
        host.closed();
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    },
    middleware: {
      workspace: {
        // The section as it is written may hold what only the editor may say.
        configuration: ({ items }) => items.map(() => serverSettings()),
      },
    },
  };
}
