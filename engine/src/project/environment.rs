//! The environment of a project: the process's own over the `.env` files from the root of
//! the file system down to the project.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, HashMap},
    ffi::OsString,
    path::{Path, PathBuf},
    sync::Arc,
};

use thiserror::Error;

use super::bounded_lines::{BoundedLines, Growth};
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
    /// The variables of the process whose name or value is no text: configs cannot read them, commands inherit them.
    pub undecodable: Arc<BTreeMap<OsString, OsString>>,
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

    /// Adds the variables of the process that are no text.
    #[must_use]
    pub fn with_undecodable(self, undecodable: Arc<BTreeMap<OsString, OsString>>) -> Self {
        Self {
            undecodable,
            ..self
        }
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
            if files.problems.len() >= MOST_PROBLEMS {
                break;
            }
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
            undecodable: Arc::default(),
            left_out: files.left_out,
        };
        (environment, files.problems)
    }
}

/// The most problems that are told of all files together.
const MOST_PROBLEMS: usize = 100;

/// What the `.env` files that were read so far say.
struct EnvFiles<'a> {
    owners: &'a OwnerRule,
    /// What all values can grow to.
    growth: Growth,
    variables: BTreeMap<String, String>,
    left_out: Vec<ForeignFile>,
    problems: Vec<EnvironmentError>,
}

impl<'a> EnvFiles<'a> {
    fn new(owners: &'a OwnerRule) -> Self {
        Self {
            owners,
            growth: Growth::default(),
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
        let file = OnceCell::new();
        for entry in dotenvy::from_read_iter(BoundedLines::new(bytes, &self.growth)) {
            match entry {
                Ok((name, value)) => {
                    self.growth.note(&name, value.len());
                    self.variables.insert(name, value);
                }
                Err(error) => {
                    let file = file.get_or_init(|| EnvFile::new(path, bytes));
                    self.problems.push(file.problem(&error));
                    // A file that cannot be read on has no further lines.
                    let is_over = self.problems.len() >= MOST_PROBLEMS;
                    if is_over || matches!(error, dotenvy::Error::Io(_)) {
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
}

/// A file whose lines are judged.
struct EnvFile<'a> {
    path: &'a Path,
    /// The lines with where each begins, where the file is text.
    lines: HashMap<&'a str, usize>,
    index: Option<LineIndex>,
}

impl<'a> EnvFile<'a> {
    fn new(path: &'a Path, bytes: &'a [u8]) -> Self {
        let text = std::str::from_utf8(bytes).ok();
        Self {
            path,
            lines: text.map(starts_of_lines).unwrap_or_default(),
            index: text.map(|text| LineIndex::new(Arc::from(text))),
        }
    }

    /// Says what is wrong, without repeating a line that may hold a secret.
    fn problem(&self, error: &dotenvy::Error) -> EnvironmentError {
        let range = match error {
            dotenvy::Error::LineParse(entry, _) => self.range(entry),
            _ => None,
        };
        let reason = match (error, &range) {
            (dotenvy::Error::LineParse(..), Some(range)) => {
                format!("line {} is not `NAME=value`", range.start.line)
            }
            (dotenvy::Error::LineParse(..), None) => "a line is not `NAME=value`".to_owned(),
            (error, _) => error.to_string(),
        };
        EnvironmentError {
            path: self.path.to_path_buf(),
            reason,
            range,
        }
    }

    /// Finds the line that an entry begins with.
    fn range(&self, entry: &str) -> Option<SourceRange> {
        let first = entry.lines().next().unwrap_or_default();
        let start = *self.lines.get(first)?;
        let start_byte = u32::try_from(start).ok()?;
        let end_byte = u32::try_from(start + first.len()).ok()?;
        let index = self.index.as_ref()?;
        Some(SourceRange::new(self.path, index, start_byte..end_byte))
    }
}

/// Returns where each line begins; of equal ones the first.
fn starts_of_lines(text: &str) -> HashMap<&str, usize> {
    let mut starts = HashMap::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        starts
            .entry(line.trim_end_matches(['\n', '\r']))
            .or_insert(start);
        start += line.len();
    }
    starts
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
            assert_eq!(
                reasons,
                ["the values of all `.env` files grow to more than 4 MiB"]
            );
        }
    }

    #[test]
    fn wrong_lines_are_told_in_part_and_cost_no_more_than_their_number() {
        let tree = tempfile::tempdir().unwrap();
        let distinct: String = (0..100_000).map(|line| format!("x {line}\n")).collect();
        for text in ["x\n".repeat(500_000), distinct, "é é\n".repeat(170_000)] {
            std::fs::write(tree.path().join(".env"), text).unwrap();
            let (_, problems) =
                Environment::of_broken_project(tree.path(), &OwnerRule::default(), []);
            assert_eq!(problems.len(), MOST_PROBLEMS);
            assert_eq!(problems[0].range.as_ref().unwrap().start.line, 1);
        }
    }

    #[test]
    fn all_files_together_are_bounded() {
        let tree = tempfile::tempdir().unwrap();
        let mut folder = tree.path().to_path_buf();
        for level in 0..100 {
            folder.push("a");
            std::fs::create_dir(&folder).unwrap();
            let line = format!("A{level}={}\n", "x".repeat(60_000));
            std::fs::write(folder.join(".env"), line.clone() + &line.replace('A', "B")).unwrap();
        }
        let (environment, problems) =
            Environment::of_broken_project(&folder, &OwnerRule::default(), []);
        let bytes: usize = environment.variables.values().map(String::len).sum();
        assert!(bytes <= 4 << 20, "{bytes}");
        assert!(!problems.is_empty());
    }
}
