// What several workflows use.

import type { HostRuntime } from "@rigkit/provider-host";
import { task, type TaskContext } from "@rigkit/sdk";

/** What every workflow of this project can count on. */
export type Machine = { host: HostRuntime };

/**
 * Makes a first task that looks at the files below `folder` each time. What follows runs again
 * only when one of them changed.
 */
export function sourcesOf(folder: string) {
  return task("sources", { cacheTTL: 0, cutoff: true }, async ({ host }: TaskContext<{}, Machine>) => ({
    ctx: { sources: await host.hash(folder) },
  }));
}

/** Reads a file as lines, without those that are empty. */
export async function readLines(host: HostRuntime, path: string) {
  const text = await host.readFile(path);
  return text.split("\n").filter((line) => line.trim() !== "");
}

/** Gives the name of a file without its folder and extension. */
export function baseName(path: string) {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
}
