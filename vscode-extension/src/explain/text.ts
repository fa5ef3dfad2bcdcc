/** Writes what went wrong with an explanation, where Markdown is expected. */

import { line as shown } from "../show/text";

/** Writes a text as prose, in which nothing is a link, a tag, an entity or an address. */
export function escape(text: string): string {
  const line = shown(text.replace(/\s+/g, " "));
  return line.replace(/[\\`*_{}[\]<>()#+!|~&@-]|:(?=\/)|(?<=www)\./gi, "\\$&");
}
