//! The environment of a project: the process's own over the `.env` files from the root of
//! the file system down to the project.

use std::{
    collections::BTreeMap,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use thiserror::Error;

use super::bounded_lines::BoundedLines;
use crate::{
    disk::{DiskError, Links, Refusal, Root, Status, import_root},
    display_text,
    source::{LineIndex, SourceRange},
    trust::{ForeignFile, OwnerRule},
};

const FILE: &str = ".env";

/// The size in bytes up to which a file is read.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// Is the environment that a project reads.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Every variable.
    pub variables: Arc<BTreeMap<String, String>>,
    /// The `.env` files that were left out, for they belong to other users.
    pub left_out: Vec<ForeignFile>,
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
        owners: &OwnerRule,
        process: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, EnvironmentError> {
        let (environment, problems) = Self::of_broken_project(root, owners, process);
        match problems.into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(environment),
        }
    }

    /// Reads as much of the environment of a project as can be read, and says what cannot.
    #[must_use]
    pub fn of_broken_project(
        root: &Path,
        owners: &OwnerRule,
        process: impl IntoIterator<Item = (String, String)>,
    ) -> (Self, Vec<EnvironmentError>) {
        let mut files = EnvFiles::new(owners);
        let directories: Vec<&Path> = root.ancestors().collect();
        let repository = import_root(root);
        for directory in directories.into_iter().rev() {
            let guarded = if directory.starts_with(&repository) {
                &repository
            } else {
                directory
            };
            // What cannot be opened holds no file for this person.
            if let Ok(guarded) = Root::open(guarded, Links::Inside) {
                files.read(directory, &guarded);
            }
        }
        files.variables.extend(process);
        let environment = Self {
            variables: Arc::new(files.variables),
            left_out: files.left_out,
        };
        (environment, files.problems)
    }
}

/// What the `.env` files that were read so far say.
struct EnvFiles<'a> {
    owners: &'a OwnerRule,
    variables: BTreeMap<String, String>,
    left_out: Vec<ForeignFile>,
    problems: Vec<EnvironmentError>,
}

