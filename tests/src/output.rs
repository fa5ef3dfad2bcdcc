//! What `rig` wrote and how it ended.

use std::{os::unix::process::ExitStatusExt as _, process};

use serde_json::Value;

use crate::check_document;

/// A run of `rig` that is over.
#[derive(Debug)]
pub struct Output {
    /// The command line.
    pub line: String,
    /// What is data.
    pub stdout: String,
    /// What is for the person.
    pub stderr: String,
    /// The exit code, or minus the signal that ended it.
    pub code: i32,
}

impl Output {
    pub(crate) fn of(line: String, output: process::Output) -> Self {
        let killed_by = || output.status.signal().map(|signal| -signal);
        Self {
            line,
            code: output.status.code().or_else(killed_by).unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Demands an exit code.
    ///
    /// # Panics
    /// Where it is another.
    #[expect(
        clippy::must_use_candidate,
        clippy::return_self_not_must_use,
        reason = "it is a check"
    )]
    pub fn exits_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}", self.transcript());
        self
    }

    /// Gives the one document on stdout, which has to fit a schema of `docs/schema`.
    ///
    /// # Panics
    /// Where there is anything else on stdout.
    #[must_use]
    pub fn document(&self, schema: &str) -> Value {
        assert_eq!(
            self.stdout.matches('\n').count(),
            1,
            "{}",
            self.transcript()
        );
        let document = serde_json::from_str(&self.stdout);
        let document = document.unwrap_or_else(|error| panic!("{error}: {}", self.transcript()));
        check_document(schema, &document);
        document
    }

    /// Gives the `error` of a failure that was told as JSON.
    ///
    /// # Panics
    /// Where it was told otherwise.
    #[must_use]
    pub fn error(&self) -> Value {
        self.document("error.json")["error"].take()
    }

    /// Gives the events on stdout, each of which has to fit its schema and to follow the one
    /// before.
    ///
    /// # Panics
    /// Where there is anything else on stdout.
    #[must_use]
    pub fn events(&self) -> Vec<Value> {
        let events: Vec<Value> = self
            .stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        for (sequence, event) in events.iter().enumerate() {
            check_document("event.json", event);
            assert_eq!(event["sequence"], sequence, "{}", self.transcript());
        }
        events
    }

    /// Writes everything down.
    #[must_use]
    pub fn transcript(&self) -> String {
        let mut text = format!("$ {}\n", self.line);
        for (name, part) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !part.is_empty() {
                text.push_str(&format!("--- {name}\n{part}"));
                if !part.ends_with('\n') {
                    text.push_str("(no newline at the end)\n");
                }
            }
        }
        if self.code != 0 {
            text.push_str(&format!("--- exit {}\n", self.code));
        }
        text
    }
}
