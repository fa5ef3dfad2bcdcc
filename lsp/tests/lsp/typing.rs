//! Configs typed character by character: the examples, which are as valid as configs get, and each
//! of their beginnings, nearly all of which are broken.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{Capabilities, TestClient};

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples")
        .join(name)
}

/// Is a client that types a file of an example into an editor.
struct Typist {
    client: TestClient,
    file: String,
    text: String,
}

impl Typist {
    fn new(name: &str, file: &str) -> Self {
        let client = TestClient::of_directory(
            &example(name),
            Capabilities::Full,
            json!({ "planDiagnostics": "off" }),
        );
        Self {
            text: std::fs::read_to_string(client.root().join(file)).unwrap(),
            client,
            file: file.to_owned(),
        }
    }

    /// Types everything; after each character every answer is one, and once there are lenses
    /// there always are some.
    fn type_all(&mut self) {
        self.client.open_with(&self.file, "");
        let mut were_lenses_there = false;
        let mut typed = 0;
        for character in self.text.clone().chars() {
            self.client
                .insert(&self.file, typed, &character.to_string());
            typed += character.len_utf8();
            let has_lenses = self.ask_everything(typed);
            let so_far = &self.text[..typed];
            assert!(
                has_lenses || !were_lenses_there,
                "the lenses are gone after {so_far:?}"
            );
            were_lenses_there = has_lenses;
        }
        assert_eq!(self.client.text(&self.file), self.text);
    }

    /// Sends every request about the place that was typed at; none may fail. Says whether there
    /// are lenses.
    fn ask_everything(&mut self, offset: usize) -> bool {
        let position = self.client.position(&self.file, offset);
        let mut parameters = self.client.document(&self.file);
        parameters["position"] = position.clone();
        parameters["range"] = json!({ "start": position, "end": position });
        parameters["context"] = json!({ "diagnostics": [], "includeDeclaration": true });
        let mut has_lenses = false;
        for method in PLACE_REQUESTS {
            let answer = self.client.request(method, &parameters);
            let answer = answer.unwrap_or_else(|error| panic!("{method} at {offset}: {error}"));
            if *method == "textDocument/codeLens" {
                has_lenses = answer.as_array().is_some_and(|lenses| !lenses.is_empty());
            }
        }
        has_lenses
    }

    /// Lists the errors and warnings in all files.
    fn complaints(&mut self) -> Vec<Value> {
        let told = self.client.diagnostics(&self.file);
        told.into_iter()
            .filter(|told| told["severity"].as_u64() < Some(3))
            .collect()
    }
}

const PLACE_REQUESTS: &[&str] = &[
    "textDocument/codeAction",
    "textDocument/codeLens",
    "textDocument/inlayHint",
    "textDocument/definition",
    "textDocument/documentSymbol",
];

fn check(name: &str, file: &str) {
    let mut typist = Typist::new(name, file);
    typist.type_all();
    assert_eq!(typist.complaints(), Vec::<Value>::new());
    // Blank lines, comments and renames of variables leave a valid file valid.
    typist.client.insert(file, 0, "// note\n\n");
    assert_eq!(typist.complaints(), Vec::<Value>::new());
    assert_eq!(typist.client.panics(), Vec::<String>::new());
}

#[test]
fn quickstart() {
    check("quickstart", "rig.config.ts");
}

#[test]
fn services_index() {
    check("services", "rigkit/index.ts");
}

#[test]
fn services_web() {
    check("services", "rigkit/web.ts");
}

#[test]
fn services_api() {
    check("services", "rigkit/api.ts");
}

#[test]
fn services_database() {
    check("services", "rigkit/database.ts");
}

#[test]
fn services_tools() {
    check("services", "rigkit/tools.ts");
}

#[test]
fn services_server() {
    check("services", "rigkit/server.ts");
}

#[test]
fn services_shared() {
    check("services", "rigkit/shared.ts");
}
