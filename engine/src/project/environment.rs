//! The environment of a project: the process's own over the `.env` files from the root of
//! the file system down to the project.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::env_files::EnvFiles;
use crate::{
    display_text,
    source::SourceRange,
    trust::{ForeignFile, OwnerRule},
};

/// The environment that a project reads.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Every variable.
    pub variables: Arc<BTreeMap<String, String>>,
    /// The variables of the process whose name or value is no text: configs cannot read them, commands inherit them.
    pub undecodable: Arc<BTreeMap<OsString, OsString>>,
    /// The variables whose value is not known, because the line that was to set it cannot be read.
    pub unreadable: Arc<BTreeMap<String, UnreadableVariable>>,
    /// Whether the project may read any of it.
    pub access: VariableAccess,
    /// The file that a variable of the project can be set in, whether or not it exists.
    pub file: Option<PathBuf>,
    /// The `.env` files that were left out, for they belong to other users.
    pub left_out: Vec<ForeignFile>,
    /// What of the `.env` files is wrong or doubtful. What can be read of them counts nevertheless.
    pub warnings: Vec<EnvironmentWarning>,
}

/// The access that a project has to variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum VariableAccess {
    /// It reads them, and one that is missing is an error.
    #[default]
    Given,
    /// Nobody has vouched for the project: it reads its fallbacks, or nothing.
    Withheld,
}

/// The line that was to set a variable and cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableVariable {
    /// The file.
    pub file: Arc<Path>,
    /// The line, from 1.
    pub line: u32,
}

/// A warning of a `.env` file, or of a line in one. It says nothing of what the line holds, which
/// may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct EnvironmentWarning {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub message: String,
    /// The line, where it is about one.
    pub range: Option<SourceRange>,
    /// What to do about it.
    pub help: Option<&'static str>,
}

impl EnvironmentWarning {
    pub(super) fn not_read(path: &Path, reason: &str) -> Self {
        Self {
            path: path.to_path_buf(),
            message: format!("failed to read `{}`: {reason}", display_text::path(path)),
            range: None,
            help: None,
        }
    }
}

impl Environment {
    /// Returns an environment without anything, for a project that nobody trusts yet.
    #[must_use]
    pub fn untrusted() -> Self {
        Self {
            access: VariableAccess::Withheld,
            ..Self::default()
        }
    }

    /// Adds the variables of the process that are no text.
    #[must_use]
    pub fn with_undecodable(self, undecodable: Arc<BTreeMap<OsString, OsString>>) -> Self {
        Self {
            undecodable,
            ..self
        }
    }

