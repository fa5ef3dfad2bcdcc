//! What a project can put on the screen is text: nothing in a name, a title, a path, a message or the output
//! of a command is obeyed by a terminal, or hides.

use std::{collections::BTreeSet, sync::LazyLock};

use regex::Regex;
use rigkit_tests::Project;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// All characters that control, format or separate.
static UNSEEN: LazyLock<Vec<char>> = LazyLock::new(|| {
    let is_unseen = |character: &char| {
        matches!(
            character.general_category(),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
        )
    };
    ('\0'..=char::MAX).filter(is_unseen).collect()
});

/// Colors, which are all that a terminal may be told.
static COLORS: LazyLock<Regex> = LazyLock::new(|| Regex::new("\u{1b}\\[[0-9;]*m").unwrap());

/// What moving lines and questions tell a terminal besides.
static MOVES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("\u{1b}\\[[0-9;]*[ABGJK]|\u{1b}\\[\\?25[lh]|\r").unwrap());

/// Returns all unseen characters in an order of their own, between sequences that people know.
fn hostile() -> String {
    let mut characters = UNSEEN.clone();
    fastrand::shuffle(&mut characters);
    let drawn: String = characters.into_iter().collect();
    format!("x\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\r\nforged{drawn}y")
}

/// Returns characters that a name may have although they are not seen.
fn hostile_name() -> String {
    let may_be_in_name = |character: &&char| {
        let direction = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
        character.general_category() == GeneralCategory::Format && !direction.contains(**character)
    };
    let mut characters: Vec<char> = UNSEEN.iter().filter(may_be_in_name).copied().collect();
    fastrand::shuffle(&mut characters);
    characters.into_iter().take(40).collect()
}

/// Writes a text as JavaScript does, in quotes.
fn quoted(text: &str) -> String {
    let escaped = text
        .chars()
        .map(|character| character.escape_unicode().to_string());
    format!("\"{}\"", escaped.collect::<String>())
}

/// Demands that nothing of a text is obeyed or hidden but its colors and line ends.
fn check(what: &str, text: &str) {
    let text = COLORS.replace_all(text, "");
    let found: BTreeSet<char> = text
        .chars()
        .filter(|character| *character != '\n' && UNSEEN.contains(character))
        .collect();
    assert!(found.is_empty(), "{what} shows {found:?}:\n{text:?}");
}

