//! Past applies and their logs.

use std::{io, path::PathBuf};

use super::{Engine, select};
use crate::{
    error::{EngineError, NameKind},
    run::{FollowedLog, PastLog, log_path},
    state::{ApplyId, ApplyMatch, ApplyRecord},
};

/// How many applies are named to whoever asks for one that is not there.
const SUGGESTED: usize = 5;

/// How many of the last applies may go on at once.
const LOOKED_THROUGH: usize = 50;

impl Engine {
    /// Lists the last applies, newest first.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub fn applies(&self, limit: usize) -> Result<Vec<ApplyRecord>, EngineError> {
        match self.read_state()? {
            Some(state) => Ok(state.list_applies(limit)?),
            None => Ok(Vec::new()),
        }
    }

    /// Lists the last applies of one workflow, or of all, newest first.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub fn applies_of(
        &self,
        workflow: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ApplyRecord>, EngineError> {
        match (self.read_state()?, workflow) {
            (None, _) => Ok(Vec::new()),
            (Some(state), None) => Ok(state.list_applies(limit)?),
            (Some(state), Some(workflow)) => Ok(state.list_applies_of(workflow, limit)?),
        }
    }

    /// Gives one apply, by the beginning or end of its id, with its log; the newest where none
    /// is named.
    ///
    /// # Errors
    /// Where there is no such apply, several, or its log cannot be read.
    pub fn apply_log(&self, id: Option<&str>) -> Result<(ApplyRecord, PastLog), EngineError> {
        match id {
            Some(id) => self.with_log(self.find_apply(id)?),
            None => self.latest_apply_log(None),
        }
    }

    /// Gives the newest apply of one workflow, or of all, with its log.
    ///
    /// # Errors
    /// Where there is none, or its log cannot be read.
    pub fn latest_apply_log(
        &self,
        workflow: Option<&str>,
    ) -> Result<(ApplyRecord, PastLog), EngineError> {
        let newest = self.applies_of(workflow, 1)?.pop();
        let unknown = || select::unknown(NameKind::Run, "latest", Vec::new());
        self.with_log(newest.ok_or_else(unknown)?)
    }

    /// Lists the applies that go on right now, here or in another process, newest first.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub fn running_applies(&self) -> Result<Vec<ApplyRecord>, EngineError> {
        let locks = self.locks();
        let mut applies = self.applies(LOOKED_THROUGH)?;
        applies.retain(|apply| {
            // Without an end and without its lock, its process has died.
            apply.finished_at.is_none() && locks.is_held(&apply.workflow).unwrap_or(false)
        });
        Ok(applies)
    }

    /// Opens the log of an apply to read it as it grows.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn follow_log(&self, apply: &ApplyId) -> io::Result<FollowedLog> {
        FollowedLog::open(&self.options.project.root, apply.as_str())
    }

    fn with_log(&self, record: ApplyRecord) -> Result<(ApplyRecord, PastLog), EngineError> {
        let run = record.id.as_str();
        match PastLog::open(&self.options.project.root, run) {
            Ok(log) => Ok((record, log)),
            Err(source) => {
                let path = self.options.project.data_dir().join(log_path(run));
                Err(unreadable_log(run, path, source))
            }
        }
    }

    fn find_apply(&self, id: &str) -> Result<ApplyRecord, EngineError> {
        let unknown = |name: &str| {
            let known = self.applies(SUGGESTED)?;
            let known = known.iter().map(|record| record.id.to_string()).collect();
            Err(select::unknown(NameKind::Run, name, known))
        };
        let Some(state) = self.read_state()? else {
            return unknown(id);
        };
        match state.find_apply(id)? {
            ApplyMatch::One(record) => Ok(*record),
            ApplyMatch::None => unknown(id),
            ApplyMatch::Several(several) => Err(EngineError::Unknown {
                kind: NameKind::Run,
                name: id.to_owned(),
                known: several.iter().map(|record| record.id.to_string()).collect(),
            }),
        }
    }
}

/// A log goes when many others came after it, while what is known of the apply stays.
fn unreadable_log(run: &str, path: PathBuf, source: io::Error) -> EngineError {
    match source.kind() {
        io::ErrorKind::NotFound => EngineError::LogGone {
            run: run.to_owned(),
            path,
        },
        _ => EngineError::File {
            action: "read the log",
            path,
            source,
        },
    }
}
