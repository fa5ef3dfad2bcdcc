//! The `.env` and `.env.local` files of a project and of the folders above it.

use std::{
    cell::{Cell, OnceCell},
    collections::BTreeMap,
    ops::Range,
    path::Path,
    sync::Arc,
};

use thiserror::Error;

use super::{
    dotenv::{Assignment, Entry, Quoting, UnreadableLine, entries},
    environment::{EnvironmentWarning, UnreadableVariable},
    expansion::{TooLong, expand},
};
use crate::{
    disk::{DiskError, Links, Root, Status, import_root},
    display_text,
    source::{LineIndex, SourceRange},
    trust::{ForeignFile, OwnerRule},
};

/// The files of one folder, the later over the earlier.
const FILES: [&str; 2] = [".env", ".env.local"];

/// The size in bytes up to which a file is read.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// How many bytes the texts and the values of all files may have together.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The most warnings that are told of all files together.
const MAX_WARNINGS: usize = 100;

/// Of how many variables it is remembered that their line cannot be read.
const MAX_UNREADABLE: usize = 10_000;

/// What the files that were read so far say.
pub(super) struct EnvFiles<'a> {
    owners: &'a OwnerRule,
    /// What no file changes.
    process: &'a BTreeMap<String, String>,
    /// How many bytes there is still room for.
    room: usize,
    pub(super) variables: BTreeMap<String, String>,
    pub(super) unreadable: BTreeMap<String, UnreadableVariable>,
    pub(super) left_out: Vec<ForeignFile>,
    pub(super) warnings: Vec<EnvironmentWarning>,
}

