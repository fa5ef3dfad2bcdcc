//! Finding a project: the nearest directory, from the current one upward, that has a config.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use thiserror::Error;

use crate::disk::{DataFolder, DiskError, EntryKind, ImportRoots, Links, Refusal, Root};

use crate::{display_text, state::safe_file_name};

/// Is a directory with one config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The directory, absolute, without symbolic links.
    pub root: PathBuf,
    /// Which of the accepted configs it has.
    pub config: ConfigFile,
}

/// The file that holds a config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigFile {
    /// `rig.config.ts` in the project directory.
    RigConfig,
    /// `rigkit/index.ts` below the project directory.
    RigkitIndex,
    /// Another file in or below the project directory, which a person has named.
    Named(Arc<str>),
}

impl ConfigFile {
    /// The files that are found without being named.
    pub const FOUND: [Self; 2] = [Self::RigConfig, Self::RigkitIndex];

    /// Returns the path below the project directory.
    #[must_use]
    pub fn relative_path(&self) -> &str {
        match self {
            Self::RigConfig => "rig.config.ts",
            Self::RigkitIndex => "rigkit/index.ts",
            Self::Named(path) => path,
        }
    }

    /// Returns the path below the project directory of a config that has to be named.
    #[must_use]
    pub fn named(&self) -> Option<&str> {
        match self {
            Self::RigConfig | Self::RigkitIndex => None,
            Self::Named(path) => Some(path),
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
    /// There are more files and folders below a directory than are looked through.
    #[error(
        "`{}` holds more than {most} files and folders, so that some were not looked through",
        display_text::path(start)
    )]
    TooManyEntries {
        /// The directory.
        start: PathBuf,
        /// How many are looked through.
        most: usize,
    },
    /// The config that a person has named cannot be used.
    #[error("cannot use the config `{}`: {reason}", display_text::path(path))]
    BadConfig {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The starting directory cannot be used.
    #[error("cannot use the directory `{}`: {reason}", display_text::path(path))]
    BadDirectory {
        /// The directory.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl ProjectError {
    /// Gives a code that programs can rely on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "no-project",
            Self::Ambiguous { .. } => "ambiguous-project",
            Self::TooManyEntries { .. } => "too-many-entries",
            Self::BadConfig { .. } => "bad-config",
            Self::BadDirectory { .. } => "bad-directory",
        }
    }

    /// Returns the directory or file that it is about.
    #[must_use]
    pub fn place(&self) -> &Path {
        match self {
            Self::NotFound { start } | Self::TooManyEntries { start, .. } => start,
            Self::Ambiguous { root } => root,
            Self::BadConfig { path, .. } | Self::BadDirectory { path, .. } => path,
        }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NotFound { .. } => {
                Some("`rig init` writes a config that runs as it stands".to_owned())
            }
            Self::Ambiguous { .. } => {
                Some("keep one of them, or name one: --config rig.config.ts".to_owned())
            }
            Self::TooManyEntries { .. } => Some("look in a directory below".to_owned()),
            Self::BadConfig { .. } | Self::BadDirectory { .. } => None,
        }
    }
}

impl Project {
    /// Finds the nearest project from a directory upward.
    ///
    /// # Errors
    /// Where there is none, or one with two configs.
    pub fn find(start: &Path) -> Result<Self, ProjectError> {
        let directory = Root::open_named(start, Links::Inside).map_err(|error| {
            let path = start.to_path_buf();
            let reason = match error {
                DiskError::NotFound { .. } => "no such directory".to_owned(),
                error => error.reason(),
            };
            ProjectError::BadDirectory { path, reason }
        })?;
        for directory in directory.path().ancestors() {
            if let Some(project) = Self::at(directory)? {
                return Ok(project);
            }
        }
        let start = directory.path().to_path_buf();
        Err(ProjectError::NotFound { start })
    }

    /// Returns the project of a config that a person has named: the folder it lies in.
    ///
    /// # Errors
    /// Where there is no such file.
    pub fn of_config(config: &Path) -> Result<Self, ProjectError> {
        let bad = |reason: String| ProjectError::BadConfig {
            path: config.to_path_buf(),
            reason,
        };
        let absolute = std::path::absolute(config).map_err(|error| bad(error.to_string()))?;
        let (Some(folder), Some(name)) = (absolute.parent(), absolute.file_name()) else {
            return Err(bad("it is a directory".to_owned()));
        };
        let name = name.to_str();
        let name = name.ok_or_else(|| bad("its name is not UTF-8".to_owned()))?;
        let unreadable = |error: DiskError| {
            bad(match error {
                DiskError::NotFound { .. } => "there is no such file".to_owned(),
                error => error.reason(),
            })
        };
        let folder = Root::open_named(folder, Links::Inside).map_err(unreadable)?;
        if !is_config(&folder, Path::new(name)) {
            folder.status(Path::new(name)).map_err(unreadable)?;
            return Err(bad("it is no file".to_owned()));
        }
        Ok(Self::with_config(folder.path(), name))
    }

