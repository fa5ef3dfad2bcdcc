//! What runs in a project right now, in this editor or in a terminal, and what became of it.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use rigkit_engine::{
    display_text::plain_output,
    error::NodeFailure,
    event::{Event, EventRecord},
};

use crate::{analysis::Snapshot, open_project::Moment};

/// The most characters of the last line of a task that are kept.
const MOST_OF_A_LINE: usize = 200;

/// The applies that go on, and what became of their tasks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Activity {
    tasks: HashMap<TaskKey, TaskActivity>,
    applies: BTreeMap<String, Apply>,
    /// When the state was noted last that the ended applies of a workflow left: until it is planned,
    /// what is known of their tasks says more than the plan.
    ended: HashMap<String, Moment>,
}

/// A task: its workflow and its path.
pub(crate) type TaskKey = (String, String);

/// An apply that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Apply {
    workflow: String,
    /// The number of the next event of it that is news; they may be heard of twice.
    next: u64,
    progress: Progress,
}

/// How far an apply is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Progress {
    /// How many are done with.
    pub(crate) done: usize,
    /// How many run.
    pub(crate) running: usize,
}

/// What became of a task in an apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TaskActivity {
    /// It runs.
    Running {
        /// When it began.
        since: Timestamp,
        /// What it put out last.
        last_line: Option<String>,
    },
    /// It ran, or its stored run was used, in an apply that the plan knows too little of yet.
    Done {
        /// When.
        at: Timestamp,
        /// Whether its stored run was used.
        was_cached: bool,
    },
    /// It failed.
    Failed {
        /// What went wrong.
        failure: Box<NodeFailure>,
        /// When.
        at: Timestamp,
    },
}

/// Whether something that was heard of changes what is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// It does.
    Shown,
    /// It does not.
    Nothing,
    /// An apply has ended with it.
    End,
}

impl Activity {
    /// Returns what became of a task.
    pub(crate) fn task(&self, workflow: &str, path: &str) -> Option<&TaskActivity> {
        if self.tasks.is_empty() {
            return None;
        }
        self.tasks.get(&(workflow.to_owned(), path.to_owned()))
    }

    /// Returns how far the apply of a workflow is that goes on.
    pub(crate) fn progress(&self, workflow: &str) -> Option<Progress> {
        let mut applies = self.applies.values();
        let apply = applies.find(|apply| apply.workflow == workflow)?;
        Some(apply.progress)
    }

    /// Returns whether an apply goes on.
    pub(crate) fn is_running(&self) -> bool {
        !self.applies.is_empty()
    }

    /// Lists the applies that go on, each with its workflow.
    pub(crate) fn applies(&self) -> impl Iterator<Item = (&str, &str)> {
        let applies = self.applies.iter();
        applies.map(|(id, apply)| (id.as_str(), apply.workflow.as_str()))
    }

    /// Returns whether a task failed.
    pub(crate) fn has_failures(&self) -> bool {
        let mut activities = self.tasks.values();
        activities.any(|activity| matches!(activity, TaskActivity::Failed { .. }))
    }

    /// Notes an event of an apply, unless it was heard of before.
    pub(crate) fn note(&mut self, apply: &str, record: &EventRecord) -> News {
        if let Event::ApplyStarted { workflow, .. } = &record.event {
            return self.begin(apply, workflow, record);
        }
        let Some(known) = self.applies.get_mut(apply) else {
            return News::Nothing;
        };
        if record.sequence < known.next {
            return News::Nothing;
        }
        known.next = record.sequence + 1;
        let workflow = known.workflow.clone();
        self.note_event(&workflow, apply, record)
    }

    /// Begins an apply, with which earlier failures of its workflow are over.
    fn begin(&mut self, apply: &str, workflow: &str, record: &EventRecord) -> News {
        if self.applies.contains_key(apply) {
            return News::Nothing;
        }
        self.tasks.retain(|(of, _), _| of != workflow);
        self.ended.remove(workflow);
        let begun = Apply {
            workflow: workflow.to_owned(),
            next: record.sequence + 1,
            progress: Progress::default(),
        };
        self.applies.insert(apply.to_owned(), begun);
        News::Shown
    }

