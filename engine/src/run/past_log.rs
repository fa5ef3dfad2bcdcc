//! The log of a past run, read event by event: it may be anything that a repository brings.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read as _},
    iter::FusedIterator,
    path::Path,
};

use super::log::log_path;
use crate::{disk::DataFolder, event::EventRecord};

/// The most bytes of a log that are read, and of one event in it.
const MOST_OF_A_LOG: u64 = 64 * 1024 * 1024;
const MOST_OF_AN_EVENT: u64 = 1024 * 1024;

/// The events of a past run, each of them read when it is asked for.
///
/// What is too much, and what is no event, is left out and counted. A last line that a killed process
/// left unfinished is left out as well.
#[derive(Debug)]
pub struct PastLog {
    log: io::Take<BufReader<File>>,
    line: Vec<u8>,
    beyond: u64,
    left_out: u64,
}

/// What was read of a line.
enum Line {
    Whole,
    TooLong,
    Unfinished,
}

impl PastLog {
    /// Opens the log of a run.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    pub(crate) fn open(project_root: &Path, run: &str) -> io::Result<Self> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let data_folder = DataFolder::open(project_root)?.ok_or_else(missing)?;
        let (file, status) = data_folder.open_file(&log_path(run))?;
        Ok(Self {
            log: BufReader::new(file).take(MOST_OF_A_LOG),
            line: Vec::new(),
            beyond: status.bytes.saturating_sub(MOST_OF_A_LOG),
            left_out: 0,
        })
    }

    /// Returns how many bytes of the log are not among the events that were read so far.
    #[must_use]
    pub fn left_out_bytes(&self) -> u64 {
        self.left_out + self.beyond
    }

    fn read_event(&mut self) -> io::Result<Option<EventRecord>> {
        loop {
            let before = self.log.limit();
            let line = self.read_line()?;
            let read = before - self.log.limit();
            match line {
                Line::Whole => match serde_json::from_slice(&self.line) {
                    Ok(record) => return Ok(Some(record)),
                    Err(_) => self.left_out += read,
                },
                Line::TooLong => self.left_out += read,
                Line::Unfinished => {
                    let is_cut = self.log.limit() == 0;
                    self.left_out += if is_cut { read } else { 0 };
                    return Ok(None);
                }
            }
        }
    }

    /// Reads a line to its end, and keeps it unless it is too long.
    fn read_line(&mut self) -> io::Result<Line> {
        self.line.clear();
        (&mut self.log)
            .take(MOST_OF_AN_EVENT)
            .read_until(b'\n', &mut self.line)?;
        if self.line.ends_with(b"\n") {
            return Ok(Line::Whole);
        }
        if self.log.fill_buf()?.is_empty() {
            return Ok(Line::Unfinished);
        }
        self.log.skip_until(b'\n')?;
        Ok(Line::TooLong)
    }
}

impl Iterator for PastLog {
    type Item = io::Result<EventRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read_event().transpose()
    }
}

impl FusedIterator for PastLog {}
