//! The page about diagnostics: there is a section for every code, and its example gives what it
//! says.
//!
//! A section has an example and a message, in this order: blocks with files, whose name follows
//! the language unless it is the config; blocks with what is typed in a terminal; and one block
//! with the message. A file that is there already is edited.

use std::{
    collections::BTreeSet,
    process::Command,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use rigkit_engine::{
    plan::Reason, project::LoadError, trust::ForeignFile, wording::reason::phrase,
};
use serde_json::{Value, json};

use crate::support::{Capabilities, TestClient};

const PAGE: &str = include_str!("../../../docs/diagnostics.md");

/// Is a code whose example gives nothing here.
struct NotProvoked {
    code: &'static str,
    /// Why not.
    because: &'static str,
    /// What would be told, where the engine can be asked for it.
    message: Option<fn() -> String>,
}

const NOT_PROVOKED: &[NotProvoked] = &[
    NotProvoked {
        code: "sandbox",
        because: "the machine would have to have no threads left",
        message: Some(|| LoadError::Sandbox("no threads".to_owned()).to_string()),
    },
    NotProvoked {
        code: "internal",
        because: "it takes a mistake in Rigkit",
        message: None,
    },
    NotProvoked {
        code: "output-invalid",
        because: "it takes a state that something else wrote into",
        message: Some(|| {
            pending(r#"{ "code": "output-invalid", "message": "\"repo\" is a required property" }"#)
        }),
    },
    NotProvoked {
        code: "artifact-gone",
        because: "plans in an editor do not ask providers",
        message: Some(|| {
            pending(
                r#"{ "code": "artifact-gone", "ref": { "kind": "image", "provider": "docker" } }"#,
            )
        }),
    },
    NotProvoked {
        code: "check-unanswered",
        because: "plans in an editor do not ask providers",
        message: Some(|| pending(r#"{ "code": "check-unanswered", "provider": "docker" }"#)),
    },
    NotProvoked {
        code: "foreign-file",
        because: "only root can give files away",
        message: Some(|| {
            let file = ForeignFile {
                path: "…/rig.config.ts".into(),
                owner: 1000,
            };
            file.to_string()
        }),
    },
    NotProvoked {
        code: "format-changed",
        because: "it takes a state of another version",
        message: Some(|| pending(r#"{ "code": "format-changed" }"#)),
    },
];

/// Gives what is told of a task that has to run for a reason.
fn pending(reason: &str) -> String {
    let reason: Reason = serde_json::from_str(reason).unwrap();
    format!("pending: {}", phrase(&reason, Timestamp::now()))
}

/// How long the server may take to notice what happened around it.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many examples run at the same time.
const THREADS: usize = 4;

/// Is what the page says of one code.
struct Section<'a> {
    code: &'a str,
    blocks: Vec<Block<'a>>,
    remedy: &'a str,
}

/// Is a block of a section.
struct Block<'a> {
    kind: BlockKind<'a>,
    content: &'a str,
}

/// Says what a block is.
enum BlockKind<'a> {
    File(&'a str),
    Terminal,
    Message,
}

fn sections() -> Vec<Section<'static>> {
    let sections = PAGE.split("\n## ").skip(1);
    sections.map(section).collect()
}

fn section(text: &str) -> Section<'_> {
    let (code, rest) = text.split_once('\n').unwrap();
    let rest = rest.split("\n# ").next().unwrap();
    let fenced: Vec<&str> = rest.split("```").collect();
    let blocks = fenced.iter().skip(1).step_by(2);
    Section {
        code,
        blocks: blocks.map(|block| Block::read(block)).collect(),
        remedy: fenced.last().unwrap().trim(),
    }
}

impl<'a> Block<'a> {
    fn read(fenced: &'a str) -> Self {
        let (kind, content) = fenced.split_once('\n').unwrap();
        let kind = match kind.split_once(' ') {
            Some((_, file)) => BlockKind::File(file),
            None if kind == "console" => BlockKind::Terminal,
            None if kind == "text" => BlockKind::Message,
            None => BlockKind::File("rig.config.ts"),
        };
        Self { kind, content }
    }
}

impl<'a> Section<'a> {
    /// Gives the message.
    fn message(&self) -> &'a str {
        let mut blocks = self.blocks.iter();
        let message = blocks.find(|block| matches!(block.kind, BlockKind::Message));
        message.unwrap().content.trim_end()
    }

    /// Runs the example, and gives what is wrong with the section.
    fn problem(&self) -> Option<String> {
        let mut client = TestClient::unopened(
            &self.first_files(),
            Capabilities::Full,
            &json!({ "trusted": true, "planDiagnostics": "all" }),
        );
        let mut is_open = false;
        for block in &self.blocks {
            match block.kind {
                BlockKind::File(file) if is_open => client.change(file, block.content),
                BlockKind::File(_) | BlockKind::Message => {}
                BlockKind::Terminal => {
                    for line in block.content.lines() {
                        run(&mut client, line.strip_prefix("$ ").unwrap(), &mut is_open);
                    }
                }
            }
        }
        open(&mut client, &mut is_open);
        self.compare(&mut client)
    }

    /// Gives the files that are there before anything is done, as a fixture.
    fn first_files(&self) -> String {
        let mut names = BTreeSet::new();
        let files = self.blocks.iter().filter_map(|block| match block.kind {
            BlockKind::File(file) if names.insert(file) => {
                Some(format!("//- {file}\n{}", block.content))
            }
            _ => None,
        });
        files.collect()
    }

    /// Waits until the page is right, and gives how it is wrong where it never is.
    fn compare(&self, client: &mut TestClient) -> Option<String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let told = client.diagnostics("rig.config.ts");
            let wrong = self.difference(&told)?;
            if Instant::now() > deadline {
                return Some(wrong);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn difference(&self, told: &[Value]) -> Option<String> {
        let text = |told: &Value| {
            format!(
                "{}: {}",
                told["code"].as_str().unwrap(),
                told["message"].as_str().unwrap()
            )
        };
        let expected = format!("{}: {}", self.code, self.message());
        let is_worse =
            |told: &&Value| told["severity"].as_u64() <= Some(2) && told["code"] != self.code;
        let is_told = told.iter().any(|told| is_like(&text(told), &expected));
        if is_told && !told.iter().any(|told| is_worse(&told)) {
            return None;
        }
        let told: Vec<String> = told.iter().map(text).collect();
        Some(told.join("\n"))
    }
}

/// Says whether a text is as it is written, where `…` stands for anything within a line.
fn is_like(text: &str, written: &str) -> bool {
    let mut lines = (text.lines(), written.lines());
    loop {
        match (lines.0.next(), lines.1.next()) {
            (None, None) => return true,
            (Some(text), Some(written)) if is_line_like(text, written) => {}
            _ => return false,
        }
    }
}

fn is_line_like(text: &str, written: &str) -> bool {
    let mut parts = written.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn open(client: &mut TestClient, is_open: &mut bool) {
    if !std::mem::replace(is_open, true) {
        client.open("rig.config.ts");
        client.diagnostics("rig.config.ts");
    }
}

/// Does what is typed: `rig` in the editor, which tells of its own runs, and the rest in a shell.
fn run(client: &mut TestClient, line: &str, is_open: &mut bool) {
    let words: Vec<&str> = line.split(' ').collect();
    if words[0] == "rig" {
        open(client, is_open);
    }
    // A run that fails is told of.
    let _ = match words.as_slice() {
        ["rig", "apply"] => client.execute("rigkit.apply", json!({})),
        ["rig", "apply", "--until", task] => {
            client.execute("rigkit.applyUntil", json!({ "task": task }))
        }
        ["rig", "cache", "invalidate", task] => {
            client.execute("rigkit.invalidate", json!({ "task": task }))
        }
        _ => {
            let mut shell = Command::new("sh");
            let shell = shell.args(["-c", line]).current_dir(client.root());
            assert!(shell.status().unwrap().success(), "{line}");
            Ok(Value::Null)
        }
    };
}

#[test]
fn every_code_has_a_section_and_every_section_a_code() {
    let told: BTreeSet<&str> = sections().iter().map(|section| section.code).collect();
    let known: BTreeSet<&str> = rigkit_lsp::diagnostic_codes().into_iter().collect();
    assert_eq!(told, known);
    assert_eq!(sections().len(), known.len());
}

#[test]
fn what_cannot_be_provoked_is_written_as_it_would_be_told() {
    for NotProvoked {
        code,
        because,
        message,
    } in NOT_PROVOKED
    {
        let section = sections().into_iter().find(|section| section.code == *code);
        let section = section.unwrap_or_else(|| panic!("no section `{code}`, although {because}"));
        if let Some(told) = message.map(|message| message()) {
            let written = section.message();
            assert!(is_like(&told, written), "{code}: {told} is not {written}");
        }
    }
}

#[test]
fn every_section_says_what_to_do() {
    for section in sections() {
        assert!(
            section.remedy.ends_with('.'),
            "{}: {}",
            section.code,
            section.remedy
        );
    }
}

#[test]
fn every_example_gives_what_its_section_says() {
    let is_provoked = |section: &Section<'_>| {
        let mut codes = NOT_PROVOKED.iter().map(|not_provoked| not_provoked.code);
        !codes.any(|code| code == section.code)
    };
    let provoked: Vec<Section<'_>> = sections().into_iter().filter(is_provoked).collect();
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let parts: Vec<_> = provoked
            .chunks(provoked.len().div_ceil(THREADS))
            .map(|part| scope.spawn(move || problems(part)))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap())
            .collect()
    });
    assert!(
        wrong.is_empty(),
        "the page differs from what is told:\n{}",
        wrong.join("\n")
    );
}

fn problems(sections: &[Section<'_>]) -> Vec<String> {
    let problem =
        |section: &Section<'_>| Some(format!("## {}\n{}\n", section.code, section.problem()?));
    sections.iter().filter_map(problem).collect()
}
