//! The log of a run: one event a line, the newest runs kept.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use uuid::Uuid;

use super::expired_logs::expired;
use crate::event::{Event, EventRecord};

/// How many logs are kept.
pub(crate) const KEPT_LOGS: usize = 50;

/// The node path of what a config writes to the console while it is evaluated.
pub(crate) const DEFINITION_NODE: &str = "definition";

/// Writes the log of one run, which has no file before something happens: a run that is
/// refused leaves none, and pushes none out of those that are kept.
pub(crate) struct RunLog {
    directory: PathBuf,
    run: String,
    file: Option<File>,
    lines: Vec<u8>,
}

impl RunLog {
    /// Prepares the log of a run.
    ///
    /// # Errors
    /// Where its directory cannot be made.
    pub(crate) fn prepare(directory: &Path, run: &str) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        Ok(Self {
            directory: directory.to_path_buf(),
            run: run.to_owned(),
            file: None,
            lines: Vec::new(),
        })
    }

    /// Writes one event; the kernel has it when this returns.
    pub(crate) fn write(&mut self, record: &EventRecord) {
        let written = self.lines.len();
        if serde_json::to_writer(&mut self.lines, record).is_err() {
            self.lines.truncate(written);
            return;
        }
        self.lines.push(b'\n');
        if self.file.is_none() && is_of_definition(&record.event) {
            return;
        }
        // A log that cannot be written, on a full disk for instance, must not end the run: the
        // state, which can, reports it.
        let _ = self.write_lines();
        self.lines.clear();
    }

    fn write_lines(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(begin(&self.directory, &self.run)?),
        };
        file.write_all(&self.lines)
    }
}

/// Says whether an event comes from evaluating the config, which says nothing of whether
/// there will be a run.
fn is_of_definition(event: &Event) -> bool {
    matches!(event, Event::LogOutput { node_path, .. } if node_path == DEFINITION_NODE)
}

/// Makes the file of a log and removes the oldest of the others.
fn begin(directory: &Path, run: &str) -> io::Result<File> {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(log_path(directory, run))?;
    // One that cannot be removed is no reason to write none.
    let _ = remove_oldest(directory, run);
    Ok(file)
}

/// Gives the path of a run's log.
pub(crate) fn log_path(directory: &Path, run: &str) -> PathBuf {
    directory.join(format!("{run}.ndjson"))
}

/// Reads the log of a run; a last line that a killed process left unfinished is left out.
///
/// # Errors
/// Where the file cannot be read.
pub(crate) fn read_log(directory: &Path, run: &str) -> io::Result<Vec<EventRecord>> {
    let file = File::open(log_path(directory, run))?;
    let mut records = Vec::new();
    for line in BufReader::new(file).lines() {
        match serde_json::from_str(&line?) {
            Ok(record) => records.push(record),
            Err(_) => break,
        }
    }
    Ok(records)
}

/// Removes the logs of runs that a new one takes the place of.
fn remove_oldest(directory: &Path, beginning: &str) -> io::Result<()> {
    let names: Vec<String> = fs::read_dir(directory)?
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    let runs = names.iter().filter_map(|name| run_of(name));
    for run in expired(runs, beginning, Timestamp::now(), KEPT_LOGS) {
        // Another run may be removing the same ones.
        let _ = fs::remove_file(log_path(directory, run));
    }
    Ok(())
}

/// Returns the run whose log has a name; files that Rigkit did not make have other names.
fn run_of(name: &str) -> Option<&str> {
    let run = name.strip_suffix(".ndjson")?;
    (run.len() == 36 && Uuid::try_parse(run).is_ok()).then_some(run)
}
