//! Random edits and messages: whatever happened before, the server knows the text as it is, and
//! says of it what it says of a text that was never edited.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{DOCUMENT_REQUESTS, TestClient};

const SITE: &str = r#"import { workflow } from "@rigkit/sdk";
// 😀 é
export const site = workflow("site")
  .sequence("main")
  .task("clone", async ({ step }) => ({ ctx: { ...step.ctx, a: 1 } }))
  .task("build", { cacheTTL: "1d" }, async ({ step }) => step.invalidate("clone"))
  .operation("run", { run: async () => 1 });
"#;

/// What is typed: pieces of configs, and what breaks them.
const PIECES: &[&str] = &[
    "",
    "\n",
    "\r\n",
    "\"",
    "'",
    "`",
    "{",
    "}",
    "(",
    ")",
    ".",
    "😀",
    "\u{feff}",
    "\0",
    "// x\n",
    "/*",
    "*/",
    ".task(\"t\", async () => {})",
    ".sequence(\"s\")",
    "export const b = workflow(\"b\");\n",
    "cacheTTL: \"3 x\"",
    "while (true) {}",
    "throw 1;\n",
    "${",
    "</a>",
    "clone",
];

/// Is something a client does.
#[derive(Debug, Clone)]
enum Action {
    /// Replaces a part of the text: where and how much of it, in thousandths, by which piece.
    Edit(usize, usize, usize),
    /// Asks something about a place, without waiting for the answer.
    Ask(usize, usize),
    /// Closes the document and opens it again.
    Reopen,
    /// Sends back the original text.
    Restore,
    /// Gives up the last request.
    Cancel,
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        12 => (0usize..1000, 0usize..40, 0..PIECES.len()).prop_map(|(a, b, c)| Action::Edit(a, b, c)),
        4 => (0..DOCUMENT_REQUESTS.len(), 0usize..1000).prop_map(|(a, b)| Action::Ask(a, b)),
        1 => Just(Action::Reopen),
        1 => Just(Action::Restore),
        1 => Just(Action::Cancel),
    ]
}

struct Session {
    client: TestClient,
    asked: Vec<i64>,
}

impl Session {
    fn perform(&mut self, action: &Action) {
        let file = "rig.config.ts";
        match action {
            Action::Edit(start, length, piece) => self.edit(*start, *length, PIECES[*piece]),
            Action::Ask(request, place) => {
                let offset = self.offset(*place);
                let position = self.client.position(file, offset);
                let mut parameters = self.client.document(file);
                parameters["position"] = position.clone();
                parameters["range"] = json!({ "start": position, "end": position });
                parameters["context"] = json!({
                    "diagnostics": [], "triggerKind": 1, "includeDeclaration": true,
                });
                parameters["newName"] = json!("renamed");
                self.asked
                    .push(self.client.begin(DOCUMENT_REQUESTS[*request], &parameters));
            }
            Action::Reopen => {
                let text = self.client.text(file).to_owned();
                self.client.close(file);
                self.client.open_with(file, &text);
            }
            Action::Restore => self.client.change(file, SITE),
            Action::Cancel => {
                if let Some(id) = self.asked.last() {
                    let id = *id;
                    self.client.notify("$/cancelRequest", &json!({ "id": id }));
                }
            }
        }
    }

    fn edit(&mut self, start: usize, length: usize, piece: &str) {
        let file = "rig.config.ts";
        let start = self.offset(start);
        let text = self.client.text(file);
        let end = addressable(text, (start + length).min(text.len())).max(start);
        self.client.splice(file, start..end, piece);
    }

    fn offset(&self, thousandths: usize) -> usize {
        let text = self.client.text("rig.config.ts");
        addressable(text, text.len() * thousandths / 1000)
    }

    /// What the server says of the text it has been told piece by piece, against what it says of
    /// the same text told at once.
    fn check(&mut self) -> Result<(), TestCaseError> {
        for id in std::mem::take(&mut self.asked) {
            let _ = self.client.answer(id);
        }
        let edited = self.told();
        let text = self.client.text("rig.config.ts").to_owned();
        self.client.close("rig.config.ts");
        self.client.open_with("rig.config.ts", &text);
        prop_assert_eq!(edited, self.told(), "{}", text);
        prop_assert_eq!(self.client.panics(), Vec::<String>::new());
        Ok(())
    }

    fn told(&mut self) -> Vec<Value> {
        self.client.diagnostics("rig.config.ts")
    }
}

/// Gives a place that a position can name: none does inside of a character or a line break.
fn addressable(text: &str, offset: usize) -> usize {
    let offset = text.floor_char_boundary(offset);
    let is_in_break = text[..offset].ends_with('\r') && text[offset..].starts_with('\n');
    if is_in_break { offset - 1 } else { offset }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 200, ..ProptestConfig::default() })]
    #[test]
    fn the_server_knows_the_text(actions in proptest::collection::vec(action(), 1..60)) {
        let mut session = Session { client: TestClient::new(SITE), asked: Vec::new() };
        for action in &actions {
            session.perform(action);
        }
        session.check()?;
    }
}