    fn note_event(&mut self, workflow: &str, apply: &str, record: &EventRecord) -> News {
        match &record.event {
            Event::NodeStarted { node_path } => {
                let running = TaskActivity::Running {
                    since: record.time,
                    last_line: None,
                };
                self.becomes(workflow, node_path, apply, running)
            }
            Event::NodeCached { node_path, .. } => {
                let done = TaskActivity::Done {
                    at: record.time,
                    was_cached: true,
                };
                self.becomes(workflow, node_path, apply, done)
            }
            Event::NodeCompleted { node_path, .. } => {
                let done = TaskActivity::Done {
                    at: record.time,
                    was_cached: false,
                };
                self.becomes(workflow, node_path, apply, done)
            }
            Event::CommandOutput {
                node_path: Some(node_path),
                data,
                ..
            }
            | Event::LogOutput {
                node_path, data, ..
            } => self.put_out(workflow, node_path, data),
            Event::ApplyRestarted { .. } => {
                self.forget(workflow, |activity| {
                    matches!(activity, TaskActivity::Done { .. })
                });
                self.count(apply, |progress| progress.done = 0);
                News::Shown
            }
            Event::ApplyCompleted { .. } => News::End,
            event => match event.failure() {
                Some(failure) => {
                    let path = failure.node.clone();
                    let failed = TaskActivity::Failed {
                        failure: Box::new(failure),
                        at: record.time,
                    };
                    self.becomes(workflow, &path, apply, failed)
                }
                None => News::Nothing,
            },
        }
    }

    fn becomes(&mut self, workflow: &str, path: &str, apply: &str, now: TaskActivity) -> News {
        let is_running = matches!(now, TaskActivity::Running { .. });
        let is_done = matches!(now, TaskActivity::Done { .. });
        let key = (workflow.to_owned(), path.to_owned());
        let before = self.tasks.insert(key, now);
        let was_running = matches!(before, Some(TaskActivity::Running { .. }));
        self.count(apply, |progress| {
            progress.running += usize::from(is_running);
            progress.running -= usize::from(was_running).min(progress.running);
            progress.done += usize::from(is_done);
        });
        News::Shown
    }

    fn count(&mut self, apply: &str, change: impl FnOnce(&mut Progress)) {
        if let Some(apply) = self.applies.get_mut(apply) {
            change(&mut apply.progress);
        }
    }

    fn put_out(&mut self, workflow: &str, path: &str, data: &str) -> News {
        let key = (workflow.to_owned(), path.to_owned());
        let Some(TaskActivity::Running { last_line, .. }) = self.tasks.get_mut(&key) else {
            return News::Nothing;
        };
        let Some(line) = last_line_of(data) else {
            return News::Nothing;
        };
        *last_line = Some(line);
        News::Shown
    }

    /// Notes that an apply has ended, after which the plan is to say how its tasks stand once it knows
    /// what was stored by this moment.
    pub(crate) fn apply_ended(&mut self, apply: &str, moment: Moment) {
        let Some(ended) = self.applies.remove(apply) else {
            return;
        };
        self.forget(&ended.workflow, |activity| {
            matches!(activity, TaskActivity::Running { .. })
        });
        self.ended.insert(ended.workflow, moment);
    }

    /// Notes what is known of failures once a run is over.
    pub(crate) fn failed(&mut self, workflow: &str, failures: &[NodeFailure], at: Timestamp) {
        for failure in failures {
            let key = (workflow.to_owned(), failure.node.clone());
            let failure = Box::new(failure.clone());
            self.tasks.insert(key, TaskActivity::Failed { failure, at });
        }
    }

