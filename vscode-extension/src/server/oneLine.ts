/** Messages without line ends, which the editor leaves out by itself. */

/** Joins lines so that one still sees where the help begins. */
export function inOneLine(message: string): string {
  return message.replaceAll(/\s*\n(?:help: )?\s*/g, " — ");
}
