/** Shows the nodes in the view. */

import {
  EventEmitter,
  MarkdownString,
  TreeItem,
  TreeItemCollapsibleState,
  l10n,
  type Disposable,
  type TreeDataProvider,
} from "vscode";
import type { Projects } from "../projects";
import { line, lines } from "../show/text";
import { icon } from "./icon";
import { roots, type Node } from "./node";

/** Provides the nodes of the view. */
export class WorkflowTree implements TreeDataProvider<Node>, Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly #projects: Projects;
  readonly #listening: Disposable;

  constructor(projects: Projects) {
    this.#projects = projects;
    this.#listening = projects.onDidChange(() => {
      this.#changed.fire();
    });
  }

  readonly onDidChangeTreeData = this.#changed.event;

  getChildren(node?: Node): Node[] {
    return node?.children ?? roots(this.#projects.all);
  }

  getTreeItem(node: Node): TreeItem {
    const item = new TreeItem(line(node.label), collapsibleState(node));
    // The editor keeps a node as folded as it was, and one without children counts as folded.
    item.id = node.children.length === 0 ? `${node.id}#empty` : node.id;
    item.contextValue = node.kind;
    item.iconPath = icon(node.icon);
    const spoken = [node.label, node.description ?? ""].join(" ");
    item.accessibilityInformation = { label: line(spoken) };
    if (node.description !== undefined) {
      item.description = line(node.description);
    }
    if (node.tooltip !== undefined) {
      item.tooltip = tooltip(node.tooltip);
    }
    if (node.opens !== undefined) {
      item.command = { command: node.opens, title: l10n.t("Open"), arguments: [node] };
    }
    return item;
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }
}

function collapsibleState(node: Node): TreeItemCollapsibleState {
  if (node.children.length === 0) {
    return TreeItemCollapsibleState.None;
  }
  return node.isExpanded ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed;
}

/** The Markdown of a tooltip is never trusted, and its texts are never Markdown. */
function tooltip(texts: readonly string[]): MarkdownString {
  const [head = "", ...others] = texts;
  const text = new MarkdownString().appendText(lines(head));
  for (const other of others) {
    text.appendMarkdown("\n\n").appendCodeblock(lines(other), "text");
  }
  return text;
}
