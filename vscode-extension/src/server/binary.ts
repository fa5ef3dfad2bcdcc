/** Which binary is the server, and whether it can be used. */

import { execFile } from "node:child_process";
import { access, constants, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { BinaryProblem } from "./problem";
import { isAtLeast, NEEDED_VERSION, readVersion } from "./version";

/** How long a binary may take to tell its version. */
const PATIENCE = 10_000;

/** How much of a wrong answer is worth showing. */
const SHOWN_OUTPUT = 80;

/** A binary that is to be tried. */
export interface Candidate {
  path: string;
  /** Whether a person said so. */
  isConfigured: boolean;
}

/** A binary that was tried. */
export type CheckedBinary = { kind: "usable"; path: string; version: string } | BinaryProblem;

/** Gives the binary that is set, or else the one that came with the extension. */
export function candidate(
  configured: string,
  extensionPath: string,
  platform: NodeJS.Platform = process.platform,
): Candidate {
  if (configured !== "") {
    return { path: configured.replace(/^~(?=[/\\]|$)/, homedir()), isConfigured: true };
  }
  const name = platform === "win32" ? "rig.exe" : "rig";
  return { path: join(extensionPath, "bin", name), isConfigured: false };
}

/** Finds out whether a binary is a `rig` that the extension can work with. */
export async function check(
  { path, isConfigured }: Candidate,
  needed = NEEDED_VERSION,
  patience = PATIENCE,
): Promise<CheckedBinary> {
  if (!(await isFile(path))) {
    return { kind: "missing", path, isConfigured };
  }
  const denied = await access(path, constants.X_OK).then(() => undefined, detailOf);
  if (denied !== undefined) {
    return { kind: "notExecutable", path, detail: denied };
  }
  return await handshake(path, needed, patience);
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

function handshake(path: string, needed: string, patience: number): Promise<CheckedBinary> {
  return new Promise((resolve) => {
    const options = { timeout: patience, killSignal: "SIGKILL" as const };
    const child = execFile(path, ["--version"], options, (error, stdout, stderr) => {
      if (child.pid === undefined) {
        resolve({ kind: "notExecutable", path, detail: detailOf(error) });
      } else if (error?.killed === true) {
        resolve({ kind: "silent", path });
      } else {
        resolve(judge(path, stdout, stderr, needed));
      }
    });
  });
}

function judge(path: string, stdout: string, stderr: string, needed: string): CheckedBinary {
  const version = readVersion(stdout);
  if (version === undefined) {
    const output = (stdout.trim() || stderr.trim()).slice(0, SHOWN_OUTPUT);
    return { kind: "notRig", path, output };
  }
  return isAtLeast(version, needed)
    ? { kind: "usable", path, version }
    : { kind: "tooOld", path, version, needed };
}

function detailOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
