//! What a project can put into an editor is text: nothing in a name, a title, a message or an output hides, is
//! obeyed, or is taken for Markdown.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

use crate::support::{DOCUMENT_REQUESTS, TestClient};

/// What an editor shows of an answer.
const SHOWN: &[&str] = &[
    "title",
    "label",
    "detail",
    "message",
    "name",
    "containerName",
    "value",
    "tooltip",
    "reason",
    "description",
    "documentation",
];

/// What an editor uses and does not show.
const USED: &[&str] = &[
    "arguments",
    "data",
    "edit",
    "textEdit",
    "insertText",
    "filterText",
    "command",
    "codeDescription",
];

/// Blanks that take two bytes, and three.
const BLANKS: &str = "\u{a0}\u{3000}\u{2003}";

fn is_unseen(character: char) -> bool {
    matches!(
        character.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

/// Lists the texts of an answer that are shown.
fn shown<'a>(answer: &'a Value, texts: &mut Vec<&'a str>) {
    match answer {
        Value::Array(parts) => parts.iter().for_each(|part| shown(part, texts)),
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(text) if SHOWN.contains(&key.as_str()) => texts.push(text),
                    // The command of a lens has a title, the arguments of it have not.
                    Value::Object(_) if key == "command" => shown(member, texts),
                    _ if USED.contains(&key.as_str()) => {}
                    member => shown(member, texts),
                }
            }
        }
        _ => {}
    }
}

/// Demands that nothing in what is shown hides or is obeyed; gives how many texts are shown.
fn check(what: &str, answer: &Value) -> usize {
    let mut texts = Vec::new();
    shown(answer, &mut texts);
    for text in &texts {
        let unseen = text
            .chars()
            .filter(|character| *character != '\n' && is_unseen(*character));
        let found: BTreeSet<char> = unseen.collect();
        assert!(found.is_empty(), "{what} shows {found:?}:\n{text:?}");
        // Titles of actions and messages of diagnostics are no Markdown.
        let is_markdown = ["hover", "completion"]
            .iter()
            .any(|part| what.contains(part));
        let has_link = is_markdown && without_text(text).contains("](command:");
        assert!(!has_link, "{what} has a link:\n{text}");
    }
    texts.len()
}

/// Leaves out what means nothing: what stands between fences of as many backticks, or behind a backslash.
fn without_text(markdown: &str) -> String {
    let mut markup = String::new();
    let mut rest = markdown;
    while let Some(start) = rest.find(['`', '\\']) {
        let (before, found) = rest.split_at(start);
        markup.push_str(before);
        let length = found.len() - found.trim_start_matches('`').len();
        if length == 0 {
            let mut characters = found.chars();
            characters.by_ref().take(2).for_each(drop);
            rest = characters.as_str();
            continue;
        }
        let (fence, inside) = found.split_at(length);
        markup.push_str(fence);
        rest = end_of_code(inside, length).map_or(inside, |end| &inside[end..]);
    }
    markup + rest
}

/// Finds the first run of exactly so many backticks, and returns where it ends.
fn end_of_code(text: &str, length: usize) -> Option<usize> {
    let mut from = 0;
    while let Some(start) = text[from..].find('`') {
        let run = &text[from + start..];
        let found = run.len() - run.trim_start_matches('`').len();
        from += start + found;
        if found == length {
            return Some(from);
        }
    }
    None
}

#[test]
fn links_are_found_outside_of_code() {
    let check = |markdown: &str, expected: &str| assert_eq!(without_text(markdown), expected);
    check("a [b](c)", "a [b](c)");
    check("`[b](c)` [d](e)", "` [d](e)");
    check("`` a`[b](c) `` d", "`` d");
    check("`` [b](c) `", "`` [b](c) `");
    check("\\`[b](c)`", "[b](c)`");
    check("\\[b\\](c)", "b(c)");
}

/// Writes a text as TypeScript does, in quotes.
fn quoted(text: &str) -> String {
    let escaped = text
        .chars()
        .map(|character| character.escape_unicode().to_string());
    format!("\"{}\"", escaped.collect::<String>())
}

