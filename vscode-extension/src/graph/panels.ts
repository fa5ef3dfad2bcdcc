/** The graphs that are shown, one panel a workflow. */

import { window, type Disposable, type Uri, type WebviewPanel } from "vscode";
import type { Projects } from "../projects";
import { GraphPanel, openPanel, VIEW_TYPE, type Shown } from "./panel";

/** Keeps the panels. */
export class GraphPanels implements Disposable {
  readonly #projects: Projects;
  readonly #extension: Uri;
  readonly #panels = new Map<string, GraphPanel>();

  constructor(projects: Projects, extension: Uri) {
    this.#projects = projects;
    this.#extension = extension;
  }

  /** Shows a workflow, in the panel it has already if it has one. */
  show(shown: Shown): void {
    const open = this.#panels.get(keyOf(shown));
    if (open === undefined) {
      this.#fill(openPanel(shown), shown);
    } else {
      open.reveal();
    }
  }

  /** Fills the panels that were open when the window was closed. */
  restore(): Disposable {
    return window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: (panel, state: Partial<Shown> | undefined) => {
        const { config, workflow } = state ?? {};
        if (config === undefined || workflow === undefined) {
          panel.dispose();
        } else {
          this.#fill(panel, { config, workflow });
        }
        return Promise.resolve();
      },
    });
  }

  dispose(): void {
    for (const panel of [...this.#panels.values()]) {
      panel.dispose();
    }
  }

  #fill(webview: WebviewPanel, shown: Shown): void {
    const key = keyOf(shown);
    const panel = new GraphPanel(webview, shown, this.#projects, this.#extension);
    this.#panels.set(key, panel);
    webview.onDidDispose(() => {
      this.#panels.delete(key);
      panel.dispose();
    });
  }
}

function keyOf({ config, workflow }: Shown): string {
  return JSON.stringify([config, workflow]);
}
