//! The environment of a project: the process's own over the `.env` files from the root of
//! the file system down to the project.

use std::{
    collections::BTreeMap,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use thiserror::Error;

use crate::{
    display_text,
    source::{LineIndex, SourceRange},
};

/// Is the environment that a project reads.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Every variable.
    pub variables: Arc<BTreeMap<String, String>>,
}

/// Says why a `.env` file cannot be used.
#[derive(Debug, Error)]
#[error("failed to read `{}`: {reason}", display_text::path(path))]
pub struct EnvironmentError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
    /// The line, where one is wrong. It may hold a secret, so nobody shows its text.
    pub range: Option<SourceRange>,
}

impl Environment {
    /// Gives an environment without anything, for a project that nobody trusts yet.
    #[must_use]
    pub fn untrusted() -> Self {
        Self::default()
    }

    /// Reads the environment of a project.
    ///
    /// # Errors
    /// Where a `.env` file exists and cannot be read.
    pub fn of_project(
        root: &Path,
        process: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, EnvironmentError> {
        let (environment, problems) = Self::of_broken_project(root, process);
        match problems.into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(environment),
        }
    }

    /// Reads as much of the environment of a project as can be read, and says what cannot.
    #[must_use]
    pub fn of_broken_project(
        root: &Path,
        process: impl IntoIterator<Item = (String, String)>,
    ) -> (Self, Vec<EnvironmentError>) {
        let mut variables = BTreeMap::new();
        let mut problems = Vec::new();
        let directories: Vec<&Path> = root.ancestors().collect();
        for directory in directories.into_iter().rev() {
            read_file(&directory.join(".env"), &mut variables, &mut problems);
        }
        variables.extend(process);
        let variables = Arc::new(variables);
        (Self { variables }, problems)
    }
}

fn read_file(
    path: &Path,
    variables: &mut BTreeMap<String, String>,
    problems: &mut Vec<EnvironmentError>,
) {
    if !path.is_file() {
        return;
    }
    let entries = match dotenvy::from_path_iter(path) {
        Ok(entries) => entries,
        Err(error) => return problems.push(EnvironmentError::new(path, &error)),
    };
    for entry in entries {
        match entry {
            Ok((name, value)) => drop(variables.insert(name, value)),
            Err(error) => {
                problems.push(EnvironmentError::new(path, &error));
                // A file that cannot be read on has no further lines.
                if matches!(error, dotenvy::Error::Io(_)) {
                    return;
                }
            }
        }
    }
}

impl EnvironmentError {
    /// Says what is wrong with a file, without repeating a line that may hold a secret.
    fn new(path: &Path, error: &dotenvy::Error) -> Self {
        let range = match error {
            dotenvy::Error::LineParse(entry, _) => line_range(path, entry),
            _ => None,
        };
        let reason = match (error, &range) {
            (dotenvy::Error::LineParse(..), Some(range)) => {
                format!("line {} is not `NAME=value`", range.start.line)
            }
            (dotenvy::Error::LineParse(..), None) => "a line is not `NAME=value`".to_owned(),
            (error, _) => error.to_string(),
        };
        Self {
            path: path.to_path_buf(),
            reason,
            range,
        }
    }
}

/// Finds the line that an entry begins with.
fn line_range(path: &Path, entry: &str) -> Option<SourceRange> {
    let text = std::fs::read_to_string(path).ok()?;
    let first = entry.lines().next().unwrap_or_default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end_matches(['\n', '\r']) == first {
            let end = start + first.len();
            return range(path, &text, start..end);
        }
        start += line.len();
    }
    None
}

fn range(path: &Path, text: &str, bytes: Range<usize>) -> Option<SourceRange> {
    let (start, end) = (u32::try_from(bytes.start), u32::try_from(bytes.end));
    let (Ok(start), Ok(end)) = (start, end) else {
        return None;
    };
    let lines = LineIndex::new(Arc::from(text));
    Some(SourceRange::new(path, &lines, start..end))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn nearer_files_win_and_the_process_wins_over_all() {
        let tree = tempfile::tempdir().unwrap();
        let project = tree.path().join("project");
        std::fs::create_dir(&project).unwrap();
        std::fs::write(tree.path().join(".env"), "A=outer\nB=outer\nC=outer\n").unwrap();
        std::fs::write(
            project.join(".env"),
            "# note\nB=inner\nexport C=\"in ner\"\n",
        )
        .unwrap();
        let process = [("C".to_owned(), "process".to_owned())];
        let read = Environment::of_project(&project, process).unwrap();
        let value = |name: &str| read.variables.get(name).map(String::as_str);
        assert_eq!(
            [value("A"), value("B"), value("C"), value("D")],
            [Some("outer"), Some("inner"), Some("process"), None]
        );
    }

    #[test]
    fn a_broken_file_is_an_error_that_names_it() {
        let tree = tempfile::tempdir().unwrap();
        let path = tree.path().join(".env");
        let check = |contents: &str, reason: &str| {
            std::fs::write(&path, contents).unwrap();
            let error = Environment::of_project(tree.path(), []).unwrap_err();
            assert_eq!((&error.path, error.reason.as_str()), (&path, reason));
        };
        check("A='open\n", "line 1 is not `NAME=value`");
        check("A=1\r\nB x\r\n", "line 2 is not `NAME=value`");
        check("A=1\n\n  the secret\nB=2\n", "line 3 is not `NAME=value`");
    }

    #[test]
    fn every_wrong_line_has_a_place_and_the_others_are_read() {
        let tree = tempfile::tempdir().unwrap();
        let path = tree.path().join(".env");
        std::fs::write(&path, "A=1\nB x\nC=3\né é\n").unwrap();
        let (environment, problems) = Environment::of_broken_project(tree.path(), []);
        let places: Vec<_> = problems
            .iter()
            .map(|problem| problem.range.as_ref().unwrap())
            .map(|range| (range.start.line, range.start.column, range.end.column))
            .collect();
        assert_eq!(places, [(2, 1, 4), (4, 1, 4)]);
        let names: Vec<&String> = environment.variables.keys().collect();
        assert_eq!(names, ["A", "C"]);
    }
}
