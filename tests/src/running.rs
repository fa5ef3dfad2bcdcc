//! `rig` while it runs in the background.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{self, Child, ChildStdout},
    thread::{self, JoinHandle},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;

use crate::Output;

/// A run of `rig` whose stdout is read line by line.
pub struct Running {
    line: String,
    child: Child,
    stdout: BufReader<ChildStdout>,
    read: String,
    stderr: JoinHandle<Vec<u8>>,
}

impl Running {
    pub(crate) fn new(line: String, mut child: Child) -> Self {
        let mut stderr = child.stderr.take().unwrap();
        Self {
            line,
            stdout: BufReader::new(child.stdout.take().unwrap()),
            child,
            read: String::new(),
            stderr: thread::spawn(move || {
                let mut bytes = Vec::new();
                stderr.read_to_end(&mut bytes).unwrap();
                bytes
            }),
        }
    }

    /// Waits for the next event; there is none once the process has ended.
    ///
    /// # Panics
    /// Where something else is on stdout.
    pub fn next_event(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        self.read.push_str(&line);
        // What a killed process wrote last may be half a line.
        line.ends_with('\n')
            .then(|| serde_json::from_str(&line).unwrap())
    }

    /// Waits for an event of a type and a task.
    ///
    /// # Panics
    /// Where the process ends before.
    pub fn wait_for(&mut self, kind: &str, node: &str) -> Value {
        loop {
            let event = self
                .next_event()
                .unwrap_or_else(|| panic!("no {kind} of {node}: {}", self.read));
            if event["type"] == kind && (node.is_empty() || event["nodePath"] == node) {
                return event;
            }
        }
    }

    /// Gives the id of the process.
    #[must_use]
    pub fn id(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    /// Sends a signal to the process alone.
    ///
    /// # Panics
    /// Where the process is gone.
    pub fn signal(&self, signal: Signal) {
        kill(self.id(), signal).unwrap();
    }

    /// Waits for the end.
    ///
    /// # Panics
    /// Where it wrote something that is not text.
    #[must_use]
    pub fn finish(mut self) -> Output {
        self.stdout.read_to_string(&mut self.read).unwrap();
        let status = self.child.wait().unwrap();
        let output = process::Output {
            status,
            stdout: self.read.into_bytes(),
            stderr: self.stderr.join().unwrap(),
        };
        Output::of(self.line, output)
    }
}
