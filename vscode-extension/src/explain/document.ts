/** Documents that explain tasks, and say something else once something else is true. */

import {
  EventEmitter,
  l10n,
  Uri,
  workspace,
  type Disposable,
  type TextDocumentContentProvider,
} from "vscode";
import type { App } from "../app";
import type { CommandArguments } from "../protocol";
import { line } from "../show/text";
import { escape } from "./text";

/** The scheme of the documents. */
export const EXPLAIN_SCHEME = "rigkit-explain";

/** What the server says of tasks, as Markdown. */
interface Explained {
  /** What matters, with a link to everything. */
  page?: string;
  /** Everything that is known. */
  whole?: string;
}

/** Provides the documents. */
export class Explanations implements TextDocumentContentProvider, Disposable {
  readonly #app: App;
  readonly #changed = new EventEmitter<Uri>();
  readonly #listening: Disposable;

  constructor(app: App) {
    this.#app = app;
    this.#listening = app.projects.onDidChange(() => {
      this.#renew();
    });
  }

  readonly onDidChange = this.#changed.event;

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    try {
      const { page, whole } = await this.#explain(targetOf(uri));
      return (isWhole(uri) ? whole : page) ?? l10n.t("Nothing is known yet.");
    } catch (error) {
      return escape(error instanceof Error ? error.message : String(error));
    }
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }

  async #explain(target: CommandArguments): Promise<Explained> {
    const answer = await this.#app.server.execute("rigkit.explain", target);
    return answer ?? {};
  }

  #renew(): void {
    for (const { uri } of workspace.textDocuments) {
      if (uri.scheme === EXPLAIN_SCHEME) {
        this.#changed.fire(uri);
      }
    }
  }
}

/**
 * Gives the address of the document that explains a task, or all of a workflow's. What it explains is its
 * folder, so that a page can link to the document beside it.
 */
export function explainUri(target: CommandArguments): Uri {
  const folder = Buffer.from(JSON.stringify(target)).toString("base64url");
  const name = line(target.task ?? target.workflow ?? "rig").replaceAll("/", "-");
  return Uri.from({ scheme: EXPLAIN_SCHEME, path: `/${folder}/explain-${name}.md` });
}

function targetOf({ path }: Uri): CommandArguments {
  const folder = path.split("/").at(1) ?? "";
  return JSON.parse(Buffer.from(folder, "base64url").toString()) as CommandArguments;
}

function isWhole({ path }: Uri): boolean {
  return path.split("/").at(2)?.startsWith("whole-") === true;
}
