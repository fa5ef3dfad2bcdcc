//! Other processes that use the same state: this test program once more, in a role.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::*;

const ROLE: &str = "RIGKIT_TEST_ROLE";
const FILE: &str = "RIGKIT_TEST_FILE";

/// Says what a process is to do with a state file.
#[derive(Clone, Copy)]
pub(super) enum Role {
    /// Takes the lock of `web`, says so, and keeps it until its input ends.
    HoldLock,
    /// Reads, then records one run, once its input ends, and says so.
    RecordOne,
    /// Records runs without end, and says so after the first few.
    RecordForEver,
    /// Reads the runs and says how many there are.
    CountRuns,
    /// Tries to open the file to write, and says what came of it.
    Open,
}

const ROLES: [(&str, Role); 5] = [
    ("hold-lock", Role::HoldLock),
    ("record-one", Role::RecordOne),
    ("record-for-ever", Role::RecordForEver),
    ("count-runs", Role::CountRuns),
    ("open", Role::Open),
];

/// Is a process in a role; killed when dropped.
pub(super) struct Other {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Other {
    pub(super) fn start(role: Role, file: &Path) -> Self {
        Self::spawn(role, file, &mut Command::new("/proc/self/exe"))
    }

    /// Starts a process that may write only what everybody may.
    pub(super) fn start_without_rights(role: Role, file: &Path) -> Self {
        let mut command = Command::new("/proc/self/exe");
        if nix::unistd::geteuid().is_root() {
            command.uid(65_534).gid(65_534);
        }
        Self::spawn(role, file, &mut command)
    }

    fn spawn(role: Role, file: &Path, command: &mut Command) -> Self {
        let name = ROLES[role as usize].0;
        let test = "state::tests::children::plays_its_role";
        let mut child = command
            .args(["--exact", test, "--nocapture", "--test-threads=1"])
            .env(ROLE, name)
            .env(FILE, file)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    /// Waits for what the process says.
    pub(super) fn says(&mut self) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "it ended");
            // The test harness does not end its own line before the test's begins.
            if let Some((_, said)) = line.split_once("SAYS ") {
                return said.trim_end().to_owned();
            }
        }
    }

    /// Lets the process go on.
    pub(super) fn end_input(&mut self) {
        drop(self.child.stdin.take());
    }

    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _gone_already = self.child.wait();
    }
}

#[test]
fn plays_its_role() {
    let Ok(name) = env::var(ROLE) else {
        return;
    };
    let file = PathBuf::from(env::var_os(FILE).unwrap());
    let role = ROLES.iter().find(|(known, _)| *known == name).unwrap().1;
    match role {
        Role::HoldLock => {
            let holder = lock::holder("other");
            let _lock = ApplyLocks::beside(&file).acquire("web", &holder).unwrap();
            say("locked");
            wait_for_end_of_input();
        }
        Role::RecordOne => {
            say("ready");
            wait_for_end_of_input();
            drop(StateReader::open_existing(&state_file(&file)).unwrap());
            let mut state = State::open(&state_file(&file)).unwrap();
            record(&mut state, run("a", &[]));
            say("recorded");
        }
        Role::RecordForEver => {
            let mut state = State::open(&state_file(&file)).unwrap();
            for count in 0.. {
                record(&mut state, run(&format!("task{count}"), &[]));
                if count == 20 {
                    say("recorded");
                }
            }
        }
        Role::CountRuns => match StateReader::open_existing(&state_file(&file)) {
            Ok(None) => say("none"),
            Ok(Some(reader)) => say(&reader.list_runs(None).unwrap().len().to_string()),
            Err(error) => say(&error.to_string()),
        },
        Role::Open => match State::open(&state_file(&file)) {
            Ok(_) => say("opened"),
            Err(error) => say(&error.to_string()),
        },
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test reads what its child says"
)]
fn say(text: &str) {
    io::stdout()
        .write_all(format!("SAYS {text}\n").as_bytes())
        .unwrap();
}

fn wait_for_end_of_input() {
    io::stdin().read_to_end(&mut Vec::new()).unwrap();
}
