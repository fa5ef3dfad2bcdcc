//! Finding the files that patterns speak of.
//!
//! A search goes through folders, never through links to folders, so it ends even where
//! links lead in circles.

use std::io;
use std::path::{Component, Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::pattern::{Ignored, InvalidPattern, Pattern, Rest};
use super::{FileKind, OperationError, Scope};

/// Is what to look for, from one folder.
pub(super) struct Search {
    /// Where patterns start.
    pub(super) cwd: PathBuf,
    /// What is left out.
    pub(super) ignored: Ignored,
    /// Whether names that begin with a dot match like any other.
    pub(super) dot: bool,
}

/// Is something that is not a folder.
#[derive(Debug)]
pub(super) struct FoundFile {
    /// The path as the pattern gives it.
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) kind: FileKind,
}

impl Search {
    /// Adds the files a pattern matches.
    pub(super) fn add_matches(
        &self,
        pattern: &Pattern,
        scope: &Scope,
        found: &mut Vec<FoundFile>,
    ) -> Result<(), OperationError> {
        match &pattern.rest {
            None => self.add_plain(&pattern.base, scope, found),
            Some(rest) => self.walk(&pattern.base, Some(rest), scope, found),
        }
    }

    /// Adds everything in a folder.
    pub(super) fn add_folder(
        &self,
        folder: &str,
        scope: &Scope,
        found: &mut Vec<FoundFile>,
    ) -> Result<(), OperationError> {
        self.walk(folder, None, scope, found)
    }

    /// Adds a file that is named as it is.
    fn add_plain(
        &self,
        name: &str,
        scope: &Scope,
        found: &mut Vec<FoundFile>,
    ) -> Result<(), OperationError> {
        let path = self.cwd.join(name);
        if self.leaves_out_above(&path) {
            return Ok(());
        }
        match path.symlink_metadata() {
            Err(error) if super::stat::is_absence(&error) => Ok(()),
            Err(error) => Err(scope.failed_at(&path, error)),
            Ok(metadata) if metadata.is_dir() || self.leaves_out(&path, false) => Ok(()),
            Ok(metadata) => {
                let name = name.to_owned();
                let kind = metadata.file_type().into();
                found.push(FoundFile { name, path, kind });
                Ok(())
            }
        }
    }

    /// Adds what is below `base` and matches `rest`, or everything without one.
    fn walk(
        &self,
        base: &str,
        rest: Option<&Rest>,
        scope: &Scope,
        found: &mut Vec<FoundFile>,
    ) -> Result<(), OperationError> {
        let root = self.cwd.join(base);
        if self.leaves_out_above(&root.join("*")) {
            return Ok(());
        }
        let depth = rest.and_then(|rest| rest.depth).unwrap_or(usize::MAX);
        let walk = WalkDir::new(&root).min_depth(1).max_depth(depth);
        let entries = walk
            .into_iter()
            .filter_entry(|entry| self.looks_at(entry, rest));
        for entry in entries {
            scope.check()?;
            let Some(entry) = present(entry, scope)? else {
                continue;
            };
            let below = slashed(entry.path().strip_prefix(&root).unwrap_or(entry.path()));
            let matches = rest.is_none_or(|rest| rest.matches(&below));
            if matches && !entry.file_type().is_dir() {
                let name = join(base, &below);
                let kind = entry.file_type().into();
                let path = entry.into_path();
                found.push(FoundFile { name, path, kind });
            }
        }
        Ok(())
    }

    /// Tells whether an entry can match, or anything in it.
    fn looks_at(&self, entry: &DirEntry, rest: Option<&Rest>) -> bool {
        let name = entry.file_name().to_string_lossy();
        let hidden = match rest {
            Some(rest) if !self.dot => name.starts_with('.') && !rest.names_hidden(&name),
            _ => false,
        };
        !hidden && !self.leaves_out(entry.path(), entry.file_type().is_dir())
    }

    /// Tells whether a path is ignored, written from the search's folder or in full.
    pub(super) fn leaves_out(&self, path: &Path, is_folder: bool) -> bool {
        if self.ignored.is_empty() {
            return false;
        }
        let is_ignored = |path: &Path| self.ignored.matches(&slashed(path), is_folder);
        is_ignored(path) || path.strip_prefix(&self.cwd).is_ok_and(is_ignored)
    }

    /// Tells whether a folder between the search's folder and a path is ignored.
    fn leaves_out_above(&self, path: &Path) -> bool {
        let above = path.ancestors().skip(1);
        above
            .take_while(|folder| *folder != self.cwd && folder.starts_with(&self.cwd))
            .any(|folder| self.leaves_out(folder, true))
    }
}

/// Leaves out what vanished, or never was there, and reports what cannot be looked at.
fn present(
    entry: walkdir::Result<DirEntry>,
    scope: &Scope,
) -> Result<Option<DirEntry>, OperationError> {
    let error = match entry {
        Ok(entry) => return Ok(Some(entry)),
        Err(error) => error,
    };
    let path = error.path().map(Path::to_path_buf).unwrap_or_default();
    let error = io::Error::from(error);
    if super::stat::is_absence(&error) {
        return Ok(None);
    }
    Err(scope.failed_at(&path, error))
}

/// Writes a path with slashes.
fn slashed(path: &Path) -> String {
    let mut text = String::new();
    for name in path.components() {
        match name {
            Component::RootDir => text.push('/'),
            name => {
                if !text.is_empty() && !text.ends_with('/') {
                    text.push('/');
                }
                text.push_str(&name.as_os_str().to_string_lossy());
            }
        }
    }
    text
}

fn join(base: &str, below: &str) -> String {
    if base.is_empty() || base.ends_with('/') {
        format!("{base}{below}")
    } else {
        format!("{base}/{below}")
    }
}

/// Explains a pattern that cannot be used.
pub(super) fn refused(error: &InvalidPattern, scope: &Scope) -> OperationError {
    scope.refused(error.to_string())
}
