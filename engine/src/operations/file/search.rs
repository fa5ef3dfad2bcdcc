//! Finding the files that patterns speak of.
//!
//! A list goes through folders, never through links to folders. A fingerprint follows those as well, each
//! folder once (`linked_folders.rs`), so that both end even where links lead in circles.

use std::io;
use std::path::{Component, Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::linked_folders::{FolderId, LinkedFolders, NextLink};
use super::pattern::{Ignored, InvalidPattern, Pattern, Rest};
use super::{FileKind, OperationError, Scope};
use crate::disk::DataFolder;

/// Is what to look for, from one folder.
pub(super) struct Search {
    /// Where patterns start.
    pub(super) cwd: PathBuf,
    /// What is left out.
    pub(super) ignored: Ignored,
    /// Whether names that begin with a dot match like any other.
    pub(super) dot: bool,
    /// What becomes of links to folders.
    pub(super) links: Links,
}

/// What a search does where a link leads to a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    /// Takes it for a thing of its own.
    Found,
    /// Goes on in the folder.
    Followed {
        /// The folder in which Rigkit keeps what it knows of the project, which is left out.
        data_folder: Option<FolderId>,
    },
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
        let follows = self.links != Links::Found;
        let mut walk = Walk {
            search: self,
            base,
            rest,
            depth: rest.and_then(|rest| rest.depth).unwrap_or(usize::MAX),
            links: follows.then(|| LinkedFolders::of_search_in(&root)),
            root: &root,
            found,
        };
        walk.folder(&root, scope)?;
        walk.linked_folders(scope)
    }

    /// Tells whether an entry can match, or anything in it.
    fn looks_at(&self, entry: &DirEntry, rest: Option<&Rest>) -> bool {
        let name = entry.file_name().to_string_lossy();
        let hidden = match rest {
            Some(rest) if !self.dot => name.starts_with('.') && !rest.names_hidden(&name),
            _ => false,
        };
        !hidden
            && !self.leaves_out(entry.path(), entry.file_type().is_dir())
            && !self.is_data_folder(entry)
    }

    fn is_data_folder(&self, entry: &DirEntry) -> bool {
        let Links::Followed {
            data_folder: Some(data_folder),
        } = self.links
        else {
            return false;
        };
        entry.file_type().is_dir()
            && entry.file_name() == DataFolder::NAME
            && FolderId::of(entry.path()) == Some(data_folder)
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

/// One walk through a folder and, where that is wanted, through what links in it lead to.
struct Walk<'a> {
    search: &'a Search,
    /// The folder as the pattern names it.
    base: &'a str,
    root: &'a Path,
    /// What has to match below the folder; everything does without it.
    rest: Option<&'a Rest>,
    /// How many folders and files deep a match can be.
    depth: usize,
    /// Nothing where links are not followed.
    links: Option<LinkedFolders>,
    found: &'a mut Vec<FoundFile>,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, scope: &Scope) -> Result<(), OperationError> {
        let (search, rest) = (self.search, self.rest);
        let walk = WalkDir::new(folder)
            .min_depth(1)
            .max_depth(self.depth_below(folder));
        let entries = walk
            .into_iter()
            .filter_entry(|entry| search.looks_at(entry, rest));
        for entry in entries {
            scope.check()?;
            if let Some(entry) = present(entry, scope)? {
                self.take(entry);
            }
        }
        Ok(())
    }

    fn take(&mut self, entry: DirEntry) {
        if entry.file_type().is_dir() {
            if let Some(links) = &mut self.links {
                links.note(entry.path());
            }
            return;
        }
        let below = slashed(entry.path().strip_prefix(self.root).unwrap_or(entry.path()));
        let matches = self.rest.is_none_or(|rest| rest.matches(&below));
        let file = FoundFile {
            name: join(self.base, &below),
            kind: entry.file_type().into(),
            path: entry.into_path(),
        };
        let leads_on = self.leads_on(&file);
        match &mut self.links {
            Some(links) if leads_on => links.add(file, matches),
            _ if matches => self.found.push(file),
            _ => {}
        }
    }

    /// Returns whether a link leads to a folder in which something can match.
    fn leads_on(&self, file: &FoundFile) -> bool {
        file.kind == FileKind::Symlink
            && self.depth_below(&file.path) > 0
            && FolderId::of(&file.path).is_some()
            && !self.search.leaves_out(&file.path, true)
    }

    fn linked_folders(&mut self, scope: &Scope) -> Result<(), OperationError> {
        while let Some(next) = self.links.as_mut().and_then(LinkedFolders::next) {
            match next {
                NextLink::Follow(folder) => self.folder(&folder, scope)?,
                NextLink::Take(link) => self.found.push(link),
                NextLink::Leave => {}
            }
        }
        Ok(())
    }

    /// Returns how many folders and files deep a match can be below a folder of the walk.
    fn depth_below(&self, folder: &Path) -> usize {
        let below = folder.strip_prefix(self.root).unwrap_or(folder);
        self.depth.saturating_sub(below.components().count())
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
