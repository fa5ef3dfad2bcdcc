/** Documents that explain tasks, and say something else once something else is true. */

import {
  EventEmitter,
  Uri,
  workspace,
  type Disposable,
  type TextDocumentContentProvider,
} from "vscode";
import type { App } from "../app";
import type { CommandArguments } from "../protocol";
import { line } from "../show/text";
import { escape, explanation, type Explained } from "./text";

/** The scheme of the documents. */
export const EXPLAIN_SCHEME = "rigkit-explain";

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
      return await this.#explain(JSON.parse(uri.query) as CommandArguments);
    } catch (error) {
      return escape(error instanceof Error ? error.message : String(error));
    }
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }

  async #explain(target: CommandArguments): Promise<string> {
    const { projects, server } = this.#app;
    const answer = await server.execute("rigkit.explain", target);
    const { tasks = [] } = (answer ?? {}) as { tasks?: Explained[] };
    return explanation(tasks, (workflow, path) =>
      projects.workflow(target.config, workflow)?.workflow.tasks.find((task) => task.path === path),
    );
  }

  #renew(): void {
    for (const { uri } of workspace.textDocuments) {
      if (uri.scheme === EXPLAIN_SCHEME) {
        this.#changed.fire(uri);
      }
    }
  }
}

/** Gives the address of the document that explains a task, or all of a workflow's. */
export function explainUri(target: CommandArguments): Uri {
  const name = line(target.task ?? target.workflow ?? "rig");
  return Uri.from({ scheme: EXPLAIN_SCHEME, path: `/${name}.md`, query: JSON.stringify(target) });
}
