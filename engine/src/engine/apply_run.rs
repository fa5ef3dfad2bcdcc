//! One walk of an apply: cached tasks are passed, the others run, branches at once.

use std::{
    collections::{HashSet, VecDeque},
    future::Future,
    pin::Pin,
    sync::Arc,
    time::Instant,
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use serde_json::Value;

use super::{
    apply::{SharedState, elapsed_ms, lock_state},
    contexts::{Context, Contexts, check_join},
    plan::Planning,
    record::{Finished, run_record},
    session::{CallError, Session},
};
use crate::{
    definition::{OutputSchema, Point, PointId, Task, TaskIndex},
    error::{EngineError, NodeFailure},
    event::Event,
    plan::{LastFailure, PointState, Verdict, Walk},
    runtime::{CallFailure, CallOutcome, CallResult, Work},
    state::{ApplyCounts, ApplyId, FailedTask, InvalidationCause, RunId, RunSummary},
};

/// Says how one walk ended.
pub(super) enum Attempt {
    /// Everything that was asked for has a run.
    Done {
        context: Context,
        made_from: Vec<RunId>,
    },
    /// A task sent the walk back.
    Restart { task: String, target: String },
}

/// Walks a workflow once and runs what is not cached.
pub(super) struct ApplyRun<'a> {
    session: &'a Session,
    planning: &'a Planning<'a>,
    state: &'a SharedState,
    apply_id: &'a ApplyId,
    jobs: usize,
    allowed: Option<HashSet<TaskIndex>>,
    walk: Walk<'a>,
    followers: Vec<Vec<Follower>>,
    joined: HashSet<PointId>,
    ready: VecDeque<TaskIndex>,
    running: FuturesUnordered<RunningTask<'a>>,
    contexts: Contexts,
    failures: Vec<NodeFailure>,
    restart: Option<(String, String)>,
    ended: Option<EngineError>,
    pub(super) counts: ApplyCounts,
    /// The paths of the tasks that ran to the end.
    pub(super) ran: Vec<String>,
}

type RunningTask<'a> = Pin<Box<dyn Future<Output = TaskEnd> + 'a>>;

struct TaskEnd {
    index: TaskIndex,
    runs: Arc<[RunId]>,
    context: Context,
    started: Instant,
    result: Result<CallResult, CallFailure>,
}

/// Is what comes directly after a point.
#[derive(Clone, Copy)]
enum Follower {
    Task(TaskIndex),
    Join(PointId),
    /// The branches of this join start here.
    Fork(PointId),
}

impl<'a> ApplyRun<'a> {
    pub(super) fn new(
        session: &'a Session,
        planning: &'a Planning<'a>,
        state: &'a SharedState,
        apply_id: &'a ApplyId,
        jobs: Option<usize>,
        allowed: Option<HashSet<TaskIndex>>,
    ) -> Self {
        let workflow = planning.workflow;
        Self {
            session,
            planning,
            state,
            apply_id,
            jobs: jobs.unwrap_or(usize::MAX),
            allowed,
            walk: Walk::new(
                workflow,
                &planning.identities,
                &planning.records,
                planning.now,
            ),
            followers: followers(planning),
            joined: HashSet::new(),
            ready: VecDeque::new(),
            running: FuturesUnordered::new(),
            contexts: Contexts::default(),
            failures: Vec::new(),
            restart: None,
            ended: None,
            counts: ApplyCounts::default(),
            ran: Vec::new(),
        }
    }

    /// Walks to a point.
    pub(super) async fn run(&mut self, end: PointId) -> Result<Attempt, EngineError> {
        self.advance(PointId(0))?;
        loop {
            self.start_ready()?;
            match self.running.next().await {
                Some(finished) => self.complete(finished)?,
                None => break,
            }
        }
        self.result(end)
    }

    fn result(&mut self, end: PointId) -> Result<Attempt, EngineError> {
        if let Some(error) = self.ended.take() {
            return Err(error);
        }
        if !self.failures.is_empty() {
            return Err(EngineError::Failed {
                failures: std::mem::take(&mut self.failures),
                run: Some(self.apply_id.to_string()),
            });
        }
        if let Some((task, target)) = self.restart.take() {
            return Ok(Attempt::Restart { task, target });
        }
        if self.session.run.cancel.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
        let state = lock_state(self.state);
        Ok(Attempt::Done {
            context: self.contexts.at(self.planning.workflow, end, &state)?,
            made_from: self.walk.runs_at(end).to_vec(),
        })
    }

