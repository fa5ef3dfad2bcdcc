//! One child, and its end.

use std::{
    io,
    process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{child, starter};
use crate::sandbox::SandboxLimits;

/// A child that waits for its request.
pub(super) struct Process {
    pub(super) child: Child,
    pub(super) stdin: ChildStdin,
    pub(super) stdout: ChildStdout,
}

impl Process {
    /// Starts a child. It confines itself: code between the fork and the start would make every
    /// start copy the page tables of this process.
    pub(super) fn start(program: &std::path::Path, limits: SandboxLimits) -> io::Result<Self> {
        let mut child = starter::start(|parent| command(program, limits, parent))?;
        let streams = child.stdin.take().zip(child.stdout.take());
        let (stdin, stdout) = streams.ok_or_else(|| io::Error::other("a child without pipes"))?;
        Ok(Self {
            child,
            stdin,
            stdout,
        })
    }
}

fn command(program: &std::path::Path, limits: SandboxLimits, parent: Option<u32>) -> Command {
    let mut command = Command::new(program);
    command
        .args(child::words(limits, parent))
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // What a panic would say there could end it by a limit on the size of files.
        .stderr(Stdio::null());
    if let Some(zone) = time_zone() {
        command.env("TZ", zone);
    }
    command
}

/// Returns the time zone of this process, where it is the name of one: the variable can also name
/// a file.
fn time_zone() -> Option<String> {
    let zone = std::env::var("TZ").ok()?;
    let is_name =
        |character: char| character.is_ascii_alphanumeric() || "_+-,./<>:".contains(character);
    let names_a_file = zone.starts_with([':', '/']) || zone.contains("..");
    (!names_a_file && zone.chars().all(is_name)).then_some(zone)
}

/// The place of the child that works on an evaluation, by which another thread can end it.
#[derive(Clone, Default)]
pub(crate) struct ProcessSlot(Arc<Mutex<Slot>>);

#[derive(Default)]
struct Slot {
    process: Option<Child>,
    is_unwanted: bool,
}

impl ProcessSlot {
    /// Puts a child in; it ends at once where nobody wants it any more.
    pub(super) fn fill(&self, process: Child) {
        let mut slot = self.lock();
        slot.process = Some(process);
        if slot.is_unwanted {
            slot.end();
        }
    }

    /// Ends the child that is there, or that comes.
    pub(crate) fn end(&self) {
        let mut slot = self.lock();
        slot.is_unwanted = true;
        slot.end();
    }

    /// Ends the child, and returns how it ended if it had done so by itself.
    pub(super) fn ended(&self) -> Option<ExitStatus> {
        self.lock().end()
    }

    /// Takes the child out, to be ended elsewhere.
    pub(super) fn take(&self) -> Option<Child> {
        self.lock().process.take()
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    fn end(&mut self) -> Option<ExitStatus> {
        end(&mut self.process.take()?)
    }
}

/// Ends a child that has answered, or that nobody waits for.
pub(super) fn end(process: &mut Child) -> Option<ExitStatus> {
    // Both fail only where it is gone already.
    let _ = process.kill();
    process.wait().ok()
}
