//! Shows the events of a run: as progress, in the log, and to clients that asked for them.

use std::{
    collections::HashSet,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use rigkit_engine::{
    display_text::plain_output,
    error_cause::with_causes,
    event::{Event, EventRecord, EventSink, LogStream},
    wording::concurrent_commands::ConcurrentCommands,
};
use tower_lsp::ls_types::{MessageType, Uri};

use super::progress::Progress;
use crate::{
    requests::{
        events::{RunEvent, RunEventParams},
        execute_command::Target,
    },
    server::Server,
};

/// Receives the events of one run.
pub(super) struct EditorSink {
    server: Weak<Server>,
    root: PathBuf,
    config: Uri,
    run: String,
    progress: Progress,
    tally: Mutex<Tally>,
    commands: Mutex<ConcurrentCommands>,
}

/// Counts the tasks of a run.
#[derive(Default)]
struct Tally {
    all: usize,
    done: HashSet<String>,
    /// The id of the apply that goes on.
    apply: Option<String>,
    /// When progress was told last.
    told: Option<Instant>,
}

impl EditorSink {
    /// Prepares for a run.
    pub(super) fn new(
        server: &Arc<Server>,
        target: &Target,
        run: &str,
        progress: Progress,
    ) -> Self {
        Self {
            server: Arc::downgrade(server),
            root: target.view.root().to_owned(),
            config: target.config.clone(),
            run: run.to_owned(),
            progress,
            tally: Mutex::default(),
            commands: Mutex::default(),
        }
    }

    /// Shows what an apply does where its tasks are written.
    fn show_in_text(&self, server: &Arc<Server>, record: &EventRecord) {
        if let Event::ApplyStarted { apply_id, .. } = &record.event {
            server.terminal_applies.is_own(apply_id);
            self.lock().apply = Some(apply_id.clone());
        }
        let apply = self.lock().apply.clone();
        if let Some(apply) = apply {
            server.apply_event(&self.root, &apply, record);
        }
    }

    /// Notes that the run is over, also where it has not told so.
    pub(super) fn is_over(&self) {
        let apply = self.lock().apply.take();
        if let (Some(server), Some(apply)) = (self.server.upgrade(), apply) {
            server.apply_is_over(&self.root, &apply);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show_progress(&self, event: &Event) {
        let mut tally = self.lock();
        match event {
            Event::PlanCreated { node_count, .. } => tally.all = *node_count,
            Event::NodeCached { node_path, .. } => {
                tally.done.insert(node_path.clone());
            }
            Event::NodeStarted { node_path } if tally.is_time_to_tell() => {
                self.progress.report(node_path.clone(), tally.percentage());
            }
            Event::NodeCompleted { node_path, .. } => {
                tally.done.insert(node_path.clone());
                if tally.is_time_to_tell() {
                    self.progress
                        .report(format!("{node_path} done"), tally.percentage());
                }
            }
            Event::ApplyWaiting { holder, .. } => {
                self.progress.report(format!("waiting for {holder}"), None);
            }
            Event::InteractionAwaitingUser { title, url, .. } => {
                self.progress.report(format!("{title}: {url}"), None);
            }
            _ => {}
        }
    }
}

/// How often progress is told of tasks that begin and end where there are many: nobody reads faster.
const TELL_EVERY: Duration = Duration::from_millis(50);

/// How many tasks are many.
const MANY: usize = 100;

impl Tally {
    /// Returns whether progress was not told just before, which matters where there are many tasks.
    fn is_time_to_tell(&mut self) -> bool {
        let now = Instant::now();
        let is_time = self.all < MANY || self.told.is_none_or(|told| now - told >= TELL_EVERY);
        if is_time {
            self.told = Some(now);
        }
        is_time
    }

    fn percentage(&self) -> Option<u32> {
        let percentage = (self.done.len() * 100).checked_div(self.all)?;
        u32::try_from(percentage.min(100)).ok()
    }
}

impl EventSink for EditorSink {
    fn receive(&self, record: &EventRecord) {
        let Some(server) = self.server.upgrade() else {
            return;
        };
        self.show_progress(&record.event);
        self.show_in_text(&server, record);
        let line = {
            let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
            let line = log_line(&record.event, &commands);
            commands.note(&record.event);
            line
        };
        if let Some((typ, line)) = line {
            server.outbox.log(typ, line);
        }
        if server.world.lock().settings.events {
            server.outbox.notify::<RunEvent>(RunEventParams {
                config: self.config.clone(),
                run: self.run.clone(),
                event: record.clone(),
            });
        }
    }
}

/// Writes what is worth a line in the client's log.
fn log_line(event: &Event, commands: &ConcurrentCommands) -> Option<(MessageType, String)> {
    let info = |line: String| Some((MessageType::INFO, line));
    match event {
        Event::NodeStarted { node_path } => info(format!("[{node_path}] started")),
        Event::NodeCompleted {
            node_path,
            duration_ms,
            ..
        } => info(format!("[{node_path}] done in {}", duration(*duration_ms))),
        Event::NodeFailed {
            node_path,
            message,
            causes,
            ..
        } => {
            let whole = with_causes(message, causes);
            let line = format!("[{node_path}] failed: {whole}");
            Some((MessageType::ERROR, line))
        }
        Event::CommandStarted {
            node_path, command, ..
        } => info(format!("[{}] $ {command}", shown(node_path.as_deref()))),
        Event::CommandOutput {
            node_path,
            command_id,
            data,
            ..
        } => {
            let node_path = shown(node_path.as_deref());
            info(match commands.label(*command_id) {
                Some(label) => output(&format!("{node_path} {label}"), data),
                None => output(node_path, data),
            })
        }
        Event::LogOutput {
            node_path,
            stream,
            data,
            ..
        } => Some((level(*stream), output(node_path, data))),
        Event::InteractionAwaitingUser {
            node_path,
            title,
            url,
            ..
        } => info(format!("[{node_path}] {title}: {url}")),
        _ => None,
    }
}

/// Writes output with the name of its task before each line, so that none of it looks like another's.
fn output(node_path: &str, data: &str) -> String {
    let text = plain_output(data);
    let lines = text.trim_end().split('\n');
    let lines = lines.map(|line| format!("[{node_path}] {line}"));
    lines.collect::<Vec<String>>().join("\n")
}

fn duration(milliseconds: u64) -> String {
    rigkit_engine::wording::time::duration(milliseconds)
}

fn shown(node_path: Option<&str>) -> &str {
    node_path.unwrap_or("rig")
}

fn level(stream: LogStream) -> MessageType {
    match stream {
        LogStream::Stdout | LogStream::Info => MessageType::INFO,
        LogStream::Debug => MessageType::LOG,
        LogStream::Stderr | LogStream::Warn => MessageType::WARNING,
        LogStream::Error => MessageType::ERROR,
    }
}
