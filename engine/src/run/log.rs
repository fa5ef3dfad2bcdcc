//! The log of a run: one event a line, the newest runs kept.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::expired_logs::expired;
use crate::{
    disk::{DataFolder, DiskError, Links, OwnFile, OwnNames, Root},
    event::{Event, EventRecord},
};

/// How many logs are kept.
pub(crate) const KEPT_LOGS: usize = 50;

/// Where logs are below the data folder.
const FOLDER: &str = "logs";

/// The node path of what a config writes to the console while it is evaluated.
pub(crate) const DEFINITION_NODE: &str = "definition";

/// Writes the log of one run, which has no file before something happens: a run that is
/// refused leaves none, and pushes none out of those that are kept.
pub(crate) struct RunLog {
    folder: Root,
    run: String,
    file: Option<File>,
    lines: Vec<u8>,
}

impl RunLog {
    /// Prepares the log of a run.
    ///
    /// # Errors
    /// Where its folder cannot be made.
    pub(crate) fn prepare(project_root: &Path, run: &str) -> Result<Self, DiskError> {
        let data_folder = DataFolder::make(project_root)?;
        data_folder.create_folders(Path::new(FOLDER))?;
        Ok(Self {
            folder: data_folder.open_folder(Path::new(FOLDER), Links::Refused)?,
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
            none => none.insert(begin(&self.folder, &self.run)?),
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
fn begin(folder: &Root, run: &str) -> Result<File, DiskError> {
    let file = folder.open_to_append(Path::new(&file_name(run)))?;
    // One that cannot be removed is no reason to write none.
    let _ = remove_oldest(folder, run);
    Ok(file)
}

fn file_name(run: &str) -> String {
    format!("{run}.ndjson")
}

/// Returns where the log of a run is below the data folder.
pub(crate) fn log_path(run: &str) -> PathBuf {
    Path::new(FOLDER).join(file_name(run))
}

/// Removes the logs of runs that a new one takes the place of.
fn remove_oldest(folder: &Root, beginning: &str) -> Result<(), DiskError> {
    let logs = folder.own_files(OwnNames::RunLogs)?;
    let runs = logs.iter().filter_map(run_of);
    let expired = expired(runs, beginning, Timestamp::now(), KEPT_LOGS);
    let is_expired = |log: &&OwnFile| {
        let run = run_of(log);
        run.is_some_and(|run| expired.contains(&run))
    };
    for log in logs.iter().filter(is_expired) {
        // Another run may be removing the same ones.
        let _ = folder.remove(log);
    }
    Ok(())
}

/// Returns the run whose log it is; the leftover of one that was being replaced is none.
fn run_of(log: &OwnFile) -> Option<&str> {
    log.name().to_str()?.strip_suffix(".ndjson")
}