    /// Forgets what a plan knows by now: what ended applies did, and failures of tasks that ran since.
    /// Returns whether there was any of it.
    pub(crate) fn settle(&mut self, snapshot: &Snapshot) -> bool {
        let before = self.tasks.len();
        let ended = self
            .ended
            .extract_if(|_, moment| snapshot.moment.includes(*moment));
        let ended: Vec<String> = ended.map(|(workflow, _)| workflow).collect();
        self.tasks
            .retain(|(workflow, path), activity| match activity {
                TaskActivity::Running { .. } => true,
                TaskActivity::Done { .. } => !ended.contains(workflow),
                TaskActivity::Failed { at, .. } => !snapshot.ran_since(workflow, path, *at),
            });
        self.tasks.len() != before
    }

    /// Returns whether there is something that a plan may know by now.
    pub(crate) fn is_settled(&self) -> bool {
        self.ended.is_empty() && !self.has_failures()
    }

    fn forget(&mut self, workflow: &str, is_over: impl Fn(&TaskActivity) -> bool) {
        self.tasks
            .retain(|(of, _), activity| of != workflow || !is_over(activity));
    }
}

/// Returns the last line of an output that says something, as text without colours.
fn last_line_of(data: &str) -> Option<String> {
    let end = data.trim_end();
    let start = end.rfind('\n').map_or(0, |newline| newline + 1);
    let line = plain_output(&end[start..]);
    let line = line.trim();
    let shown: String = line.chars().take(MOST_OF_A_LINE).collect();
    (!shown.is_empty()).then_some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn started() -> Event {
        Event::ApplyStarted {
            workflow: "site".to_owned(),
            apply_id: "1".to_owned(),
        }
    }

    fn node_started(path: &str) -> Event {
        Event::NodeStarted {
            node_path: path.to_owned(),
        }
    }

    fn completed(path: &str) -> Event {
        Event::NodeCompleted {
            node_path: path.to_owned(),
            run_id: "r".to_owned(),
            duration_ms: 1,
        }
    }

    fn output(path: &str, data: &str) -> Event {
        Event::LogOutput {
            node_path: path.to_owned(),
            stream: rigkit_engine::event::LogStream::Info,
            label: None,
            data: data.to_owned(),
        }
    }

    fn record(sequence: u64, event: Event) -> EventRecord {
        EventRecord {
            sequence,
            time: START,
            event,
        }
    }

    #[test]
    fn events_that_are_heard_of_twice_count_once() {
        let mut activity = Activity::default();
        let events = [
            started(),
            node_started("a"),
            output("a", "one\n\u{1b}[31mtwo\u{1b}[0m\n\n"),
            node_started("b"),
            completed("a"),
        ];
        let records: Vec<EventRecord> = (0..)
            .zip(events)
            .map(|(at, event)| record(at, event))
            .collect();
        for record in &records[..3] {
            assert_eq!(activity.note("1", record), News::Shown);
        }
        let running = TaskActivity::Running {
            since: START,
            last_line: Some("two".to_owned()),
        };
        assert_eq!(activity.task("site", "a"), Some(&running));
        for record in &records {
            activity.note("1", record);
        }
        for record in &records {
            assert_eq!(activity.note("1", record), News::Nothing);
        }
        let progress = Progress {
            done: 1,
            running: 1,
        };
        assert_eq!(activity.progress("site"), Some(progress));
        assert_eq!(
            activity.note("2", &records[1]),
            News::Nothing,
            "an unknown apply"
        );
    }

    #[test]
    fn what_an_apply_did_is_known_until_the_plan_knows_it() {
        let mut activity = Activity::default();
        let moment = |state| Moment { text: 1, state };
        activity.note("1", &record(0, started()));
        activity.note("1", &record(1, node_started("a")));
        activity.note("1", &record(2, node_started("b")));
        activity.note("1", &record(3, completed("a")));
        activity.apply_ended("1", moment(5));
        assert!(!activity.is_running());
        assert_eq!(activity.task("site", "b"), None, "nothing runs any more");
        let at = |state| Snapshot {
            moment: moment(state),
            ..Snapshot::default()
        };
        assert!(!activity.settle(&at(4)));
        assert!(activity.task("site", "a").is_some());
        assert!(activity.settle(&at(5)));
        assert_eq!(activity.task("site", "a"), None);
    }
}