    /// Reads the environment of a project: as much of it as can be read, with warnings of the rest.
    #[must_use]
    pub fn of_project(
        root: &Path,
        owners: &OwnerRule,
        process: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let process: BTreeMap<String, String> = process.into_iter().collect();
        let mut files = EnvFiles::new(owners, &process);
        files.read_all(root);
        let EnvFiles {
            mut variables,
            mut unreadable,
            left_out,
            warnings,
            ..
        } = files;
        unreadable.retain(|name, _| !process.contains_key(name));
        variables.extend(process);
        Self {
            variables: Arc::new(variables),
            undecodable: Arc::default(),
            unreadable: Arc::new(unreadable),
            access: VariableAccess::Given,
            file: Some(root.join(".env")),
            left_out,
            warnings,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::{fs::File, os::unix::fs::symlink};

    use insta::assert_snapshot;
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
        let read = Environment::of_project(&project, &OwnerRule::default(), process);
        let value = |name: &str| read.variables.get(name).map(String::as_str);
        assert_eq!(
            [value("A"), value("B"), value("C"), value("D")],
            [Some("outer"), Some("inner"), Some("process"), None]
        );
    }

    /// Reads a project with one file, and shows what came of it: variables, those that are not
    /// known, and warnings.
    fn read(text: &str) -> String {
        let tree = tempfile::tempdir().unwrap();
        std::fs::write(tree.path().join(".env"), text).unwrap();
        let process = [("SET".to_owned(), "process".to_owned())];
        let environment = Environment::of_project(tree.path(), &OwnerRule::default(), process);
        let variables = environment.variables.iter();
        let variables = variables.map(|(name, value)| format!("{name}={value:?}"));
        let unreadable = environment.unreadable.iter();
        let unreadable = unreadable.map(|(name, it)| format!("{name}? line {}", it.line));
        let folder = tree.path().display().to_string();
        let warnings = environment.warnings.iter().map(|warning| {
            let range = warning.range.as_ref().unwrap();
            let place = (range.start.line, range.start.column, range.end.column);
            format!("{place:?} {}", warning.message.replace(&folder, "…"))
        });
        let all = variables.chain(unreadable).chain(warnings);
        all.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_wrong_line_is_told_and_the_others_are_read() {
        assert_snapshot!(read("A=1\r\nB x\r\nC=3\n  the secret\n"), @r#"
        A="1"
        C="3"
        SET="process"
        B? line 2
        the? line 4
        (2, 1, 4) failed to read line 2 of `…/.env`: it is not `NAME=value`
        (4, 3, 13) failed to read line 4 of `…/.env`: it is not `NAME=value`
        "#);
        assert_snapshot!(read("A=1\0\n"), @r#"
        SET="process"
        A? line 1
        (1, 1, 5) failed to read line 1 of `…/.env`: it holds a NUL character
        "#);
    }

    #[test]
    fn a_variable_is_not_known_until_a_later_line_sets_it() {
        assert_snapshot!(read("A=1\nA 2\n"), @r#"
        SET="process"
        A? line 2
        (2, 1, 4) failed to read line 2 of `…/.env`: it is not `NAME=value`
        "#);
        assert_snapshot!(read("A 1\nB=<$A>\nC=${A:-c}\n"), @r#"
        SET="process"
        A? line 1
        B? line 1
        C? line 1
        (1, 1, 4) failed to read line 1 of `…/.env`: it is not `NAME=value`
        "#);
        assert_snapshot!(read("A 1\nA=2\nSET x\nexport A\n"), @r#"
        A="2"
        SET="process"
        (1, 1, 4) failed to read line 1 of `…/.env`: it is not `NAME=value`
        (3, 1, 6) failed to read line 3 of `…/.env`: it is not `NAME=value`
        "#);
    }

    #[test]
    fn variables_come_from_the_process_before_earlier_lines() {
        assert_snapshot!(read("SET=file\nA=$SET\nB=\"<${A}>\"\nC='$A'\nD=${NONE:-$B}\n"), @r#"
        A="process"
        B="<process>"
        C="$A"
        D="<process>"
        SET="process"
        "#);
        assert_snapshot!(read("A=pa$$word\nB=$2b$10$7x\nSET=$NONE\n"), @r#"
        A="pa$$word"
        B="$2b$10$7x"
        SET="process"
        (1, 1, 11) line 1 of `…/.env` names a variable that is set nowhere, which stays as written
        "#);
    }

    /// What somebody may have laid in place of the file, and what is said of it.
    #[test]
    fn whatever_is_no_small_file_is_told_and_left_alone() {
        let check = |lay: &dyn Fn(&Path), reason: &str| {
            let tree = tempfile::tempdir().unwrap();
            let project = tree.path().join("project");
            std::fs::create_dir(&project).unwrap();
            std::fs::write(tree.path().join("private"), "SECRET=amber\n").unwrap();
            lay(&project.join(".env"));
            let environment = Environment::of_project(&project, &OwnerRule::default(), []);
            assert_eq!(environment.variables.get("SECRET"), None);
            let told: Vec<&str> = environment.warnings.iter().map(|it| &*it.message).collect();
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(told[0].contains(&format!("`: {reason}")), "{told:?}");
        };
        let leads_out = "it leads out of `";
        check(&|path| symlink("../private", path).unwrap(), leads_out);
        check(&|path| symlink("/dev/zero", path).unwrap(), leads_out);
        check(
            &|path| std::fs::create_dir(path).unwrap(),
            "it is a folder and not a file",
        );
        let pipe = |path: &Path| mkfifo(path, Mode::S_IRWXU).unwrap();
        check(&pipe, "it is a named pipe and not a file");
        let is_loop = "it leads from link to link without end";
        check(&|path| symlink(".env", path).unwrap(), is_loop);
        let sparse = |path: &Path| File::create(path).unwrap().set_len(3 << 30).unwrap();
        check(&sparse, "it is larger than 1 MiB");
    }

    #[test]
    fn the_local_file_of_a_folder_is_read_after_the_other() {
        let tree = tempfile::tempdir().unwrap();
        let project = tree.path().join("project");
        std::fs::create_dir(&project).unwrap();
        std::fs::write(tree.path().join(".env.local"), "A=outer\nB=outer\n").unwrap();
        std::fs::write(project.join(".env"), "B=inner\nC=inner\nD=$A\n").unwrap();
        std::fs::write(project.join(".env.local"), "C=local\nD=$D-$C\n").unwrap();
        let read = Environment::of_project(&project, &OwnerRule::default(), []);
        let value = |name: &str| read.variables.get(name).map(String::as_str);
        assert_eq!(
            ["A", "B", "C", "D"].map(value),
            ["outer", "inner", "local", "outer-local"].map(Some)
        );
    }

    #[test]
    fn a_link_within_the_repository_is_followed() {
        let tree = tempfile::tempdir().unwrap();
        let project = tree.path().join("project");
        std::fs::create_dir_all(tree.path().join(".git")).unwrap();
        std::fs::create_dir(&project).unwrap();
        std::fs::write(tree.path().join("shared"), "A=1\n").unwrap();
        symlink("../shared", project.join(".env")).unwrap();
        let read = Environment::of_project(&project, &OwnerRule::default(), []);
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
            let environment = Environment::of_project(tree.path(), &OwnerRule::default(), []);
            let bytes: usize = environment.variables.values().map(String::len).sum();
            assert!(bytes <= 4 << 20, "{bytes}");
            let told: Vec<&str> = environment.warnings.iter().map(|it| &*it.message).collect();
            assert_eq!(told.len(), 1, "{told:?}");
            let reason = "`: the values of all `.env` files grow to more than 4 MiB";
            assert!(told[0].ends_with(reason), "{told:?}");
        }
    }

    #[test]
    fn wrong_lines_are_told_in_part_and_cost_no_more_than_their_number() {
        let tree = tempfile::tempdir().unwrap();
        let distinct: String = (0..100_000).map(|line| format!("x {line}\n")).collect();
        for text in ["x\n".repeat(500_000), distinct, "é é\n".repeat(170_000)] {
            std::fs::write(tree.path().join(".env"), text).unwrap();
            let environment = Environment::of_project(tree.path(), &OwnerRule::default(), []);
            let warnings = environment.warnings;
            assert_eq!(warnings.len(), 100);
            assert_eq!(warnings[0].range.as_ref().unwrap().start.line, 1);
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
        let environment = Environment::of_project(&folder, &OwnerRule::default(), []);
        let bytes: usize = environment.variables.values().map(String::len).sum();
        assert!(bytes <= 4 << 20, "{bytes}");
        assert!(!environment.warnings.is_empty());
    }
}
