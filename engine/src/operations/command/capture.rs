//! Running a command for its output.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, ChildStderr, ChildStdout};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::invocation::Invocation;
use super::left_behind;
use super::signals::ProcessGroup;
use super::streams::{InputWriter, OutputReader};
use super::{
    CommandOutcome, CommandRun, DroppedOutput, OperationContext, OperationError, emit_completed,
    emit_started, exit_code,
};
use crate::event::{Event, LogStream, OutputStream};

/// How long a command that was asked to end may take before it is made to.
const GRACE: Duration = Duration::from_secs(1);
/// How long the engine waits for what a killed command leaves behind.
const AFTERMATH: Duration = Duration::from_millis(200);
/// How often a command is looked at for waiting on a terminal it cannot have.
const TERMINAL_CHECK: Duration = Duration::from_millis(500);
/// How often a group that was asked to end is looked at for being gone.
const GONE_CHECK: Duration = Duration::from_millis(10);
/// How long nothing may come from a command that has ended before nothing more is waited for.
const QUIET: Duration = Duration::from_millis(200);
/// How long output is read at most once a command has ended.
const LAST_OUTPUT: Duration = Duration::from_secs(1);
/// The exit code of a process ended by `SIGKILL`, for one that cannot even be waited for.
const KILLED: i32 = 128 + 9;

/// Runs the command until it ended.
///
/// A process that it leaves behind with its output open is left alone, and named in the log.
pub(super) async fn run(
    run: CommandRun,
    context: &OperationContext,
) -> Result<CommandOutcome, OperationError> {
    let invocation = Invocation::resolve(&run, context)?;
    if context.cancel.is_cancelled() {
        return Err(invocation.cancelled());
    }
    let limit = run.output_limit;
    let deadline = run
        .timeout
        .and_then(|limit| Instant::now().checked_add(limit));
    let mut running = Running::start(run, &invocation, context)?;
    emit_started(&invocation, context);
    let ended = running.supervise(deadline).await;
    running.process.leave_behind(&ended).await;
    let outcome = running.outcome(&ended);
    tell_dropped(outcome.dropped_bytes, limit, &invocation, context);
    emit_completed(&invocation, outcome.exit_code, context);
    match ended.stopped {
        Some(Stop::Cancelled) => Err(invocation.cancelled()),
        Some(Stop::WaitsForTerminal) => Err(OperationError::WaitsForTerminal {
            command: invocation.line,
        }),
        Some(Stop::TimedOut) | None => Ok(outcome),
    }
}

/// Why a command is not left to end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    Cancelled,
    TimedOut,
    WaitsForTerminal,
}

/// Is how a command ended.
struct Ended {
    /// Nothing when the system does not let go of the process.
    status: Option<ExitStatus>,
    stopped: Option<Stop>,
}

/// Is a command between its start and its end.
struct Running<'a> {
    group: ProcessGroup,
    process: Process<'a>,
}

impl<'a> Running<'a> {
    fn start(
        run: CommandRun,
        invocation: &'a Invocation,
        context: &'a OperationContext,
    ) -> Result<Self, OperationError> {
        let child = spawn(invocation, run.stdin.is_some())?;
        Ok(Self {
            group: ProcessGroup::new(child.id()),
            process: Process::new(child, run, invocation, context),
        })
    }

    /// Waits for the end, and brings it about when there is a reason to.
    async fn supervise(&mut self, deadline: Option<Instant>) -> Ended {
        let context = self.process.context;
        let ended = tokio::select! {
            biased;
            status = self.process.until_ended() => Ended { status, stopped: None },
            stop = reason_to_stop(&self.group, context, deadline) => Ended {
                status: self.stop().await,
                stopped: Some(stop),
            },
        };
        self.group.release();
        ended
    }

    /// Ends the whole group: first by asking, then by force.
    async fn stop(&mut self) -> Option<ExitStatus> {
        self.group.ask_to_end();
        let grace_end = Instant::now() + GRACE;
        if let Ok(status) = timeout_at(grace_end, self.process.until_closed()).await {
            // Others of the group may be busy ending in silence.
            while !self.group.is_gone() && Instant::now() < grace_end {
                sleep(GONE_CHECK).await;
            }
            self.group.kill();
            return status;
        }
        self.group.kill();
        // A process that left the group may hold the output open for as long as it likes.
        if let Ok(status) = timeout(AFTERMATH, self.process.until_closed()).await {
            return status;
        }
        timeout(AFTERMATH, self.process.child.wait())
            .await
            .ok()?
            .ok()
    }

    fn outcome(&mut self, ended: &Ended) -> CommandOutcome {
        let (exit_code, signal) = ended.status.map_or((KILLED, Some("SIGKILL")), exit_code);
        let (stdout, stdout_dropped) = self.process.stdout.take();
        let (stderr, stderr_dropped) = self.process.stderr.take();
        CommandOutcome {
            exit_code,
            stdout: Some(stdout),
            stderr: Some(stderr),
            signal,
            timed_out: ended.stopped == Some(Stop::TimedOut),
            dropped_bytes: DroppedOutput {
                stdout: stdout_dropped,
                stderr: stderr_dropped,
            },
        }
    }
}

