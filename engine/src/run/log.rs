//! The log of a run: one event a line, the newest runs kept.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

use crate::event::EventRecord;

/// How many logs are kept.
pub(crate) const KEPT_LOGS: usize = 50;

/// Writes the log of one run.
pub(crate) struct RunLog {
    file: File,
    line: Vec<u8>,
}

impl RunLog {
    /// Begins the log of a run and removes the oldest of the others.
    ///
    /// # Errors
    /// Where the file cannot be made.
    pub(crate) fn create(directory: &Path, run: &str) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(log_path(directory, run))?;
        remove_oldest(directory)?;
        Ok(Self {
            file,
            line: Vec::new(),
        })
    }

    /// Writes one event; the kernel has it when this returns.
    pub(crate) fn write(&mut self, record: &EventRecord) {
        self.line.clear();
        if serde_json::to_writer(&mut self.line, record).is_err() {
            return;
        }
        self.line.push(b'\n');
        // A log that cannot be written, on a full disk for instance, must not end the run: the
        // state, which can, reports it.
        let _ = self.file.write_all(&self.line);
    }
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

/// Run ids begin with their time, so names sort by age.
fn remove_oldest(directory: &Path) -> io::Result<()> {
    let mut names: Vec<PathBuf> = fs::read_dir(directory)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "ndjson")
        })
        .collect();
    names.sort();
    let surplus = names.len().saturating_sub(KEPT_LOGS);
    for path in &names[..surplus] {
        // Another run may be removing the same ones.
        let _ = fs::remove_file(path);
    }
    Ok(())
}
