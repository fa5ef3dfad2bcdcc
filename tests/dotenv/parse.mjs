// Reads a list of texts from the standard input and writes what `dotenv` makes of each.
import { readFileSync } from "node:fs";
import { parse } from "dotenv";

const texts = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(texts.map((text) => parse(text))));
