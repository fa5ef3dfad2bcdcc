// The stand-in for a database server, so that this example runs anywhere: a database is a folder,
// a table a file in it with one row a line.

import type { LocalRuntime } from "@rigkit/sdk";

// `$1` is the folder of the database in all of these.
const CREATE = `
  rm -rf "$1" && mkdir -p "$1" && echo "$2" > "$1/.id" &&
  printf %s "$PASSWORD" | git hash-object --stdin > "$1/.password"`;
const ENTER = `test "$(printf %s "$PASSWORD" | git hash-object --stdin)" = "$(cat "$1/.password")"`;
const IS_THERE = `test "$(cat "$1/.id" 2>/dev/null)" = "$2"`;
const COPY = `rm -rf "$2" && cp -R "$1" "$2" && echo "$3" > "$2/.id"`;
const DROP = `rm -rf "$1"`;
const LIST_TABLES = `ls "$1"`;
const ADD_TABLE = `touch "$1/$2"`;
const READ_TABLE = `cat "$1/$2"`;
const FILL_TABLE = `test -f "$1/$2" && printf %s "$3" > "$1/$2"`;

export class Server {
  constructor(
    private readonly directory: string,
    private readonly password: string,
    private readonly local: LocalRuntime,
  ) {}

  async isRunning() {
    return (await this.sh('test ! -e "$1"', `${this.directory}/.stopped`)).exitCode === 0;
  }

  async start() {
    await this.sh('rm -f "$1"', `${this.directory}/.stopped`);
  }

  async stop() {
    await this.sh('mkdir -p "${1%/*}" && touch "$1"', `${this.directory}/.stopped`);
  }

  async isThere(name: string, id: string) {
    return (await this.sh(IS_THERE, this.path(name), id)).exitCode === 0;
  }

  async create(name: string, id: string) {
    await this.run(CREATE, name, id);
  }

  async copy(from: string, name: string, id: string) {
    await this.enter(COPY, from, this.path(name), id);
  }

  async drop(name: string) {
    await this.run(DROP, name);
  }

  async tables(name: string) {
    return lines(await this.enter(LIST_TABLES, name));
  }

  async addTable(name: string, table: string) {
    await this.enter(ADD_TABLE, name, checked(table));
  }

  async rows(name: string, table: string) {
    return lines(await this.enter(READ_TABLE, name, checked(table)));
  }

  async fillTable(name: string, table: string, rows: readonly string[]) {
    await this.enter(FILL_TABLE, name, checked(table), rows.map((row) => `${row}\n`).join(""));
  }

  /** Runs a script on a database, for which the password must be right. */
  private async enter(script: string, name: string, ...words: string[]) {
    const { exitCode } = await this.sh(ENTER, this.path(name));
    if (exitCode !== 0) throw new Error(`the database \`${name}\` does not accept the password`);
    return this.run(script, name, ...words);
  }

  private async run(script: string, name: string, ...words: string[]) {
    const { exitCode, stdout, stderr } = await this.sh(script, this.path(name), ...words);
    if (exitCode !== 0) throw new Error(`the database \`${name}\` says: ${stderr.trim()}`);
    return stdout;
  }

  private path(name: string) {
    return `${this.directory}/${checked(name)}`;
  }

  private sh(script: string, ...words: string[]) {
    const argv = ["sh", "-c", script, "sh", ...words];
    return this.local.command({ argv, env: { PASSWORD: this.password } });
  }
}

/** Names are parts of paths here. */
function checked(name: string) {
  if (/^\w[\w.-]*$/.test(name)) return name;
  throw new Error(`\`${name}\` cannot be the name of a database or a table`);
}

function lines(text: string) {
  return text.split("\n").filter((line) => line !== "");
}
