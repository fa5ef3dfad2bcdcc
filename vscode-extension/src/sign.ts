/** The sign that the server puts before a state, for editors that have no icons. */

/** Leaves the sign out, where an icon says the same. */
export function withoutSign(text: string): string {
  return text.replace(/^[✓●◌✗] /u, "");
}
