/** What operations gave: something short as a message, something long as a document. */

import {
  EventEmitter,
  l10n,
  languages,
  Uri,
  window,
  workspace,
  type Disposable,
  type OutputChannel,
  type TextDocumentContentProvider,
} from "vscode";
import { tell } from "../show/notification";
import { output } from "../show/output";
import { line } from "../show/text";
import { isShort, written, type Written } from "./written";

/** The scheme of the documents. */
export const RESULT_SCHEME = "rigkit-result";

/** Provides the results of operations as documents; each operation has its latest. */
export class Results implements TextDocumentContentProvider, Disposable {
  readonly #log: OutputChannel;
  readonly #texts = new Map<string, string>();
  readonly #changed = new EventEmitter<Uri>();

  constructor(log: OutputChannel) {
    this.#log = log;
  }

  readonly onDidChange = this.#changed.event;

  provideTextDocumentContent(uri: Uri): string {
    return this.#texts.get(uri.path) ?? "";
  }

  /** Shows what an operation gave. */
  async show(operation: string, value: unknown): Promise<void> {
    const result = written(value);
    if (result === undefined) {
      void tell(l10n.t("{0}: done", operation));
      return;
    }
    this.#log.appendLine(output(`${operation}: ${result.text}`).join("\n"));
    if (isShort(result.text)) {
      void tell(`${operation}: ${result.text}`);
    } else {
      await this.#showDocument(operation, result);
    }
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #showDocument(operation: string, { text, language }: Written): Promise<void> {
    const uri = Uri.from({ scheme: RESULT_SCHEME, path: `/${line(operation)}` });
    this.#texts.set(uri.path, output(text).join("\n"));
    this.#changed.fire(uri);
    const document = await workspace.openTextDocument(uri);
    await window.showTextDocument(document, { preview: false });
    if (language === "json") {
      await languages.setTextDocumentLanguage(document, language);
    }
  }
}
