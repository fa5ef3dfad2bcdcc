/** Versions of `rig`, and which of them the extension can work with. */

/** The oldest version that knows everything the extension asks for. */
export const NEEDED_VERSION = "0.1.0";

/** Finds the version in what `rig --version` prints. */
export function readVersion(output: string): string | undefined {
  return /^rig (\d+\.\d+\.\d+\S*)\s*$/.exec(output)?.[1];
}

/** Says whether a version is as new as another one. What follows the three numbers is ignored. */
export function isAtLeast(version: string, needed: string): boolean {
  const [left, right] = [numbers(version), numbers(needed)];
  for (const [index, number] of left.entries()) {
    const difference = number - (right[index] ?? 0);
    if (difference !== 0) {
      return difference > 0;
    }
  }
  return true;
}

function numbers(version: string): number[] {
  return version.split(/[-+]/, 1).join().split(".").map(Number);
}
