/** The result of an operation as a person reads it. */

/** The most characters of a result that is shown as a message. */
const MOST_OF_A_MESSAGE = 200;

/** A result in writing. */
export interface Written {
  text: string;
  language: "plaintext" | "json";
}

/** Writes a result; gives nothing where there is none. */
export function written(value: unknown): Written | undefined {
  if (value === null || value === undefined) {
    return undefined;
  }
  if (typeof value === "string") {
    return { text: value.trim(), language: "plaintext" };
  }
  const short = JSON.stringify(value);
  const text = isShort(short) ? short : JSON.stringify(value, null, 2);
  return { text, language: "json" };
}

/** Says whether a result fits into a message. */
export function isShort(text: string): boolean {
  return text.length <= MOST_OF_A_MESSAGE && !text.includes("\n");
}
