//! What the person has decided about folders: reading the record, and adding to it when a
//! command runs code of the project.

use std::{
    cell::{OnceCell, RefCell},
    collections::HashSet,
};

use rigkit_engine::{
    EngineError,
    project::{Environment, Project},
    trust::{ForeignFile, OwnerRule, Trust, TrustError, TrustRecord, TrustStore},
};

use crate::{
    context::{host_directory, shown_path},
    failure::{Failure, advice_text, environment_text},
    output,
    styled_text::Line,
};

/// The person's decisions, read once.
pub(crate) struct Decisions {
    store: TrustStore,
    record: OnceCell<TrustRecord>,
    /// What the person was told already.
    told: RefCell<HashSet<String>>,
    is_quiet: bool,
}

impl Decisions {
    /// Prepares to read the decisions; quiet where nobody wants to hear what is wrong with them.
    pub(crate) fn new(is_quiet: bool) -> Self {
        Self {
            store: TrustStore::new(host_directory()),
            record: OnceCell::new(),
            told: RefCell::default(),
            is_quiet,
        }
    }

    /// Returns where the decisions are kept.
    pub(crate) fn store(&self) -> &TrustStore {
        &self.store
    }

    /// Returns whether code of a project may run, for a command that only reads.
    pub(crate) fn trust_in(&self, project: &Project) -> Trust {
        match self.record().trust_in(&project.root) {
            Some(_) => Trust::Trusted,
            None => Trust::Untrusted,
        }
    }

    /// Returns whose files are read.
    pub(crate) fn owners(&self) -> OwnerRule {
        OwnerRule::of_process().accepting(self.record())
    }

    /// Records that code of a project may run, for a command that runs it.
    ///
    /// # Errors
    /// Where the record is damaged. One that cannot be read or written keeps nobody from running
    /// what they asked for.
    pub(crate) fn decide(&self, project: &Project, command: &str) -> Result<(), Failure> {
        match self.store.trust(&project.root, command) {
            Ok(recorded) if recorded.is_new => {
                let folder = shown_path(&project.root);
                self.note(&[
                    format!("`{folder}` is trusted from now on: its code may run, and `rig plan` asks its providers").into(),
                    "to take that back: rig trust --revoke".into(),
                ]);
            }
            Ok(_) => {}
            Err(error @ (TrustError::Damaged { .. } | TrustError::Exposed { .. })) => {
                return Err(EngineError::from(error).into());
            }
            Err(error) => self.warn(&error),
        }
        Ok(())
    }

    /// Warns of what of the `.env` files is not read, or is doubtful.
    pub(crate) fn warn_of(&self, environment: &Environment) {
        self.warn_of_foreign(&environment.left_out);
        for warning in &environment.warnings {
            self.note(&environment_text(warning));
        }
    }

    /// Warns of `.env` files of other users.
    pub(crate) fn warn_of_foreign(&self, left_out: &[ForeignFile]) {
        for file in left_out {
            let title = format!("{file}, so it is not read");
            self.note(&advice_text(&title, Some(file.help())));
        }
    }

    /// Whatever is wrong with the record, nothing is trusted then.
    fn record(&self) -> &TrustRecord {
        self.record.get_or_init(|| {
            self.store.read().unwrap_or_else(|error| {
                self.warn(&error);
                TrustRecord::default()
            })
        })
    }

    fn warn(&self, error: &TrustError) {
        self.note(&advice_text(&error.to_string(), error.help()));
    }

    /// Says something to the person, once.
    fn note(&self, lines: &[Line]) {
        if self.is_quiet {
            return;
        }
        let plain: Vec<String> = lines.iter().map(Line::plain).collect();
        if self.told.borrow_mut().insert(plain.join("\n")) {
            output::notes(lines);
        }
    }
}
