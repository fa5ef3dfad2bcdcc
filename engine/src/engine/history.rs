//! Past applies and their logs.

use super::{Engine, select};
use crate::{
    error::{EngineError, NameKind},
    event::EventRecord,
    run::{log_path, read_log},
    state::{ApplyMatch, ApplyRecord},
};

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

    /// Gives one apply, by the beginning or end of its id, with its log; the newest where none
    /// is named.
    ///
    /// # Errors
    /// Where there is no such apply, several, or its log cannot be read.
    pub fn apply_log(
        &self,
        id: Option<&str>,
    ) -> Result<(ApplyRecord, Vec<EventRecord>), EngineError> {
        let record = self.find_apply(id)?;
        let directory = self.log_dir();
        let events =
            read_log(&directory, record.id.as_str()).map_err(|source| EngineError::File {
                action: "read the log",
                path: log_path(&directory, record.id.as_str()),
                source,
            })?;
        Ok((record, events))
    }

    fn find_apply(&self, id: Option<&str>) -> Result<ApplyRecord, EngineError> {
        let all = self.applies(50)?;
        let unknown = |name: &str| {
            let known = all
                .iter()
                .take(5)
                .map(|record| record.id.to_string())
                .collect();
            select::unknown(NameKind::Run, name, known)
        };
        let Some(id) = id else {
            return all.first().cloned().ok_or_else(|| unknown("latest"));
        };
        let state = self.read_state()?.ok_or_else(|| unknown(id))?;
        match state.find_apply(id)? {
            ApplyMatch::One(record) => Ok(*record),
            ApplyMatch::None => Err(unknown(id)),
            ApplyMatch::Several(several) => Err(EngineError::Unknown {
                kind: NameKind::Run,
                name: id.to_owned(),
                known: several.iter().map(|record| record.id.to_string()).collect(),
            }),
        }
    }
}