    /// A folder that has both of the configs that are found tells them apart like any other two.
    fn with_config(folder: &Path, name: &str) -> Self {
        let of = |root: &Path, config| Self {
            root: root.to_path_buf(),
            config,
        };
        let index = ConfigFile::RigkitIndex;
        let above = folder.parent();
        match (name, above) {
            ("rig.config.ts", _) => of(folder, ConfigFile::RigConfig),
            ("index.ts", Some(root)) if folder.ends_with("rigkit") => match Self::at(root) {
                Ok(_) => of(root, index),
                Err(_) => of(root, ConfigFile::Named(index.relative_path().into())),
            },
            (name, _) => of(folder, ConfigFile::Named(name.into())),
        }
    }

    /// Looks for a config in exactly one directory.
    ///
    /// # Errors
    /// Where it has two.
    pub fn at(root: &Path) -> Result<Option<Self>, ProjectError> {
        let Ok(directory) = Root::open(root, Links::Inside) else {
            return Ok(None);
        };
        Self::in_folder(root, &directory, Path::new(""))
    }

    /// Looks for a config in a folder below one that is open.
    pub(super) fn in_folder(
        root: &Path,
        above: &Root,
        folder: &Path,
    ) -> Result<Option<Self>, ProjectError> {
        let mut found = ConfigFile::FOUND
            .into_iter()
            .filter(|config| is_config(above, &folder.join(config.relative_path())));
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

    /// Returns whether the config is there.
    #[must_use]
    pub fn has_config(&self) -> bool {
        let root = Root::open(&self.root, Links::Inside);
        root.is_ok_and(|root| is_config(&root, Path::new(self.config.relative_path())))
    }

    /// Gives the config's absolute path.
    #[must_use]
    pub fn config_path(&self) -> PathBuf {
        self.root.join(self.config.relative_path())
    }

    /// Returns where the config really is: where a link in its place leads, if that is inside of what the
    /// project may read.
    #[must_use]
    pub fn real_config_path(&self) -> PathBuf {
        let config = self.config_path();
        let roots = ImportRoots::of_project(&self.root);
        roots.real_path(&config).unwrap_or(config)
    }

    /// Gives the directory that holds state, logs and locks.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.root.join(DataFolder::NAME)
    }

    /// Returns the path of the state where nobody names another. Each config has its own.
    #[must_use]
    pub fn default_state_path(&self) -> PathBuf {
        self.data_dir().join(match self.config.named() {
            None => "state.sqlite".to_owned(),
            Some(path) => format!("state-{}.sqlite", safe_file_name(path)),
        })
    }

    /// Returns the directory of the locks that go with that state.
    pub(crate) fn default_lock_dir(&self) -> PathBuf {
        self.data_dir().join(match self.config.named() {
            None => "locks".to_owned(),
            Some(path) => format!("locks-{}", safe_file_name(path)),
        })
    }
}

/// Returns whether there is a config. A link to where nothing is read counts: that it is refused is
/// more use than that there is none.
fn is_config(root: &Root, path: &Path) -> bool {
    match root.status(path) {
        Ok(status) => status.kind == EntryKind::File,
        Err(error) => {
            let leads_out = matches!(
                error.refusal(),
                Some(Refusal::Outside { .. } | Refusal::LinkLoop)
            );
            leads_out && matches!(root.link_status(path), Ok(link) if link.kind == EntryKind::Link)
        }
    }
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
    fn a_named_config_is_one_of_its_folder() {
        let check = |files: &[&str], named: &str, root: &str, config: &str, state: &str| {
            let tree = tree(files);
            let project = Project::of_config(&tree.path().join(named)).unwrap();
            assert_eq!(project.root, tree.path().canonicalize().unwrap().join(root));
            assert_eq!(project.config.relative_path(), config);
            let state = project.data_dir().join(state);
            assert_eq!(project.default_state_path(), state);
        };
        check(
            &["a/rig.config.ts", "a/web.config.ts"],
            "a/web.config.ts",
            "a",
            "web.config.ts",
            "state-web.config.ts.sqlite",
        );
        check(
            &["a/rig.config.ts", "a/web.config.ts"],
            "a/rig.config.ts",
            "a",
            "rig.config.ts",
            "state.sqlite",
        );
        check(
            &["rigkit/index.ts"],
            "rigkit/index.ts",
            "",
            "rigkit/index.ts",
            "state.sqlite",
        );
        check(
            &["rigkit/index.ts", "rig.config.ts"],
            "rigkit/index.ts",
            "",
            "rigkit/index.ts",
            "state-rigkit%2findex.ts.sqlite",
        );
    }

    #[test]
    fn a_named_config_has_to_be_a_file() {
        let tree = tree(&["a/b"]);
        let check = |named: &str, expected: &str| {
            let refused = Project::of_config(&tree.path().join(named)).unwrap_err();
            let refused = refused.to_string();
            assert!(refused.ends_with(expected), "{refused}");
        };
        check("missing.ts", "there is no such file");
        check("a", "it is no file");
        check("missing/x.ts", "there is no such file");
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
}
