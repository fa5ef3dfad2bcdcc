//! How a handler is written, what things are called and where they are.

use super::super::{Row, row};

pub const FILES: &str = r#"
//- /syntax/tasks.ts
import { task } from "@rigkit/sdk";
import { alpha } from "./alpha";
import { beta } from "./beta";
import type { Parts } from "./kinds";

const greeting = "hello";

// Says hello.
function greet(name: string) {
  return `${greeting} ${name}`;
}

export const syntax = {
  plain: task("plain", async ({ step }) => {
    const parts: Parts = ["a" + "b", "c"];
    const total = (parts.length + 1) * 2000;
    return { ctx: { parts, total, kept: parts.filter((part) => part !== "x") } };
  }),
  imports: task("imports", () => void [alpha, beta]),
  greets: task("greets", () => void greet("you")),
};
//- /syntax/alpha.ts
export const alpha = "alpha";
//- /syntax/beta.ts
export const beta = "beta";
//- /syntax/kinds.ts
export type Parts = string[];
"#;

const TASKS: &str = "syntax/tasks.ts";

pub fn rows() -> Vec<Row> {
    let mut rows = layout();
    rows.extend(changes());
    rows.extend(names());
    rows.extend(places());
    rows
}

fn layout() -> Vec<Row> {
    let edit = |name, from, to| row(name).edit(TASKS, from, to);
    vec![
        edit(
            "a comment in a handler",
            "const total",
            "/* all */ const total // of them\n",
        ),
        edit(
            "a comment at a helper",
            "// Says hello.",
            "/** Says hello, at length. */\n\n\n",
        ),
        edit(
            "whitespace and lines",
            "(parts.length + 1) * 2000",
            "(\n parts.length+1\n )   *2000",
        ),
        edit("a type", "parts: Parts", "parts: readonly string[]"),
        edit("a type assertion", "* 2000", "* (2000 as number)!"),
        edit(
            "the type of a parameter",
            "greet(name: string)",
            "greet(name: string | number): string",
        ),
        edit(
            "parentheses",
            "[\"a\" + \"b\", \"c\"]",
            "([(\"a\" + \"b\"), (\"c\")])",
        ),
        edit("quotes of a text", "\"c\"]", "'c']"),
        edit(
            "quotes of a key",
            "total, kept:",
            "\"total\": total, \"kept\":",
        ),
        edit("a trailing comma", "\"c\"]", "\"c\",]"),
        edit("a semicolon less", "* 2000;", "* 2000"),
        edit("parentheses of a parameter", "(part) =>", "part =>"),
        edit("a number spelled otherwise", "2000", "2_000.0"),
        edit(
            "a type import",
            "import type { Parts }",
            "import { type Parts }",
        ),
    ]
}

fn changes() -> Vec<Row> {
    let edit = |name, from, to| row(name).edit(TASKS, from, to).reruns(&["plain"]);
    vec![
        edit("a sum of texts as one text", "\"a\" + \"b\"", "\"ab\""),
        edit("another operator", "parts.length + 1", "parts.length - 1"),
        edit(
            "other parentheses that matter",
            "(parts.length + 1) * 2000",
            "parts.length + 1 * 2000",
        ),
        edit("another text", "\"c\"]", "\"d\"]"),
        edit("another number", "2000", "2001"),
        edit("one statement more", "const total", "step; const total"),
        edit("no longer async", "async ({ step })", "({ step })"),
        edit("another inner function", "part !== \"x\"", "part === \"x\""),
        edit("another key", "total, kept", "total, left"),
        row("another helper body")
            .edit(
                TASKS,
                "return `${greeting} ${name}`",
                "return `${name} ${greeting}`",
            )
            .reruns(&["greets"])
            .tells(&["greets: greet # → # at syntax/tasks.ts:9-11"]),
    ]
}

fn names() -> Vec<Row> {
    vec![
        row("a local variable renamed")
            .edit_all(TASKS, "total", "all")
            .edit(TASKS, "{ parts, all, kept", "{ parts, total: all, kept"),
        row("a parameter renamed").edit(TASKS, "(part) => part !==", "(piece) => piece !=="),
        row("a constant renamed").edit_all(TASKS, "greeting", "salute"),
        row("a helper renamed").edit_all(TASKS, "greet(", "welcome("),
        row("an import renamed")
            .edit(TASKS, "{ alpha }", "{ alpha as first }")
            .edit(TASKS, "[alpha, beta]", "[first, beta]"),
        row("an export renamed")
            .edit("syntax/alpha.ts", "const alpha", "const primary")
            .edit(TASKS, "{ alpha }", "{ primary as alpha }"),
        row("two imports swapped in their use")
            .edit(TASKS, "[alpha, beta]", "[beta, alpha]")
            .reruns(&["imports"]),
        row("two constants that exchange their values")
            .edit("syntax/alpha.ts", "\"alpha\"", "\"beta\"")
            .edit("syntax/beta.ts", "\"beta\"", "\"alpha\"")
            .reruns(&["imports"])
            .tells(&[
                "imports: alpha \"alpha\" → \"beta\"",
                "imports: beta \"beta\" → \"alpha\"",
            ]),
    ]
}

fn places() -> Vec<Row> {
    vec![
        row("the order of imports")
            .edit(TASKS, "import { alpha } from \"./alpha\";\n", "")
            .edit(
                TASKS,
                "import type",
                "import { alpha } from \"./alpha\";\nimport type",
            ),
        row("the order of declarations")
            .edit(TASKS, "const greeting = \"hello\";\n", "")
            .edit(
                TASKS,
                "export const syntax",
                "const greeting = \"hello\";\nexport const syntax",
            ),
        row("a file moved")
            .rename_file("syntax/alpha.ts", "lib/first.ts")
            .edit(TASKS, "./alpha", "../lib/first"),
        row("a file of tasks moved")
            .rename_file(TASKS, "chores/written.ts")
            .edit_all("chores/written.ts", "\"./", "\"../syntax/")
            .edit("rig.config.ts", "./syntax/tasks", "./chores/written"),
        row("the config moved")
            .rename_file("rig.config.ts", "rigkit/index.ts")
            .edit_all("rigkit/index.ts", "\"./", "\"../"),
        row("a constant moved to another file")
            .edit(
                "syntax/alpha.ts",
                "export const alpha = \"alpha\";",
                "export * from \"./moved\";",
            )
            .write("syntax/moved.ts", "export const alpha = \"alpha\";"),
        row("a task at the end").edit("rig.config.ts", "  ));", "  )).task(\"last\", () => {});"),
        row("an operation").edit(
            "rig.config.ts",
            "  ));",
            "  )).operation(\"up\", { run: () => {} });",
        ),
        row("an export that nobody uses").edit(
            "syntax/alpha.ts",
            "\"alpha\";",
            "\"alpha\";\nexport const unused = 1;",
        ),
        row("a task in the file of others").edit(
            TASKS,
            "export const syntax = {",
            "export const syntax = {\n  more: task(\"more\", () => {}),",
        ),
    ]
}