    /// Goes on behind a point that is known now.
    fn advance(&mut self, point: PointId) -> Result<(), EngineError> {
        let mut reached = vec![point];
        while let Some(point) = reached.pop() {
            for follower in self.followers[point.0].clone() {
                match follower {
                    Follower::Task(task) if self.is_allowed(task) => self.ready.push_back(task),
                    Follower::Task(_) => {}
                    Follower::Fork(join) => self.check_fork(point, join)?,
                    // Branches without a task all end at once: their join is one all the same.
                    Follower::Join(join) => {
                        if matches!(self.walk.resolve(join), PointState::Known(_))
                            && self.joined.insert(join)
                        {
                            reached.push(join);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn is_allowed(&self, task: TaskIndex) -> bool {
        self.allowed
            .as_ref()
            .is_none_or(|allowed| allowed.contains(&task))
    }

    fn check_fork(&mut self, incoming: PointId, join: PointId) -> Result<(), EngineError> {
        let workflow = self.planning.workflow;
        let context = {
            let state = lock_state(self.state);
            self.contexts.at(workflow, incoming, &state)?
        };
        if let Err(error) = check_join(self.planning.definition, &workflow.points[join.0], &context)
        {
            self.ended.get_or_insert(error);
        }
        Ok(())
    }

    /// Says whether no more tasks are to begin.
    fn is_halted(&self) -> bool {
        let has_failed =
            !self.failures.is_empty() || self.restart.is_some() || self.ended.is_some();
        has_failed || self.session.run.cancel.is_cancelled()
    }

    fn start_ready(&mut self) -> Result<(), EngineError> {
        while let Some(index) = self.ready.front().copied() {
            if self.is_halted() {
                return Ok(());
            }
            match self.walk.judge(index)? {
                Verdict::Reusable(run) | Verdict::Conditional { run, .. } => {
                    self.ready.pop_front();
                    self.pass(index, run)?;
                }
                Verdict::Stale(_) if self.running.len() >= self.jobs => return Ok(()),
                Verdict::Stale(_) => {
                    self.ready.pop_front();
                    self.start(index)?;
                }
            }
        }
        Ok(())
    }

    fn pass(&mut self, index: TaskIndex, run: RunSummary) -> Result<(), EngineError> {
        let task = self.task(index);
        let is_current = self
            .planning
            .records
            .current(&task.path)
            .is_some_and(|current| current.run_id == run.run_id);
        if !is_current {
            lock_state(self.state).make_current(std::slice::from_ref(&run.run_id))?;
        }
        self.session.emitter.emit(Event::NodeCached {
            node_path: task.path.to_string(),
            run_id: run.run_id.to_string(),
        });
        self.counts.cached += 1;
        self.contexts.stored(index, run.run_id);
        self.walk.settle(index, run.lineage);
        self.advance(task.point)
    }

    fn start(&mut self, index: TaskIndex) -> Result<(), EngineError> {
        let task = self.task(index);
        let workflow = self.planning.workflow;
        let context = {
            let state = lock_state(self.state);
            self.contexts.at(workflow, task.after, &state)?
        };
        let scope = workflow.scope(task.scope);
        let work = Work::Task {
            task: index,
            handler: task.handler.function,
            context: Arc::clone(&context),
            config: scope.config.clone(),
            output: match &task.options.output {
                Some(OutputSchema::Code { value, .. }) => Some(*value),
                _ => None,
            },
        };
        self.session.emitter.emit(Event::NodeStarted {
            node_path: task.path.to_string(),
        });
        let runs = self.walk.runs_at(task.after);
        let session = self.session;
        let started = Instant::now();
        self.running.push(Box::pin(async move {
            let result = session.call(workflow, &task.path, scope, work).await;
            TaskEnd {
                index,
                runs,
                context,
                started,
                result,
            }
        }));
        Ok(())
    }

    fn task(&self, index: TaskIndex) -> &'a Task {
        self.planning.workflow.task(index)
    }

    fn complete(&mut self, end: TaskEnd) -> Result<(), EngineError> {
        let task = self.task(end.index);
        let result = match end.result {
            Ok(result) => result,
            Err(failure) => {
                let place = self.planning.definition.range(&task.place);
                match self.session.failure(&task.path, failure, place) {
                    CallError::Ended(error) => self.ended = Some(error),
                    CallError::Failed(failure) => self.fail(failure, end.started),
                }
                return Ok(());
            }
        };
        let output = match result.outcome {
            CallOutcome::Invalidate { target_path, .. } => {
                return self.send_back(task, target_path);
            }
            CallOutcome::Keep | CallOutcome::Value(_) => Arc::clone(&end.context),
            CallOutcome::Context(output) => Arc::new(output),
        };
        if let Some(problem) = self.refusal(task, &output) {
            let failure = self.own_failure(task, &problem);
            self.fail(failure, end.started);
            return Ok(());
        }
        let finished = Finished {
            index: end.index,
            runs: end.runs,
            output,
            metadata: result.metadata,
            duration_ms: elapsed_ms(end.started),
        };
        self.store(finished)
    }

    /// Says why an output cannot be stored.
    fn refusal(&self, task: &Task, output: &Context) -> Option<String> {
        let value = Value::Object((**output).clone());
        let secrets = self.session.emitter.secrets();
        if !secrets.is_empty()
            && let Some(name) = secrets.find_in(&value)
        {
            return Some(format!(
                "the context contains the secret `{name}`, and contexts are stored"
            ));
        }
        if let Some(OutputSchema::JsonSchema { validator, .. }) = &task.options.output
            && let Err(error) = validator.validate(&value)
        {
            return Some(format!(
                "the output does not pass its schema: {error} at `{}`",
                error.instance_path()
            ));
        }
        None
    }

    fn own_failure(&self, task: &Task, message: &str) -> NodeFailure {
        NodeFailure {
            node: task.path.to_string(),
            message: self.session.emitter.mask(message),
            causes: Vec::new(),
            range: self.planning.definition.range(&task.place),
            help: None,
            output_tail: self.session.emitter.tail(&task.path),
            exit_code: None,
            apply_id: None,
        }
    }

    fn fail(&mut self, mut failure: NodeFailure, started: Instant) {
        self.counts.failed += 1;
        failure.apply_id = Some(self.apply_id.clone());
        self.session
            .emitter
            .emit(Event::node_failed(&failure, elapsed_ms(started)));
        let failed = FailedTask {
            workflow: self.planning.workflow.name.to_string(),
            node_path: failure.node.clone(),
            failure: last_failure(&failure, self.apply_id),
        };
        self.failures.push(failure);
        if let Err(error) = lock_state(self.state).record_failure(&failed) {
            // Those that run still finish.
            self.ended.get_or_insert(error.into());
        }
    }

    fn store(&mut self, finished: Finished) -> Result<(), EngineError> {
        let task = self.task(finished.index);
        let lineage = self.lineage(&finished)?;
        let run = run_record(
            self.planning,
            &mut self.walk,
            &finished,
            self.apply_id,
            lineage,
            self.session.emitter.secrets(),
        );
        self.ran.push(task.path.to_string());
        lock_state(self.state).record_run(&run)?;
        for artifact in &run.artifacts {
            self.session.emitter.emit(Event::ArtifactCreated {
                node_path: task.path.to_string(),
                provider_id: artifact.provider_id.clone(),
                kind: artifact.kind.clone(),
                reference: artifact.reference.clone(),
            });
        }
        self.session.emitter.emit(Event::NodeCompleted {
            node_path: task.path.to_string(),
            run_id: run.run_id.to_string(),
            duration_ms: finished.duration_ms,
        });
        self.counts.ran += 1;
        self.contexts.produced(finished.index, finished.output);
        self.walk.settle(finished.index, run.lineage);
        if self.is_halted() {
            return Ok(());
        }
        self.advance(task.point)
    }

    /// Gives what later tasks depend on: a cut-off task that repeats its output stands in for
    /// the run before it, so that nothing after it changes.
    fn lineage(&self, finished: &Finished) -> Result<Option<RunId>, EngineError> {
        let task = self.task(finished.index);
        let Some(last) = self
            .walk
            .last_valid(finished.index)
            .filter(|_| task.options.cutoff)
        else {
            return Ok(None);
        };
        let outputs = lock_state(self.state).outputs(std::slice::from_ref(&last.run_id))?;
        let before: Option<Value> = outputs
            .get(&last.run_id)
            .and_then(|text| serde_json::from_str(text).ok());
        let is_same = before.as_ref().and_then(Value::as_object) == Some(&*finished.output);
        Ok(is_same.then(|| last.lineage.clone()))
    }

    fn send_back(&mut self, task: &Task, target: String) -> Result<(), EngineError> {
        let cause = InvalidationCause::Task {
            path: task.path.to_string(),
        };
        let roots = [target.clone(), task.path.to_string()];
        let now = jiff::Timestamp::now();
        let invalidated =
            lock_state(self.state).invalidate(&self.planning.workflow.name, &roots, &cause, now)?;
        self.session.emitter.emit(Event::NodeInvalidated {
            node_path: target.clone(),
            run_ids: invalidated
                .iter()
                .map(|run| run.run_id.to_string())
                .collect(),
            by: task.path.to_string(),
        });
        self.restart = Some((task.path.to_string(), target));
        Ok(())
    }
}

/// How much of a message is kept for plans, in bytes; the log has all of it.
const MOST_OF_A_LAST_MESSAGE: usize = 500;

fn last_failure(failure: &NodeFailure, apply_id: &ApplyId) -> LastFailure {
    let first_line = failure.message.lines().next().unwrap_or_default();
    let end = first_line.floor_char_boundary(MOST_OF_A_LAST_MESSAGE);
    LastFailure {
        at: jiff::Timestamp::now(),
        apply_id: apply_id.clone(),
        message: first_line[..end].to_owned(),
        exit_code: failure.exit_code,
    }
}

fn followers(planning: &Planning<'_>) -> Vec<Vec<Follower>> {
    let workflow = planning.workflow;
    let mut followers = vec![Vec::new(); workflow.points.len()];
    for (index, point) in workflow.points.iter().enumerate() {
        let Point::Join {
            incoming, branches, ..
        } = point
        else {
            continue;
        };
        let join = PointId(index);
        followers[incoming.0].push(Follower::Fork(join));
        if branches.is_empty() {
            followers[incoming.0].push(Follower::Join(join));
        }
        for (_, end) in branches {
            followers[end.0].push(Follower::Join(join));
        }
    }
    for (index, task) in workflow.tasks.iter().enumerate() {
        followers[task.after.0].push(Follower::Task(TaskIndex(index)));
    }
    followers
}
