/**
 * Text that is safe to show. Names, titles, messages and output come from projects that anyone may have
 * written; in every window they are to be nothing but text.
 */

/** How many characters of a label or a line are shown. */
const MOST_OF_A_LINE = 1_000;

/** Marks in a row, of which more than four run over the lines around them. */
const MARKS = /(\p{M}{4})(\p{M}+)/gu;

/**
 * What a reader would not see: controls, formats, separators of lines, what belongs to nobody, and what is
 * ignored where it has no shape. The two styles of an emoji are left as they are.
 */
const UNSEEN =
  /(?!\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

const NAMED: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Writes a text on one line, with everything written out that would not be seen. */
export function line(text: string): string {
  return cut(text).replace(MARKS, markedOut).replace(UNSEEN, writtenOut);
}

/** Writes a text that may have several lines. */
export function lines(text: string): string {
  return cut(text)
    .split(/\r?\n/)
    .map((part) => line(part))
    .join("\n");
}

/** Writes a text where `$(name)` would be shown as a picture. */
export function label(text: string): string {
  return line(text).replaceAll("$(", "\\$(");
}

/** Writes a text where `[text](address)` would be shown as a link, which may be one to a command. */
export function message(text: string): string {
  return lines(text).replaceAll("](", "] (");
}

function cut(text: string): string {
  return text.length <= MOST_OF_A_LINE
    ? text
    : `${text.slice(0, MOST_OF_A_LINE)}… ${(text.length - MOST_OF_A_LINE).toLocaleString("en")} more`;
}

function markedOut(_: string, kept: string, others: string): string {
  return kept + others.replace(/./gu, writtenOut);
}

function writtenOut(character: string): string {
  return NAMED[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
