//! Starting a process that is meant to stay.

use std::process::Stdio;

use serde::Serialize;
use tokio::process::Child;

use super::invocation::Invocation;
use super::{CommandRun, OperationContext, OperationError, emit_started};
use crate::event::Event;

/// A process that goes on by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct DetachedProcess {
    pid: u32,
}

/// Starts a command in a session of its own, without input and with output that nobody reads.
///
/// It outlives a cancel, the run and the terminal.
pub(super) fn start(
    run: &CommandRun,
    context: &OperationContext,
) -> Result<DetachedProcess, OperationError> {
    let invocation = Invocation::resolve(run, context)?;
    if context.cancel.is_cancelled() {
        return Err(invocation.cancelled());
    }
    let process = spawn(&invocation)?;
    // Only one that was waited for has no number any more.
    let pid = process.id().unwrap_or_default();
    emit_started(&invocation, context);
    (context.emit)(Event::CommandDetached {
        node_path: context.node_path.clone(),
        command_id: invocation.id,
        command_name: invocation.name,
        pid,
    });
    Ok(DetachedProcess { pid })
}

fn spawn(invocation: &Invocation) -> Result<Child, OperationError> {
    let mut command = invocation.command();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    #[cfg(unix)]
    begin_session(&mut command);
    command
        .spawn()
        .map_err(|error| invocation.not_started(error))
}

#[cfg(unix)]
#[expect(unsafe_code, reason = "there is no other way to begin a session yet")]
fn begin_session(command: &mut tokio::process::Command) {
    let begin = || {
        nix::unistd::setsid()?;
        Ok(())
    };
    // SAFETY: `begin` runs between fork and exec. POSIX lists `setsid` among the functions that may be called
    // there, and turning its error number into an `io::Error` allocates nothing and takes no lock.
    unsafe {
        command.pre_exec(begin);
    }
}
