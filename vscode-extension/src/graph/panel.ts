/** One panel that shows the graph of a workflow. */

import { randomBytes } from "node:crypto";
import {
  commands,
  env,
  l10n,
  Uri,
  ViewColumn,
  window,
  type Disposable,
  type WebviewPanel,
} from "vscode";
import type { Projects } from "../projects";
import { settings } from "../settings";
import { line } from "../show/text";
import { standing } from "../standing";
import { page } from "./html";
import type { FromPage, PageTexts, ToPage } from "./messages";
import { graphModel, type GraphModel } from "./model";

/** The type of the panels. */
export const VIEW_TYPE = "rigkit.graph";

/** Says which workflow a panel shows. */
export interface Shown {
  config: string;
  workflow: string;
}

/** Opens an empty panel. */
export function openPanel({ workflow }: Shown): WebviewPanel {
  return window.createWebviewPanel(VIEW_TYPE, title(workflow), ViewColumn.Beside);
}

/** Fills a panel, and keeps it up to date until it is closed. */
export class GraphPanel implements Disposable {
  readonly #panel: WebviewPanel;
  readonly #shown: Shown;
  readonly #projects: Projects;
  readonly #listening: Disposable;

  constructor(panel: WebviewPanel, shown: Shown, projects: Projects, extension: Uri) {
    this.#panel = panel;
    this.#shown = shown;
    this.#projects = projects;
    panel.title = title(shown.workflow);
    panel.iconPath = {
      light: Uri.joinPath(extension, "media", "graph-light.svg"),
      dark: Uri.joinPath(extension, "media", "graph-dark.svg"),
    };
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [Uri.joinPath(extension, "dist"), Uri.joinPath(extension, "media")],
    };
    panel.webview.onDidReceiveMessage((message: FromPage) => {
      this.#take(message);
    });
    panel.webview.html = this.#page(extension);
    this.#listening = projects.onDidChange(() => {
      this.#show();
    });
  }

  /** Brings the panel to the front. */
  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    this.#listening.dispose();
    this.#panel.dispose();
  }

  #page(extension: Uri): string {
    const { webview } = this.#panel;
    const address = (...path: string[]): string =>
      webview.asWebviewUri(Uri.joinPath(extension, ...path)).toString();
    return page({
      script: address("dist", "graph.js"),
      style: address("media", "graph.css"),
      source: webview.cspSource,
      nonce: randomBytes(16).toString("base64url"),
      title: this.#panel.title,
      language: env.language,
    });
  }

  #take(message: FromPage): void {
    switch (message.kind) {
      case "ready":
        this.#show();
        break;
      case "open":
        this.#run("rigkit.openTask", message.task);
        break;
      case "explain":
        this.#run("rigkit.explain", message.task);
        break;
      case "apply":
        this.#run("rigkit.apply");
        break;
    }
  }

  #run(command: string, task?: string): void {
    const target = task === undefined ? this.#shown : { ...this.#shown, task };
    void commands.executeCommand(command, target);
  }

  /** While nothing is known, such as during a restart of the server, what was shown stays. */
  #show(): void {
    const owned = this.#projects.workflow(this.#shown.config, this.#shown.workflow);
    if (owned !== undefined) {
      const model = graphModel(owned, settings.graphDirection());
      this.#tell({ kind: "show", model, shown: this.#shown, texts: texts(model) });
    } else if (
      this.#projects.all.some(({ config, isCurrent }) => config === this.#shown.config && isCurrent)
    ) {
      const text = l10n.t("There is no workflow {0} any more.", this.#shown.workflow);
      this.#tell({ kind: "gone", text: line(text) });
    }
  }

  #tell(message: ToPage): void {
    void this.#panel.webview.postMessage(message);
  }
}

function title(workflow: string): string {
  return line(l10n.t("Graph of {0}", workflow));
}

function texts(model: GraphModel): PageTexts {
  return {
    apply: l10n.t("Apply"),
    zoomIn: l10n.t("Zoom in"),
    zoomOut: l10n.t("Zoom out"),
    fit: l10n.t("Fit"),
    graph: line(
      l10n.t(
        "Tasks of {0}. Arrow keys move between tasks, Enter goes to one, E explains it.",
        model.workflow,
      ),
    ),
    summary: line(summary(model)),
  };
}

function summary(model: GraphModel): string {
  const { workflow, isCurrent, problems } = model;
  const [problem] = problems;
  if (problem !== undefined) {
    return l10n.t("{0}: as of the last config that worked. {1}", workflow, problem);
  }
  const state = `${workflow}: ${standing(model)}`;
  return isCurrent ? state : l10n.t("{0}, before the last edits", state);
}
