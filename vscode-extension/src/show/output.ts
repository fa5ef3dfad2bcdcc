/** The output of a program as text that is safe to show. */

import { stripVTControlCharacters } from "node:util";
import { line } from "./text";

/** Where the next column of a table begins at the latest. */
const TAB = " ".repeat(8);

/** Gives the lines of an output: the last state of each, without colours and other sequences. */
export function output(text: string): string[] {
  return stripVTControlCharacters(text)
    .split(/\r*\n/)
    .map((part) => line(lastState(part).replaceAll("\t", TAB)));
}

function lastState(text: string): string {
  return text.replace(/\r+$/, "").split("\r").at(-1) ?? "";
}