fn hostile() -> String {
    let unseen: String = ('\0'..=char::MAX)
        .filter(|character| is_unseen(*character))
        .collect();
    let text = "x$(zap)[go](command:rigkit.apply)<b>`&lt;\n```\n# y\u{1b}]0;owned\u{7}";
    between_blanks(&format!("{text}{unseen}z"))
}

/// Puts blanks beyond ASCII around each line of a text: some code cuts at one byte, or trims them.
fn between_blanks(text: &str) -> String {
    let lines = text
        .split('\n')
        .map(|line| format!("{BLANKS}{line}{BLANKS}"));
    lines.collect::<Vec<String>>().join("\n")
}

fn config() -> String {
    let direction = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
    let is_name = |character: &char| {
        character.general_category() == GeneralCategory::Format && !direction.contains(*character)
    };
    let unseen = ('\0'..=char::MAX).filter(is_name).take(20);
    let name: String = "$(zap)[go](command:rigkit.apply)<b>`"
        .chars()
        .chain(unseen)
        .collect();
    let config = r#"import { task, workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";
const text = TEXT;
console.log(text);
const branch = task("inner" + NAME, async () => ({ ctx: { value: text } }));
export const site = workflow("site" + NAME, { providers: { host: host.provider() } }).sequence("main")
  .task("first" + NAME, async ({ step, host }) => {
    step.log(text);
    await host.writeFile("noise", text);
    await host.exec("cat noise");
    return { ctx: { made: text } };
  })
  .parallel({ ["branch" + NAME]: branch, other: branch })
  .task("last", { retry: 1, version: text }, async ({ step }) => { throw new Error(text + step.ctx.made); })
  .operation("tell", { title: text, description: text, input: { type: "object", properties: { word: { type: "string", description: text, default: text } } }, run: async () => { throw new Error(text); } })
  .workspace({ create: async () => ({}), remove: async () => {} });
"#;
    let config = config.replace("TEXT", &quoted(&hostile()));
    let name = format!("{name}{BLANKS}");
    config
        .replace("NAME", &quoted(&name))
        .replace(", { retry: 1, version: text }", "")
}

#[test]
fn nothing_of_a_project_is_obeyed_by_an_editor() {
    let config = config();
    let mut client = TestClient::new(&config);
    ask_everything(&mut client, &config);
    for (command, arguments) in [
        ("rigkit.plan", json!({})),
        ("rigkit.apply", json!({})),
        ("rigkit.explain", json!({})),
        ("rigkit.runOperation", json!({ "operation": "tell" })),
        (
            "rigkit.createWorkspace",
            json!({ "workspace": "x\u{1b}[2J" }),
        ),
    ] {
        if let Err(error) = client.execute(command, arguments) {
            check(command, &error);
        }
    }
    ask_everything(&mut client, &config);
    for message in client.received() {
        let method = message["method"].as_str().unwrap_or_default().to_owned();
        // What a program reads is a document, and the message of a log is told in lines.
        if method != "rigkit/event" {
            check(&method, &message["params"]);
        }
    }
}

/// Asks everything that can be asked, at every place where something is.
fn ask_everything(client: &mut TestClient, config: &str) {
    let mut count = 0;
    client.diagnostics("rig.config.ts");
    for text in [
        "workflow(",
        "task(\"first",
        "parallel(",
        "task(\"last",
        "operation(",
        "workspace(",
        "step.ctx.made",
        "made);",
        "host.provider",
    ] {
        assert!(config.contains(text), "{text}");
        for request in DOCUMENT_REQUESTS {
            let mut parameters = client.at("rig.config.ts", text);
            parameters["position"]["character"] =
                json!(parameters["position"]["character"].as_u64().unwrap() + 1);
            let position = parameters["position"].clone();
            let end = json!({ "line": position["line"], "character": 10_000 });
            parameters["range"] = json!({ "start": { "line": 0, "character": 0 }, "end": end });
            parameters["context"] = json!({ "diagnostics": [], "includeDeclaration": true });
            parameters["newName"] = json!("other");
            let answer = client.request(request, &parameters);
            count += check(request, &answer.unwrap_or_else(|error| error));
        }
    }
    let symbols = client.request("workspace/symbol", &json!({ "query": "" }));
    count += check("workspace/symbol", &symbols.unwrap());
    assert!(count > 50, "only {count} texts were shown");
}