impl<'a> EnvFiles<'a> {
    fn new(owners: &'a OwnerRule) -> Self {
        Self {
            owners,
            variables: BTreeMap::new(),
            left_out: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Reads the file of one directory, if there is one.
    ///
    /// A folder of that name is common, and whatever else is no file is none either. Links stay
    /// below the repository, and above it below the directory.
    fn read(&mut self, directory: &Path, root: &Root) {
        let path = directory.join(FILE);
        let relative = path.strip_prefix(root.path()).unwrap_or(&path);
        // Another user's file is left out whatever is in it, even where it could not be read.
        let whose = root.status(relative);
        if whose.is_ok_and(|status| self.leave_out(&path, &status)) {
            return;
        }
        match root.read_with_status(relative, MAX_FILE_BYTES) {
            // It may be another file by now.
            Ok((bytes, status)) if !self.leave_out(&path, &status) => {
                self.read_lines(&path, &bytes);
            }
            Ok(_) => {}
            Err(error) => self
                .problems
                .extend(EnvironmentError::of_disk(&path, &error)),
        }
    }

    fn leave_out(&mut self, path: &Path, status: &Status) -> bool {
        let foreign = self.owners.check(path, status.owner).err();
        let is_foreign = foreign.is_some();
        self.left_out.extend(foreign);
        is_foreign
    }

    fn read_lines(&mut self, path: &Path, bytes: &[u8]) {
        let reader = BoundedLines::new(bytes);
        let growth = reader.growth();
        for entry in dotenvy::from_read_iter(reader) {
            match entry {
                Ok((name, value)) => {
                    growth.note(&name, value.len());
                    self.variables.insert(name, value);
                }
                Err(error) => {
                    let problem = EnvironmentError::new(path, bytes, &error);
                    self.problems.push(problem);
                    // A file that cannot be read on has no further lines.
                    if matches!(error, dotenvy::Error::Io(_)) {
                        return;
                    }
                }
            }
        }
    }
}

impl EnvironmentError {
    /// Returns what is wrong with a file that was not read; nothing where there is none.
    fn of_disk(path: &Path, error: &DiskError) -> Option<Self> {
        match error {
            DiskError::NotFound { .. }
            | DiskError::Refused {
                refusal: Refusal::NotAFile { .. } | Refusal::NotAFolder { .. },
                ..
            } => None,
            _ => Some(Self {
                path: path.to_path_buf(),
                reason: error.reason(),
                range: None,
            }),
        }
    }

    /// Says what is wrong with a file, without repeating a line that may hold a secret.
    fn new(path: &Path, bytes: &[u8], error: &dotenvy::Error) -> Self {
        let range = match error {
            dotenvy::Error::LineParse(entry, _) => line_range(path, bytes, entry),
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
fn line_range(path: &Path, bytes: &[u8], entry: &str) -> Option<SourceRange> {
    let text = std::str::from_utf8(bytes).ok()?;
    let first = entry.lines().next().unwrap_or_default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end_matches(['\n', '\r']) == first {
            let end = start + first.len();
            return range(path, text, start..end);
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

    use std::{fs::File, os::unix::fs::symlink};

    use nix::{sys::stat::Mode, unistd::mkfifo};

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
        let read = Environment::of_project(&project, &OwnerRule::default(), process).unwrap();
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
            let error =
                Environment::of_project(tree.path(), &OwnerRule::default(), []).unwrap_err();
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
        let (environment, problems) =
            Environment::of_broken_project(tree.path(), &OwnerRule::default(), []);
        let places: Vec<_> = problems
            .iter()
            .map(|problem| problem.range.as_ref().unwrap())
            .map(|range| (range.start.line, range.start.column, range.end.column))
            .collect();
        assert_eq!(places, [(2, 1, 4), (4, 1, 4)]);
        let names: Vec<&String> = environment.variables.keys().collect();
        assert_eq!(names, ["A", "C"]);
    }

    /// What somebody may have laid in place of the file, and what is said of it.
    #[test]
    fn whatever_is_no_small_file_is_left_alone() {
        let check = |lay: &dyn Fn(&Path), reason: Option<&str>| {
            let tree = tempfile::tempdir().unwrap();
            let project = tree.path().join("project");
            std::fs::create_dir(&project).unwrap();
            std::fs::write(tree.path().join("private"), "SECRET=amber\n").unwrap();
            lay(&project.join(".env"));
            let (environment, problems) =
                Environment::of_broken_project(&project, &OwnerRule::default(), []);
            assert_eq!(environment.variables.get("SECRET"), None);
            let reasons: Vec<&str> = problems.iter().map(|it| it.reason.as_str()).collect();
            match reason {
                None => assert!(reasons.is_empty(), "{reasons:?}"),
                Some(reason) => {
                    assert_eq!(reasons.len(), 1, "{reasons:?}");
                    assert!(reasons[0].starts_with(reason), "{reasons:?}");
                }
            }
        };
        let leads_out = Some("it leads out of `");
        check(&|path| symlink("../private", path).unwrap(), leads_out);
        check(&|path| symlink("/dev/zero", path).unwrap(), leads_out);
        check(&|path| std::fs::create_dir(path).unwrap(), None);
        check(&|path| mkfifo(path, Mode::S_IRWXU).unwrap(), None);
        let is_loop = Some("it leads from link to link without end");
        check(&|path| symlink(".env", path).unwrap(), is_loop);
        let sparse = |path: &Path| File::create(path).unwrap().set_len(3 << 30).unwrap();
        check(&sparse, Some("it is larger than 1 MiB"));
    }

    #[test]
    fn a_link_within_the_repository_is_followed() {
        let tree = tempfile::tempdir().unwrap();
        let project = tree.path().join("project");
        std::fs::create_dir_all(tree.path().join(".git")).unwrap();
        std::fs::create_dir(&project).unwrap();
        std::fs::write(tree.path().join("shared"), "A=1\n").unwrap();
        symlink("../shared", project.join(".env")).unwrap();
        let read = Environment::of_project(&project, &OwnerRule::default(), []).unwrap();
        assert_eq!(read.variables.get("A").map(String::as_str), Some("1"));
    }

    #[test]
    fn values_that_grow_without_end_are_an_error() {
        let tree = tempfile::tempdir().unwrap();
        let double = |name: &str, before: &str| format!("{name}=${{{before}}}${{{before}}}\n");
        let doubling: String = (1..=41)
            .map(|index| double(&format!("A{index}"), &format!("A{}", index - 1)))
            .collect();
        for text in [
            format!("A0=bale\n{doubling}"),
            format!("A={}\nB=\"{}\"\n", "x".repeat(40), "$A\n".repeat(200_000)),
            format!("A={}\nB={}\n", "x".repeat(50_000), "$A".repeat(400_000)),
        ] {
            std::fs::write(tree.path().join(".env"), text).unwrap();
            let (environment, problems) =
                Environment::of_broken_project(tree.path(), &OwnerRule::default(), []);
            let bytes: usize = environment.variables.values().map(String::len).sum();
            assert!(bytes <= 4 << 20, "{bytes}");
            let reasons: Vec<&str> = problems.iter().map(|it| it.reason.as_str()).collect();
            assert_eq!(reasons, ["its values grow to more than 4 MiB"]);
        }
    }
}
