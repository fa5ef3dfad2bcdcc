//! `rig` as it is about to be run.

use std::{
    env,
    ffi::{OsStr, OsString},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
};

use crate::{Bounds, Output, Project, Running, bounded::wait_within, rig};

/// The user and group who own nothing.
const NOBODY: u32 = 65534;

/// Starts a program that sees mounts of its own.
const OWN_MOUNTS: [&str; 4] = ["unshare", "--user", "--map-root-user", "--mount"];

/// Says whether this machine lets programs mount file systems for themselves.
#[must_use]
pub fn may_mount() -> bool {
    let mut command = Command::new(OWN_MOUNTS[0]);
    command
        .args(&OWN_MOUNTS[1..])
        .args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
    command.output().is_ok_and(|output| output.status.success())
}

/// A command line of `rig` with an environment that holds nothing of this machine's user.
pub struct RigCommand {
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
    directory: PathBuf,
    prelude: Option<String>,
    nobody: Option<PathBuf>,
    may_mount: bool,
    stdin: Stdio,
    stdout: Stdio,
}

impl RigCommand {
    pub(crate) fn new(project: &Project, line: &str) -> Self {
        let words = shlex::split(line).expect("the command line is well formed");
        let variables: [(&str, OsString); 8] = [
            ("PATH", env::var_os("PATH").unwrap_or_default()),
            ("HOME", project.home().into()),
            (
                "RIGKIT_HOST_STORAGE_DIR",
                project.outside().join("host").into(),
            ),
            ("USER", "tester".into()),
            ("TZ", "UTC".into()),
            ("LANG", "C.UTF-8".into()),
            ("NO_COLOR", "1".into()),
            ("TERM", "xterm-256color".into()),
        ];
        Self {
            arguments: words.into_iter().map(OsString::from).collect(),
            variables: variables.map(|(name, value)| (name.into(), value)).into(),
            directory: project.root(),
            prelude: None,
            nobody: None,
            may_mount: false,
            stdin: Stdio::null(),
            stdout: Stdio::piped(),
        }
    }

    /// Adds an argument that cannot be typed.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.variables.retain(|(other, _)| other != name);
        self.variables
            .push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// Takes a variable away.
    #[must_use]
    pub fn env_remove(mut self, name: &str) -> Self {
        self.variables.retain(|(other, _)| other != name);
        self
    }

    /// Starts it in another directory.
    #[must_use]
    pub fn directory(mut self, directory: PathBuf) -> Self {
        self.directory = directory;
        self
    }

    /// Runs shell commands in the same process before it, such as `ulimit -f 10`.
    #[must_use]
    pub fn after(mut self, prelude: &str) -> Self {
        self.prelude = Some(prelude.to_owned());
        self
    }

    /// Runs a copy of `rig` as somebody who owns nothing, if that is not so anyway.
    #[must_use]
    pub fn as_nobody(mut self, copy: &Path) -> Self {
        self.nobody = Some(copy.to_path_buf());
        self
    }

    /// Lets what is run before it mount file systems that nobody else sees; see [`may_mount`].
    #[must_use]
    pub fn may_mount(mut self) -> Self {
        self.may_mount = true;
        self
    }

    /// Gives it a standard input other than an empty one.
    #[must_use]
    pub fn stdin(mut self, stdin: impl Into<Stdio>) -> Self {
        self.stdin = stdin.into();
        self
    }

    /// Gives it a standard output that is not read.
    #[must_use]
    pub fn stdout(mut self, stdout: impl Into<Stdio>) -> Self {
        self.stdout = stdout.into();
        self
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// Where it cannot be started.
    #[must_use]
    pub fn run(self) -> Output {
        let line = self.line();
        Output::of(line, self.into_process().output().unwrap())
    }

    /// Runs it to its end, which has to come soon and without much memory.
    ///
    /// # Panics
    /// Where it cannot be started, or uses more than it may.
    #[must_use]
    pub fn run_within(self, bounds: Bounds) -> Output {
        let line = self.line();
        let child = self.into_process().spawn().unwrap();
        wait_within(&line, child, bounds)
    }

    /// Starts it, to be watched event by event.
    ///
    /// # Panics
    /// Where it cannot be started.
    #[must_use]
    pub fn start(self) -> Running {
        let line = self.line();
        Running::new(line, self.into_process().spawn().unwrap())
    }

    /// Writes it as it would be typed.
    pub(crate) fn line(&self) -> String {
        let words: Vec<String> = self
            .arguments
            .iter()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        let words = shlex::try_join(words.iter().map(String::as_str)).unwrap();
        format!("rig {words}")
    }

    /// Gives the program, its arguments, its variables and its directory.
    pub(crate) fn parts(&self) -> (Vec<OsString>, &[(OsString, OsString)], &PathBuf) {
        let mut words: Vec<OsString> = Vec::new();
        if self.may_mount {
            words.extend(OWN_MOUNTS.map(OsString::from));
        }
        if let Some(prelude) = &self.prelude {
            words.extend(["sh", "-c"].map(OsString::from));
            words.extend([format!("{prelude}; exec \"$0\" \"$@\"").into()]);
        }
        words.push(self.nobody.as_deref().unwrap_or_else(|| rig()).into());
        words.extend(self.arguments.iter().cloned());
        (words, &self.variables, &self.directory)
    }

    /// Starts it, to be talked to.
    pub(crate) fn start_process(self) -> process::Child {
        self.into_process().spawn().unwrap()
    }

    fn into_process(self) -> Command {
        let (words, variables, directory) = self.parts();
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).current_dir(directory).env_clear();
        if self.nobody.is_some() && nix::unistd::getuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command
            .stdin(self.stdin)
            .stdout(self.stdout)
            .stderr(Stdio::piped());
        command
    }
}