/// A project with a text in every place where one can be, and a name in every other.
fn project() -> Project {
    let config = r#"
import { defineProvider, task, workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";

const text = TEXT, name = NAME;
// The language cannot look up a key with a NUL in it.
const key = text.replaceAll("\0", "");
console.log(text);
console.error(text);

const branch = task("b" + name, async ({ step }) => {
  step.log(text);
  return { ctx: { ["key" + key]: text } };
});

export const web = workflow("web" + name, { providers: { host: host.provider() } })
  .sequence("web" + name)
  .configure({ ["setting" + key]: text })
  .task("prepare" + name, async ({ host }) => {
    await host.writeFile("noise", text);
    await host.exec("cat noise; cat noise >&2");
    return { ctx: { made: text } };
  })
  .parallel({ ["one" + name]: branch, two: task("c", () => {}) })
  .workspace({ create: () => ({ of: text }), remove: () => { throw new Error(text); } })
  .workspaceOperation("look" + name, { title: text, description: text, run: () => text })
  .operation("tell", {
    title: text,
    description: text,
    input: {
      type: "object",
      properties: {
        ["word" + key]: { type: "string", description: text, default: text },
        mood: { enum: [text, "calm"], description: text, default: text },
      },
    },
    run: () => text,
  })
  .operation("list" + name, { run: () => [text] })
  .operation("fail", { run: () => { throw new Error(text); } });

export const broken = workflow("broken").sequence("broken").task("fail" + name, async ({ step }) => {
  step.log(text);
  throw new Error(text);
});
"#;
    let config = config.replace("TEXT", &quoted(&hostile()));
    let config = config.replace("NAME", &quoted(&hostile_name()));
    Project::new(&format!("//- /rig.config.ts\n{config}"))
}

/// The commands that show something with their exit codes, in an order in which each has something to show;
/// `NAME` is the hostile part of names.
const COMMANDS: &[(&str, i32)] = &[
    ("projects", 0),
    ("plan", 0),
    ("plan -v", 0),
    ("plan --all", 0),
    ("graph", 0),
    ("graph --format dot", 0),
    ("graph --format mermaid", 0),
    ("graph --format svg", 0),
    ("apply -w webNAME", 0),
    ("plan -v", 0),
    ("apply -w broken", 1),
    ("apply -w broken -v", 1),
    ("ls", 0),
    ("cache ls", 0),
    ("cache ls -v", 0),
    ("cache explain -w webNAME", 0),
    ("cache explain -w webNAME prepareNAME", 0),
    ("cache explain -w nothing", 2),
    ("log", 0),
    ("log latest", 0),
    ("do", 0),
    ("do tell --help", 0),
    ("do tell", 0),
    ("do tell --mood wild", 2),
    ("do listNAME", 0),
    ("do fail", 1),
    ("do nothing", 2),
    ("create -w webNAME one", 0),
    ("ls", 0),
    ("run --list one", 0),
    ("run one lookNAME --help", 0),
    ("run one lookNAME", 0),
    ("rm one --yes", 1),
    ("rm one --yes --force", 0),
    ("cache invalidate -w webNAME prepareNAME", 0),
    ("cache invalidate -w webNAME --all", 0),
    ("doctor", 0),
];

/// Reads the hostile part of the names of a project.
fn name_in(project: &Project) -> String {
    let config = project.read("rig.config.ts");
    let start = config.find("name = \"").unwrap() + "name = \"".len();
    let end = start + config[start..].find('"').unwrap();
    let codes = config[start..end].split("\\u{").skip(1);
    let characters = codes.map(|code| {
        let code = u32::from_str_radix(code.trim_end_matches('}'), 16).unwrap();
        char::from_u32(code).unwrap()
    });
    characters.collect()
}

#[test]
fn nothing_of_a_project_reaches_a_pipe_as_it_is() {
    let project = project();
    let name = name_in(&project);
    for (line, code) in COMMANDS {
        let output = project
            .command(&line.replace("NAME", &name))
            .arg("--color=always")
            .run();
        check(line, &output.stdout);
        check(line, &output.stderr);
        output.exits_with(*code);
    }
}

#[test]
fn nothing_of_a_project_reaches_a_terminal_as_it_is() {
    let project = project();
    let name = name_in(&project);
    for (line, _) in COMMANDS {
        for suffix in ["", " --json"] {
            let is_data = line.starts_with("graph --format");
            if suffix == " --json" && is_data {
                continue;
            }
            let mut terminal =
                project.terminal(&format!("{}{suffix}", line.replace("NAME", &name)));
            terminal.type_text("\r");
            let written = terminal.all();
            check(line, &MOVES.replace_all(&written, ""));
        }
    }
}

#[test]
fn names_that_would_be_obeyed_are_refused_where_they_are() {
    let refused: Vec<char> = {
        let directions = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
        let is_refused = |character: &&char| {
            character.general_category() != GeneralCategory::Format
                || directions.contains(**character)
        };
        UNSEEN.iter().filter(is_refused).copied().collect()
    };
    let tasks = refused.iter().map(|character| {
        let name = quoted(&format!("a{character}"));
        format!("  .task({name}, () => {{}})\n")
    });
    let project = Project::new(&format!(
        "//- /rig.config.ts\nimport {{ workflow }} from \"@rigkit/sdk\";\nexport const web = workflow(\"web\").sequence(\"web\")\n{};\n",
        tasks.collect::<String>()
    ));
    let error = project.rig("plan --json").exits_with(1).error();
    let problems = error["problems"].as_array().unwrap();
    assert_eq!(problems.len(), refused.len(), "{error:#}");
    for (index, problem) in problems.iter().enumerate() {
        assert_eq!(problem["code"], "invalid-name", "{problem:#}");
        assert_eq!(problem["position"]["line"], index + 3, "{problem:#}");
    }
    let output = project
        .command("plan")
        .arg("--color=always")
        .run()
        .exits_with(1);
    check("plan", &output.stderr);
}

#[test]
fn every_kind_of_name_is_judged() {
    let check = |config: &str| {
        for name in ["\"a\\u001b[2J\"".to_owned(), "\"a\".repeat(201)".to_owned()] {
            let config = config.replace("NAME", &name);
            let project = Project::new(&format!(
                "//- /rig.config.ts\nimport {{ task, workflow, defineProvider }} from \"@rigkit/sdk\";\nimport {{ host }} from \"@rigkit/provider-host\";\nconst simple = task(\"simple\", () => {{}});\n{config}\n"
            ));
            let error = project.rig("plan --json").exits_with(1).error();
            assert_eq!(error["code"], "invalid-name", "{config}: {error:#}");
            assert!(error["position"].is_object(), "{config}: {error:#}");
        }
    };
    check("export const web = workflow(NAME).sequence(\"web\").add(simple);");
    check("export const web = workflow(\"web\").sequence(NAME).add(simple);");
    check("export const web = workflow(\"web\").sequence(\"web\").task(NAME, () => {});");
    check("export const web = workflow(\"web\").sequence(\"web\").parallel({ [NAME]: simple });");
    check(
        "export const web = workflow(\"web\", { providers: { [NAME]: host.provider() } }).sequence(\"web\").add(simple);",
    );
    check(
        "export const web = workflow(\"web\").sequence(\"web\").add(simple).operation(NAME, { run: () => {} });",
    );
    check(
        "export const web = workflow(\"web\").sequence(\"web\").add(simple).workspace({ create: () => ({}), remove: () => {} }).workspaceOperation(NAME, { run: () => {} });",
    );
}

#[test]
fn the_name_of_a_file_is_text() {
    let name = "a\u{1b}]0;owned\u{7}\r\nforged\u{9b}2J\u{202e}";
    let project = Project::new("");
    project.write(
        &format!("{name}/rig.config.ts"),
        format!(
            "import {{ workflow }} from \"@rigkit/sdk\";\nimport \"./{}\";\n",
            &quoted(name)[1..quoted(name).len() - 1]
        ),
    );
    project.write(
        &format!("{name}/{name}.ts"),
        "throw new Error(\"broken\");\n",
    );
    for line in ["projects", "plan --all", "doctor"] {
        let output = project.command(line).arg("--color=always").run();
        check(line, &output.stdout);
        check(line, &output.stderr);
    }
    for line in ["plan", "doctor", "init", "types", "log nothing"] {
        let command = project.command(line).arg("--color=always");
        let output = command.arg("-C").arg(name).run();
        check(line, &output.stdout);
        check(line, &output.stderr);
    }
}

#[test]
fn what_a_state_says_is_text() {
    let project = Project::new(
        "//- /rig.config.ts\nimport { workflow } from \"@rigkit/sdk\";\nexport const web = workflow(\"web\").sequence(\"web\").task(\"a\", () => {}).workspace({ create: () => ({}), remove: () => {} });\n",
    );
    project.done("create one");
    let state = rusqlite::Connection::open(project.state_in_one_file()).unwrap();
    let text = hostile();
    for change in [
        "UPDATE workspaces SET name = ?1",
        "UPDATE applies SET who = ?1, message = ?1",
        "UPDATE node_runs SET node_name = ?1",
    ] {
        state.execute(change, [&text]).unwrap();
    }
    drop(state);
    for line in [
        "ls",
        "cache ls -v",
        "log",
        "log latest",
        "plan -v",
        "run nothing",
        "rm nothing --yes",
        "rm --all",
    ] {
        let output = project.command(line).arg("--color=always").run();
        check(line, &output.stdout);
        check(line, &output.stderr);
    }
    for shell in ["bash", "zsh", "fish"] {
        let command = project.command("-- rig rm x").env("RIG_COMPLETE", shell);
        let answer = command.env("_CLAP_COMPLETE_INDEX", "2").run();
        check(shell, &answer.stdout.replace('\t', " "));
    }
}

/// Returns the most marks that stand in a row, colors not counted.
fn most_marks(text: &str) -> usize {
    let text = COLORS.replace_all(text, "");
    let runs = text.split(|character| character != '\u{301}');
    let marks = runs.map(|run| run.chars().count());
    marks.max().unwrap_or_default()
}

#[test]
fn no_letter_has_marks_without_end() {
    let config = r#"
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";
const four = "\u0301".repeat(4);
const marks = "e" + (four + "\x1b[31m" + four + "\x1b[32m").repeat(500);
export const web = workflow("web", { providers: { host: host.provider() } }).sequence("web")
  .configure({ x: "e" + "\u0301".repeat(3000) })
  .task("noise", async ({ host, step }) => {
    await host.writeFile("noise", marks);
    await host.exec("cat noise");
    step.log(marks);
    return { ctx: { x: "e" + "\u0301".repeat(3000) } };
  })
  .operation("tell", { run: () => marks });
"#;
    let project = Project::new(&format!("//- /rig.config.ts\n{config}"));
    for line in ["apply -v", "log latest", "do tell"] {
        let output = project.command(line).arg("--color=always").run();
        assert_eq!(output.code, 0, "{}", output.transcript());
        let shown = format!("{}{}", output.stdout, output.stderr);
        assert_eq!(most_marks(&shown), 4, "{line}");
    }
    for line in ["apply --json", "plan --json", "log latest --json"] {
        let shown = project.terminal(line).all();
        assert!(most_marks(&shown) <= 4, "{line}: {}", most_marks(&shown));
    }
}