impl<'a> EnvFiles<'a> {
    pub(super) fn new(owners: &'a OwnerRule, process: &'a BTreeMap<String, String>) -> Self {
        Self {
            owners,
            process,
            room: MAX_BYTES,
            variables: BTreeMap::new(),
            unreadable: BTreeMap::new(),
            left_out: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Reads the files from the root of the file system down to the project. Links stay below
    /// the repository, and above it below the folder they are in.
    pub(super) fn read_all(&mut self, project_root: &Path) {
        let repository = import_root(project_root);
        let (inside, above): (Vec<&Path>, Vec<&Path>) = project_root
            .ancestors()
            .partition(|folder| folder.starts_with(&repository));
        // What cannot be opened holds no file for this person.
        for folder in above.into_iter().rev() {
            if let Ok(guarded) = Root::open(folder, Links::Inside) {
                self.read_folder(folder, &guarded);
            }
        }
        if let Ok(guarded) = Root::open(&repository, Links::Inside) {
            for folder in inside.into_iter().rev() {
                self.read_folder(folder, &guarded);
            }
        }
    }

    fn read_folder(&mut self, folder: &Path, guarded: &Root) {
        for name in FILES {
            if self.room > 0 {
                self.read_file(&folder.join(name), guarded);
            }
        }
    }

    fn read_file(&mut self, path: &Path, guarded: &Root) {
        let relative = path.strip_prefix(guarded.path()).unwrap_or(path);
        match guarded.read_with_status(relative, MAX_FILE_BYTES) {
            Ok((bytes, status)) => {
                if !self.leave_out(path, &status) {
                    self.read_bytes(path, &bytes);
                }
            }
            Err(DiskError::NotFound { .. }) => {}
            // Another user's file is left out whatever is in it, even where it cannot be read.
            Err(error) => {
                let whose = guarded.status(relative);
                if !whose.is_ok_and(|status| self.leave_out(path, &status)) {
                    self.warn(|| EnvironmentWarning::not_read(path, &error.reason()));
                }
            }
        }
    }

    fn leave_out(&mut self, path: &Path, status: &Status) -> bool {
        let foreign = self.owners.check(path, status.owner).err();
        let is_foreign = foreign.is_some();
        self.left_out.extend(foreign);
        is_foreign
    }

    fn read_bytes(&mut self, path: &Path, bytes: &[u8]) {
        let Some(room) = self.room.checked_sub(bytes.len()) else {
            self.warn_of_size(path);
            return;
        };
        self.room = room;
        let text = String::from_utf8_lossy(bytes);
        let file = EnvFile {
            path,
            shared_path: Arc::from(path),
            text: &text,
            index: OnceCell::new(),
        };
        for entry in entries(&text) {
            match entry {
                Entry::Assignment(assignment) if self.process.contains_key(assignment.name) => {}
                Entry::Assignment(assignment) => self.assign(&file, assignment),
                Entry::Unreadable(line) => self.note_unreadable_line(&file, &line),
            }
        }
    }

    fn assign(&mut self, file: &EnvFile<'_>, assignment: Assignment<'_>) {
        let Assignment { name, line, .. } = &assignment;
        let (name, line) = (*name, line.clone());
        match self.value_of(file, assignment) {
            Ok(value) if value.contains('\0') => {
                self.warn(|| file.unreadable(&line, "it holds a NUL character"));
                self.note_unreadable(file, &line, name);
            }
            Ok(value) => {
                self.unreadable.remove(name);
                self.variables.insert(name.to_owned(), value);
            }
            Err(NoValue::TooLong(TooLong)) => {
                self.warn_of_size(file.path);
                self.note_unreadable(file, &line, name);
            }
            Err(NoValue::OfUnreadable(variable)) => {
                self.variables.remove(name);
                self.unreadable.insert(name.to_owned(), variable);
            }
        }
    }

    /// Returns the value of an assignment with its variables replaced.
    fn value_of(
        &mut self,
        file: &EnvFile<'_>,
        assignment: Assignment<'_>,
    ) -> Result<String, NoValue> {
        let written = assignment.value;
        if assignment.quoting == Quoting::Literal || !written.contains('$') {
            return Ok(written);
        }
        let missed: Cell<Option<&UnreadableVariable>> = Cell::new(None);
        let lookup = |name: &str| {
            let value = self.process.get(name).or_else(|| self.variables.get(name));
            if value.is_none() {
                missed.set(missed.get().or_else(|| self.unreadable.get(name)));
            }
            value.map(String::as_str)
        };
        let expanded = expand(&written, lookup, written.len() + self.room)?;
        if let Some(variable) = missed.get() {
            return Err(NoValue::OfUnreadable(variable.clone()));
        }
        let growth = expanded.value.len().saturating_sub(written.len());
        self.room = self.room.saturating_sub(growth);
        if expanded.names_unset {
            self.warn(|| file.names_unset(&assignment.line));
        }
        Ok(expanded.value)
    }

    fn note_unreadable_line(&mut self, file: &EnvFile<'_>, line: &UnreadableLine<'_>) {
        self.warn(|| file.unreadable(&line.line, "it is not `NAME=value`"));
        for name in line.meant_names() {
            self.note_unreadable(file, &line.line, name);
        }
    }

    /// Notes that nobody knows a variable, whatever was said of it before.
    fn note_unreadable(&mut self, file: &EnvFile<'_>, line: &Range<usize>, name: &str) {
        if self.unreadable.len() < MAX_UNREADABLE {
            self.variables.remove(name);
            let variable = UnreadableVariable {
                file: Arc::clone(&file.shared_path),
                line: file.line_number(line),
            };
            self.unreadable.insert(name.to_owned(), variable);
        }
    }

    /// Reads nothing more once there is no room for it.
    fn warn_of_size(&mut self, path: &Path) {
        if self.room > 0 {
            self.room = 0;
            let reason = format!(
                "the values of all `.env` files grow to more than {} MiB",
                MAX_BYTES >> 20
            );
            self.warn(|| EnvironmentWarning::not_read(path, &reason));
        }
    }

    fn warn(&mut self, warning: impl FnOnce() -> EnvironmentWarning) {
        if self.warnings.len() < MAX_WARNINGS {
            self.warnings.push(warning());
        }
    }
}

/// The reason why an assignment gives a variable no value.
#[derive(Debug, Error)]
enum NoValue {
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// It names a variable that is not known.
    #[error("it names a variable whose line cannot be read")]
    OfUnreadable(UnreadableVariable),
}

/// A file whose lines are read.
struct EnvFile<'a> {
    path: &'a Path,
    shared_path: Arc<Path>,
    text: &'a str,
    index: OnceCell<LineIndex>,
}

impl EnvFile<'_> {
    fn unreadable(&self, line: &Range<usize>, reason: &str) -> EnvironmentWarning {
        let message = format!("failed to read {}: {reason}", self.name_of(line));
        self.warning(line, message, None)
    }

    fn names_unset(&self, line: &Range<usize>) -> EnvironmentWarning {
        let message = format!(
            "{} names a variable that is set nowhere, which stays as written",
            self.name_of(line)
        );
        let help = "put the value into single quotes if its `$` stands for itself";
        self.warning(line, message, Some(help))
    }

    fn warning(
        &self,
        line: &Range<usize>,
        message: String,
        help: Option<&'static str>,
    ) -> EnvironmentWarning {
        EnvironmentWarning {
            path: self.path.to_path_buf(),
            message,
            range: self.range(line),
            help,
        }
    }

    fn name_of(&self, line: &Range<usize>) -> String {
        let path = display_text::path(self.path);
        format!("line {} of `{path}`", self.line_number(line))
    }

    fn line_number(&self, line: &Range<usize>) -> u32 {
        self.range(line).map_or(1, |range| range.start.line)
    }

    fn range(&self, line: &Range<usize>) -> Option<SourceRange> {
        let index = self.index.get_or_init(|| LineIndex::new(self.text.into()));
        let bytes = u32::try_from(line.start).ok()?..u32::try_from(line.end).ok()?;
        Some(SourceRange::new(self.path, index, bytes))
    }
}
