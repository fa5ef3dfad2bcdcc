//! Finding a project: the nearest directory, from the current one upward, that has a config.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use thiserror::Error;
use walkdir::{DirEntry, WalkDir};

use crate::display_text;

/// Is a directory with one config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The directory, absolute, without symbolic links.
    pub root: PathBuf,
    /// Which of the accepted configs it has.
    pub config: ConfigFile,
}

/// Names the files that may hold a config.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigFile {
    /// `rig.config.ts` in the project directory.
    RigConfig,
    /// `rigkit/index.ts` below the project directory.
    RigkitIndex,
}

impl ConfigFile {
    /// Lists them.
    pub const ALL: [Self; 2] = [Self::RigConfig, Self::RigkitIndex];

    /// Gives the path below the project directory.
    #[must_use]
    pub fn relative_path(self) -> &'static str {
        match self {
            Self::RigConfig => "rig.config.ts",
            Self::RigkitIndex => "rigkit/index.ts",
        }
    }
}

impl fmt::Display for ConfigFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.relative_path())
    }
}

/// Says why there is no project to work on.
#[derive(Debug, Error)]
pub enum ProjectError {
    /// No directory upward has a config.
    #[error(
        "no `rig.config.ts` or `rigkit/index.ts` in `{}` or any directory above it",
        display_text::path(start)
    )]
    NotFound {
        /// Where the search began.
        start: PathBuf,
    },
    /// One directory has two.
    #[error(
        "`{}` has two configs: `rig.config.ts` and `rigkit/index.ts`",
        display_text::path(root)
    )]
    Ambiguous {
        /// The directory.
        root: PathBuf,
    },
    /// The starting directory cannot be used.
    #[error("cannot use the directory `{}`: {source}", display_text::path(path))]
    BadDirectory {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl ProjectError {
    /// Gives a code that programs can rely on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "no-project",
            Self::Ambiguous { .. } => "ambiguous-project",
            Self::BadDirectory { .. } => "bad-directory",
        }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NotFound { .. } => {
                Some("`rig init` writes a config that runs as it stands".to_owned())
            }
            Self::Ambiguous { .. } => Some("keep one of them".to_owned()),
            Self::BadDirectory { .. } => None,
        }
    }
}

impl Project {
    /// Finds the nearest project from a directory upward.
    ///
    /// # Errors
    /// Where there is none, or one with two configs.
    pub fn find(start: &Path) -> Result<Self, ProjectError> {
        let start = start
            .canonicalize()
            .map_err(|source| ProjectError::BadDirectory {
                path: start.to_path_buf(),
                source,
            })?;
        for directory in start.ancestors() {
            if let Some(project) = Self::at(directory)? {
                return Ok(project);
            }
        }
        Err(ProjectError::NotFound { start })
    }

    /// Looks for a config in exactly one directory.
    ///
    /// # Errors
    /// Where it has two.
    pub fn at(root: &Path) -> Result<Option<Self>, ProjectError> {
        let mut found = ConfigFile::ALL
            .into_iter()
            .filter(|config| root.join(config.relative_path()).is_file());
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(config), None) => Ok(Some(Self {
                root: root.to_path_buf(),
                config,
            })),
            (Some(_), Some(_)) => Err(ProjectError::Ambiguous {
                root: root.to_path_buf(),
            }),
        }
    }

    /// Gives the config's absolute path.
    #[must_use]
    pub fn config_path(&self) -> PathBuf {
        self.root.join(self.config.relative_path())
    }

    /// Gives the directory that holds state, logs and locks.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.root.join(".rigkit")
    }

    /// Gives the path of the state where nobody names another.
    #[must_use]
    pub fn default_state_path(&self) -> PathBuf {
        self.data_dir().join("state.sqlite")
    }
}

/// Finds the projects at and below a directory, in path order; folders of packages, of
/// version control and hidden ones are left out.
#[must_use]
pub fn find_projects(start: &Path) -> Vec<Result<Project, ProjectError>> {
    let start = start.canonicalize().unwrap_or_else(|_| start.to_path_buf());
    WalkDir::new(start)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(is_searched)
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_dir())
        .filter_map(|entry| Project::at(entry.path()).transpose())
        .collect()
}

fn is_searched(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let is_skipped = name.starts_with('.') || name == "node_modules" || name == "target";
    entry.depth() == 0 || !is_skipped
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for file in files {
            let path = directory.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        directory
    }

    #[test]
    fn finds_the_nearest_config_upward() {
        let check = |files: &[&str], start: &str, root: &str, config| {
            let tree = tree(files);
            std::fs::create_dir_all(tree.path().join(start)).unwrap();
            let project = Project::find(&tree.path().join(start)).unwrap();
            assert_eq!(project.root, tree.path().canonicalize().unwrap().join(root));
            assert_eq!(project.config, config);
        };
        check(&["a/rig.config.ts"], "a/b/c", "a", ConfigFile::RigConfig);
        check(
            &["a/rigkit/index.ts"],
            "a/rigkit",
            "a",
            ConfigFile::RigkitIndex,
        );
        check(
            &["a/rig.config.ts", "a/b/rig.config.ts"],
            "a/b",
            "a/b",
            ConfigFile::RigConfig,
        );
    }

    #[test]
    fn refuses_two_configs_and_none() {
        let two = tree(&["rig.config.ts", "rigkit/index.ts"]);
        assert!(matches!(
            Project::find(two.path()),
            Err(ProjectError::Ambiguous { .. })
        ));
        let none = tree(&["x"]);
        assert!(matches!(
            Project::find(none.path()),
            Err(ProjectError::NotFound { .. })
        ));
        let missing = none.path().join("missing");
        assert!(matches!(
            Project::find(&missing),
            Err(ProjectError::BadDirectory { .. })
        ));
    }

    #[test]
    fn lists_projects_below() {
        let tree = tree(&[
            "b/rig.config.ts",
            "a/rigkit/index.ts",
            "node_modules/x/rig.config.ts",
            ".git/rig.config.ts",
        ]);
        let root = tree.path().canonicalize().unwrap();
        let found: Vec<PathBuf> = find_projects(tree.path())
            .into_iter()
            .map(|project| project.unwrap().root)
            .collect();
        assert_eq!(found, [root.join("a"), root.join("b")]);
    }
}
