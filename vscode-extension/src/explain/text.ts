/** Writes an explanation: why a task is cached or not, what changed, and how it ran before. */

import { l10n } from "vscode";
import type { TaskSummary } from "../protocol";
import { duration } from "../runs/line";
import { line as shown } from "../show/text";

/** What the server says of a task; as much of it as is shown. */
export interface Explained {
  workflow: string;
  node: { path: string };
  components: Component[];
  history: PastRun[];
}

/** One part of what a task is told apart by. */
interface Component {
  name: string;
  status: string;
  old?: string;
  new?: string;
}

/** A run of a task. */
interface PastRun {
  status: string;
  createdAt: string;
  durationMs?: number;
}

/** Writes the explanation of some tasks as Markdown. */
export function explanation(
  explained: readonly Explained[],
  standing: (workflow: string, path: string) => TaskSummary | undefined,
): string {
  if (explained.length === 0) {
    return l10n.t("Every task is cached.");
  }
  return explained
    .map((task) => ofTask(task, standing(task.workflow, task.node.path)))
    .join("\n\n");
}

function ofTask(task: Explained, summary: TaskSummary | undefined): string {
  const parts = [
    `## ${escape(task.node.path)}`,
    ...(summary === undefined ? [] : [escape(summary.text), list(summary.changes)]),
    components(task.components),
    history(task.history),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${code(line)}`).join("\n");
}

function components(all: readonly Component[]): string {
  const changed = all.filter(({ status }) => status === "changed");
  const rows = changed.map(({ name, old, new: now }) => [escape(name), value(old), value(now)]);
  return table(l10n.t("What changed"), [l10n.t("Part"), l10n.t("Was"), l10n.t("Is")], rows);
}

function history(runs: readonly PastRun[]): string {
  const rows = runs.map(({ createdAt, status, durationMs }) => [
    new Date(createdAt).toLocaleString(),
    escape(status),
    durationMs === undefined ? "" : duration(durationMs),
  ]);
  return table(l10n.t("Runs"), [l10n.t("When"), l10n.t("State"), l10n.t("Took")], rows);
}

function table(title: string, head: readonly string[], rows: readonly string[][]): string {
  if (rows.length === 0) {
    return "";
  }
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [`### ${title}`, "", line(head), line(head.map(() => "---")), ...rows.map(line)].join(
    "\n",
  );
}

function value(text: string | undefined): string {
  return text === undefined ? "" : code(text).replaceAll("|", "\\|");
}

/** Fences a text with more backticks than it has in a row. */
function code(text: string): string {
  const line = shown(text.replace(/\s+/g, " "));
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  const space = longest > 0 ? " " : "";
  return fence + space + line + space + fence;
}

/** Writes a text as prose, in which nothing is a link, a tag, an entity or an address. */
export function escape(text: string): string {
  const line = shown(text.replace(/\s+/g, " "));
  return line.replace(/[\\`*_{}[\]<>()#+!|~&@-]|:(?=\/)|(?<=www)\./gi, "\\$&");
}
