//! Listing files by patterns.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::pattern::{Ignored, Pattern};
use super::search::{Links, Search, refused};
use super::{FileKind, FileOperation, FilePath, OperationError, Scope};

/// Says which files to list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileGlob {
    /// What the paths look like; one that begins with `!` leaves out.
    #[serde(alias = "pattern")]
    pub patterns: OneOrMany,
    /// The folder the patterns and the answer start in.
    #[serde(default)]
    pub cwd: Option<FilePath>,
    /// What to leave out.
    #[serde(default)]
    pub ignore: Option<OneOrMany>,
    /// Whether names that begin with a dot match like any other.
    #[serde(default)]
    pub dot: bool,
}

/// Is a text, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a string or a list of strings")]
pub enum OneOrMany {
    /// One text.
    One(FilePath),
    /// Any number.
    Many(Vec<FilePath>),
}

impl OneOrMany {
    /// Gives the texts in order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let texts = match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        };
        texts.iter().map(FilePath::as_str)
    }

    /// Writes the texts as they go into a message.
    pub(super) fn shown(&self) -> String {
        let texts: Vec<String> = self.texts().map(|text| format!("{text:?}")).collect();
        texts.join(", ")
    }
}

/// Splits patterns into those that find and those that leave out.
pub(super) fn split_negated<'a>(
    patterns: &'a OneOrMany,
    ignore: Option<&'a OneOrMany>,
) -> (Vec<&'a str>, Vec<&'a str>) {
    let mut finding = Vec::new();
    let mut leaving_out: Vec<&str> = ignore.into_iter().flat_map(OneOrMany::texts).collect();
    for pattern in patterns.texts() {
        match pattern.strip_prefix('!') {
            Some(pattern) => leaving_out.push(pattern),
            None => finding.push(pattern),
        }
    }
    (finding, leaving_out)
}

impl FileOperation for FileGlob {
    type Outcome = Vec<String>;

    fn action(&self) -> String {
        format!("list {}", self.patterns.shown())
    }

    fn perform(&self, scope: &Scope) -> Result<Vec<String>, OperationError> {
        let (finding, leaving_out) = split_negated(&self.patterns, self.ignore.as_ref());
        let search = Search {
            cwd: scope.folder(self.cwd.as_ref())?,
            ignored: Ignored::parse(leaving_out).map_err(|error| refused(&error, scope))?,
            dot: self.dot,
            links: Links::Found,
        };
        let mut found = Vec::new();
        for pattern in finding {
            for pattern in Pattern::parse(pattern).map_err(|error| refused(&error, scope))? {
                search.add_matches(&pattern, scope, &mut found)?;
            }
        }
        // A link to a folder is no file, though it has a name.
        found.retain(|file| file.kind != FileKind::Symlink || !file.path.is_dir());
        let names: BTreeSet<String> = found.into_iter().map(|file| file.name).collect();
        Ok(names.into_iter().collect())
    }
}
