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
        reason: error.to_string(),
    };
    for entry in dotenvy::from_path_iter(path).map_err(failed)? {
        let (name, value) = entry.map_err(failed)?;
        variables.insert(name, value);
    }
    Ok(())
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
        std::fs::write(tree.path().join(".env"), "A='open\n").unwrap();
        let error = Environment::of_project(tree.path(), []).unwrap_err();
        assert_eq!(error.path, tree.path().join(".env"));
    }
}
