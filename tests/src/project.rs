//! A project in a directory of its own, with a home directory of its own.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rigkit_engine::trust::TrustStore;
use tempfile::TempDir;

use crate::{Output, RigCommand, Terminal, language_client::copy_folder, redact};

/// A directory with the files of a fixture, in which `rig` runs undisturbed.
pub struct Project {
    directory: TempDir,
}

impl Project {
    /// Writes the files of a fixture, in a folder that the person trusts. Each begins with a line
    /// `//- /path`.
    ///
    /// # Panics
    /// Where the fixture begins otherwise, or the files cannot be written.
    #[must_use]
    pub fn new(fixture: &str) -> Self {
        let project = Self::of_stranger(fixture);
        project.trust("");
        project
    }

    /// Trusts the folder of the project, or one below it.
    ///
    /// # Panics
    /// Where there is no such folder.
    pub fn trust(&self, folder: &str) {
        let store = TrustStore::new(self.home().join(".rigkit"));
        store.trust(&self.path(folder), "test").unwrap();
    }

    /// Writes the files of a fixture, in a folder that nobody has decided anything about.
    ///
    /// # Panics
    /// Where the fixture begins otherwise, or the files cannot be written.
    #[must_use]
    pub fn of_stranger(fixture: &str) -> Self {
        let project = Self {
            directory: TempDir::new().unwrap(),
        };
        for directory in [project.root(), project.home()] {
            fs::create_dir(directory).unwrap();
        }
        project.write_all(fixture);
        project
    }

    /// Copies a folder without what Rigkit keeps in it, and trusts the copy.
    ///
    /// # Panics
    /// Where the folder cannot be copied.
    #[must_use]
    pub fn copy_of(folder: &Path) -> Self {
        let project = Self::new("");
        copy_folder(folder, &project.root());
        project
    }

    /// Puts all of the state into one file, so that damage to it cannot be repaired from
    /// another, and gives its path.
    ///
    /// # Panics
    /// Where there is no state.
    #[must_use]
    pub fn state_in_one_file(&self) -> PathBuf {
        let state = self.path(".rigkit/state.sqlite");
        rusqlite::Connection::open(&state)
            .unwrap()
            .pragma_update(None, "journal_mode", "DELETE")
            .unwrap();
        state
    }

    /// Writes more files, or others in their place.
    ///
    /// # Panics
    /// Where the fixture begins otherwise, or the files cannot be written.
    pub fn write_all(&self, fixture: &str) {
        let fixture = fixture.trim_start();
        if fixture.is_empty() {
            return;
        }
        let files = fixture
            .strip_prefix("//- ")
            .expect("a fixture begins with `//- /path`");
        for file in files.split("\n//- ") {
            let (path, contents) = file.split_once('\n').unwrap_or((file, ""));
            self.write(path.trim().trim_start_matches('/'), contents);
        }
    }

    /// Writes one file.
    ///
    /// # Panics
    /// Where it cannot be written.
    pub fn write(&self, path: &str, contents: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    /// Replaces a text that is in a file once.
    ///
    /// # Panics
    /// Where it is not there, or there more than once.
    pub fn edit(&self, path: &str, old: &str, new: &str) {
        let contents = self.read(path);
        assert_eq!(contents.matches(old).count(), 1, "`{old}` in {path}");
        self.write(path, contents.replace(old, new));
    }

    /// Reads a file.
    ///
    /// # Panics
    /// Where it cannot be read.
    #[must_use]
    pub fn read(&self, path: &str) -> String {
        let path = self.path(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Reads the lines of a file; one that is not there has none.
    #[must_use]
    pub fn lines(&self, path: &str) -> Vec<String> {
        let contents = fs::read_to_string(self.path(path)).unwrap_or_default();
        contents.lines().map(str::to_owned).collect()
    }

    /// Gives the bytes of the state: everything that was ever committed to it.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn state(&self) -> Vec<u8> {
        let state = self.path(".rigkit/state.sqlite");
        let mut bytes = fs::read(&state).unwrap();
        bytes.extend(fs::read(state.with_extension("sqlite-wal")).unwrap_or_default());
        bytes
    }

    /// Makes a pipe with a name, at which a task and a test wait for each other.
    ///
    /// # Panics
    /// Where it cannot be made.
    pub fn make_pipe(&self, path: &str) {
        nix::unistd::mkfifo(&self.path(path), nix::sys::stat::Mode::S_IRWXU).unwrap();
    }

    /// Gives the directory of the project.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        self.directory.path().join("project")
    }

    /// Gives a path below the directory of the project.
    #[must_use]
    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// Gives the home directory.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.directory.path().join("home")
    }

    /// Gives the directory that holds the project and the home directory.
    #[must_use]
    pub fn outside(&self) -> &Path {
        self.directory.path()
    }

    /// Prepares `rig` with arguments as they would be typed.
    #[must_use]
    pub fn command(&self, line: &str) -> RigCommand {
        RigCommand::new(self, line)
    }

    /// Runs `rig` with arguments as they would be typed, and waits for it.
    #[must_use]
    pub fn rig(&self, line: &str) -> Output {
        self.command(line).run()
    }

    /// Runs `rig`, which has to succeed.
    ///
    /// # Panics
    /// Where it fails.
    #[expect(clippy::must_use_candidate, reason = "often it is run for its effect")]
    pub fn done(&self, line: &str) -> Output {
        self.rig(line).exits_with(0)
    }

    /// Runs `rig` on a terminal.
    #[must_use]
    pub fn terminal(&self, line: &str) -> Terminal {
        Terminal::start(self.command(line))
    }

    /// Runs `rig` several times and writes down everything as on a terminal, without what
    /// differs from run to run.
    #[must_use]
    pub fn transcript(&self, lines: &[&str]) -> String {
        let told: Vec<String> = lines
            .iter()
            .map(|line| self.rig(line).transcript())
            .collect();
        self.redact(&told.join("\n"))
    }

    /// Takes out what differs from run to run.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        redact(text, self.directory.path())
    }
}
