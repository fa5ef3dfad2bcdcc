//! Running a command that has the terminal to itself.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::Child;
use tokio::time::{sleep, timeout};

use super::invocation::Invocation;
use super::{
    CommandOutcome, CommandRun, DroppedOutput, OperationContext, OperationError, emit_completed,
    emit_started, exit_code, signals,
};

/// How long a command that was asked to end may take before it is made to.
const GRACE: Duration = Duration::from_secs(1);

/// Runs a command with the streams of this process.
///
/// The command stays in this process's group, which must be the terminal's foreground
/// group: keys such as Ctrl-C reach both, so the caller ignores them meanwhile, and draws
/// nothing on the terminal.
///
/// # Errors
///
/// Fails when the command cannot be started and when the context is cancelled.
pub async fn run_interactive(
    run: CommandRun,
    context: &OperationContext,
) -> Result<CommandOutcome, OperationError> {
    let invocation = Invocation::resolve(&run, context)?;
    if context.cancel.is_cancelled() {
        return Err(invocation.cancelled());
    }
    let mut child = spawn(&invocation)?;
    emit_started(&invocation, context);
    let status = tokio::select! {
        biased;
        status = child.wait() => status,
        () = context.cancel.cancelled() => stop(&mut child).await,
        () = passed(run.timeout) => {
            let status = stop(&mut child).await;
            return finish(status, true, &invocation, context);
        }
    };
    let outcome = finish(status, false, &invocation, context)?;
    if context.cancel.is_cancelled() {
        return Err(invocation.cancelled());
    }
    Ok(outcome)
}

fn spawn(invocation: &Invocation) -> Result<Child, OperationError> {
    invocation
        .command()
        .stdin(Stdio::inherit())
        .stdout(Stdio::inherit())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| invocation.not_started(error))
}

async fn passed(limit: Option<Duration>) {
    match limit {
        Some(limit) => sleep(limit).await,
        None => std::future::pending().await,
    }
}

/// Ends the command alone, for this process shares its group.
async fn stop(child: &mut Child) -> std::io::Result<ExitStatus> {
    signals::end_process(child.id());
    if let Ok(status) = timeout(GRACE, child.wait()).await {
        return status;
    }
    child.start_kill()?;
    child.wait().await
}

fn finish(
    status: std::io::Result<ExitStatus>,
    timed_out: bool,
    invocation: &Invocation,
    context: &OperationContext,
) -> Result<CommandOutcome, OperationError> {
    let status = status.map_err(|source| {
        OperationError::system(format!("wait for `{}`", invocation.line), source)
    })?;
    let (exit_code, signal) = exit_code(status);
    emit_completed(invocation, exit_code, context);
    Ok(CommandOutcome {
        exit_code,
        stdout: None,
        stderr: None,
        signal,
        timed_out,
        dropped_bytes: DroppedOutput::default(),
    })
}
