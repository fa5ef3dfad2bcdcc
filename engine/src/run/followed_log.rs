//! The log of a run that goes on, read as it grows.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use super::log::log_path;
use crate::{disk::DataFolder, event::EventRecord};

/// The most bytes of a log that are read, and of one event in it.
const MOST_OF_A_LOG: usize = 256 * 1024 * 1024;
const MOST_OF_AN_EVENT: usize = 1024 * 1024;

/// How many bytes are read at once.
const CHUNK: usize = 64 * 1024;

/// The events of a run that goes on, those that are new each time.
#[derive(Debug)]
pub struct FollowedLog {
    file: File,
    /// The beginning of a line whose end is not written yet; nothing where it is too long already.
    line: Option<Vec<u8>>,
    read: usize,
}

impl FollowedLog {
    /// Opens the log of a run.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    pub(crate) fn open(project_root: &Path, run: &str) -> io::Result<Self> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let data_folder = DataFolder::open(project_root)?.ok_or_else(missing)?;
        let (file, _) = data_folder.open_file(&log_path(run))?;
        Ok(Self {
            file,
            line: Some(Vec::new()),
            read: 0,
        })
    }

    /// Returns the events that were written since this was asked last. What is no event is left out.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn new_events(&mut self) -> io::Result<Vec<EventRecord>> {
        let mut events = Vec::new();
        let mut chunk = vec![0; CHUNK];
        while self.read < MOST_OF_A_LOG {
            let length = self.file.read(&mut chunk)?;
            if length == 0 {
                break;
            }
            self.read += length;
            for part in chunk[..length].split_inclusive(|byte| *byte == b'\n') {
                events.extend(self.take(part));
            }
        }
        Ok(events)
    }

    /// Takes up a part of a line, and returns the event where it is the last part of one.
    fn take(&mut self, part: &[u8]) -> Option<EventRecord> {
        if let Some(line) = &mut self.line {
            line.extend_from_slice(part);
        }
        if self
            .line
            .as_ref()
            .is_some_and(|line| line.len() > MOST_OF_AN_EVENT)
        {
            self.line = None;
        }
        if !part.ends_with(b"\n") {
            return None;
        }
        let line = self.line.replace(Vec::new())?;
        serde_json::from_slice(&line).ok()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::{fs::OpenOptions, io::Write as _};

    use super::*;

    #[test]
    fn events_are_read_as_they_are_written_each_once_and_whole() {
        let project = tempfile::tempdir().unwrap();
        let root = project.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join(".rigkit/logs")).unwrap();
        let path = root.join(".rigkit/logs/a.ndjson");
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        let mut log = FollowedLog::open(&root, "a").unwrap();
        let mut check = |written: &str, expected: &[u64]| {
            file.write_all(written.as_bytes()).unwrap();
            let events = log.new_events().unwrap();
            let sequences: Vec<u64> = events.iter().map(|record| record.sequence).collect();
            assert_eq!(sequences, expected, "{written:?}");
        };
        let event = |sequence: u64| {
            format!(
                "{{\"sequence\":{sequence},\"time\":\"2026-01-01T00:00:00Z\",\"type\":\"node.started\",\"nodePath\":\"a\"}}\n"
            )
        };
        check("", &[]);
        check(&event(0), &[0]);
        let (start, end) = (&event(1)[..20], &event(1)[20..]);
        check(start, &[]);
        check(end, &[1]);
        check(&format!("nonsense\n{}{}", event(2), event(3)), &[2, 3]);
        check(&"x".repeat(MOST_OF_AN_EVENT + 1), &[]);
        check(&format!("\n{}", event(4)), &[4]);
    }
}
