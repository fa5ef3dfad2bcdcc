//! The environment of a project: the process's own over the `.env` files from the root of
//! the file system down to the project.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use thiserror::Error;

/// Is the environment that a project reads.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Every variable.
    pub variables: Arc<BTreeMap<String, String>>,
}

/// Says why a `.env` file cannot be used.
#[derive(Debug, Error)]
#[error("failed to read `{}`: {reason}", path.display())]
pub struct EnvironmentError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
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
        let mut variables = BTreeMap::new();
        let directories: Vec<&Path> = root.ancestors().collect();
        for directory in directories.into_iter().rev() {
            read_file(&directory.join(".env"), &mut variables)?;
        }
        variables.extend(process);
        Ok(Self {
            variables: Arc::new(variables),
        })
    }
}

fn read_file(
    path: &Path,
    variables: &mut BTreeMap<String, String>,
) -> Result<(), EnvironmentError> {
    if !path.is_file() {
        return Ok(());
    }
    let failed = |error: dotenvy::Error| EnvironmentError {
        path: path.to_path_buf(),
        reason: reason(path, &error),
    };
    for entry in dotenvy::from_path_iter(path).map_err(failed)? {
        let (name, value) = entry.map_err(failed)?;
        variables.insert(name, value);
    }
    Ok(())
}

/// Says what is wrong with a file, without repeating a line that may hold a secret.
fn reason(path: &Path, error: &dotenvy::Error) -> String {
    let dotenvy::Error::LineParse(entry, _) = error else {
        return error.to_string();
    };
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let first = entry.lines().next().unwrap_or_default();
    match text.lines().position(|line| line == first) {
        Some(index) => format!("line {} is not `NAME=value`", index + 1),
        None => "a line is not `NAME=value`".to_owned(),
    }
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
        check("A=1\n\n  the secret\nB=2\n", "line 3 is not `NAME=value`");
    }
}