fn spawn(invocation: &Invocation, has_input: bool) -> Result<Child, OperationError> {
    let mut command = invocation.command();
    command
        .stdin(if has_input {
            Stdio::piped()
        } else {
            Stdio::null()
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    command
        .spawn()
        .map_err(|error| invocation.not_started(error))
}

/// Is the started program and the pipes to it.
struct Process<'a> {
    child: Child,
    stdin: InputWriter,
    stdout: OutputReader<ChildStdout>,
    stderr: OutputReader<ChildStderr>,
    invocation: &'a Invocation,
    context: &'a OperationContext,
}

impl<'a> Process<'a> {
    fn new(
        mut child: Child,
        run: CommandRun,
        invocation: &'a Invocation,
        context: &'a OperationContext,
    ) -> Self {
        let limit = run.output_limit;
        Self {
            stdin: InputWriter::new(child.stdin.take(), run.stdin),
            stdout: OutputReader::new(child.stdout.take(), OutputStream::Stdout, limit),
            stderr: OutputReader::new(child.stderr.take(), OutputStream::Stderr, limit),
            child,
            invocation,
            context,
        }
    }

    /// Waits until the program ended and its output is closed, or nothing more comes of it.
    async fn until_ended(&mut self) -> Option<ExitStatus> {
        let (child, stdin) = (&mut self.child, &mut self.stdin);
        let (invocation, context) = (self.invocation, self.context);
        let output = async {
            tokio::join!(
                self.stdout.drain(invocation, context),
                self.stderr.drain(invocation, context),
            );
        };
        tokio::select! {
            biased;
            () = output => self.until_closed().await,
            status = child.wait() => {
                let status = status.ok();
                self.read_last_output().await;
                status
            }
            never = stdin.feed() => match never {},
        }
    }

    /// Reads what the program has written before it ended, and what others of a pipeline are about to.
    async fn read_last_output(&mut self) {
        let deadline = Instant::now() + LAST_OUTPUT;
        let mut read = None;
        while read != Some(self.bytes_read()) && Instant::now() < deadline {
            read = Some(self.bytes_read());
            if timeout(QUIET, self.until_closed()).await.is_ok() {
                return;
            }
        }
    }

    /// Waits until the output is closed and the program ended, in that order: until it is
    /// waited for, its group's number cannot be given to another.
    ///
    /// Can be dropped and called again without losing anything.
    async fn until_closed(&mut self) -> Option<ExitStatus> {
        let (child, stdout, stderr) = (&mut self.child, &mut self.stdout, &mut self.stderr);
        let ended = async {
            tokio::join!(
                stdout.drain(self.invocation, self.context),
                stderr.drain(self.invocation, self.context),
            );
            child.wait().await.ok()
        };
        tokio::select! {
            status = ended => status,
            never = self.stdin.feed() => match never {},
        }
    }

    fn bytes_read(&self) -> u64 {
        self.stdout.bytes_read() + self.stderr.bytes_read()
    }

    /// Gives up what others hold open once the program has ended by itself.
    async fn leave_behind(&mut self, ended: &Ended) {
        if ended.stopped.is_some() {
            return;
        }
        let (invocation, context) = (self.invocation, self.context);
        let pipes = [self.stdout.open_pipe(), self.stderr.open_pipe()];
        let pipes: Vec<u64> = pipes.into_iter().flatten().collect();
        if pipes.is_empty() {
            return;
        }
        left_behind::tell(pipes, invocation, context).await;
        if let Some(stdout) = self.stdout.give_up(invocation, context) {
            left_behind::read_on(stdout);
        }
        if let Some(stderr) = self.stderr.give_up(invocation, context) {
            left_behind::read_on(stderr);
        }
    }
}

/// Waits for a reason to stop the command.
async fn reason_to_stop(
    group: &ProcessGroup,
    context: &OperationContext,
    deadline: Option<Instant>,
) -> Stop {
    tokio::select! {
        biased;
        () = context.cancel.cancelled() => Stop::Cancelled,
        () = passed(deadline) => Stop::TimedOut,
        () = wants_terminal(group) => Stop::WaitsForTerminal,
    }
}

async fn passed(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

/// Waits until the command wants the terminal, which a group in the background never gets:
/// left alone it would stay stopped for ever.
async fn wants_terminal(group: &ProcessGroup) {
    loop {
        sleep(TERMINAL_CHECK).await;
        if group.waits_for_terminal() {
            return;
        }
    }
}

/// Says in the log what the result can only count.
fn tell_dropped(
    dropped: DroppedOutput,
    limit: usize,
    invocation: &Invocation,
    context: &OperationContext,
) {
    let streams = [("stdout", dropped.stdout), ("stderr", dropped.stderr)];
    for (stream, bytes) in streams.into_iter().filter(|(_, bytes)| *bytes > 0) {
        (context.emit)(Event::LogOutput {
            node_path: context.node_path.clone().unwrap_or_default(),
            stream: LogStream::Warn,
            label: Some(invocation.name.clone()),
            data: format!(
                "`{}` wrote more than {limit} bytes to {stream}; its result lacks the first {bytes}",
                invocation.line
            ),
        });
    }
}
