//! Applying a workflow: the lock, the checks, the attempts, the record of it all.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use jiff::Timestamp;

use super::{
    ApplyOutcome, ApplyRequest, Engine, KeyUse, LockBehaviour, RunSession,
    apply_run::{ApplyRun, Attempt},
    contexts::Context,
    plan::Planning,
    question::AnswersNeeded,
    saved_plan::only_workflow,
    select,
    session::{Session, SessionOptions},
};
use crate::{
    definition::{Definition, PointId, TaskIndex, Workflow},
    error::EngineError,
    error_cause::with_causes,
    event::{Event, RunOutcome},
    identity::SecretDigests,
    plan::WorkflowPlan,
    run::RunLog,
    state::{
        ApplyCounts, ApplyId, ApplyLock, Attempt as LockAttempt, FinishedApply, Holder, NewApply,
        RunId, State, StateError,
    },
};

/// How often a walk may begin before tasks that invalidate each other are stopped.
const MAX_ATTEMPTS: u32 = 9;

/// Is what an apply leaves: the public outcome, and what a workspace remembers of it.
pub(super) struct Applied {
    pub(super) outcome: ApplyOutcome,
    pub(super) context: Context,
    pub(super) made_from: Vec<RunId>,
}

/// Is the state as one run shares it with the providers it calls.
pub(super) type SharedState = Arc<Mutex<State>>;

pub(super) fn lock_state(state: &SharedState) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Engine {
    /// Runs what is pending in a workflow.
    ///
    /// # Errors
    /// Where the request is wrong, a provider is not ready, a task fails, or the caller
    /// cancels. What had finished by then is stored.
    pub fn apply(
        &self,
        request: &ApplyRequest,
        run: &RunSession,
    ) -> Result<ApplyOutcome, EngineError> {
        self.require_trust()?;
        let apply_id = ApplyId::generate();
        let state = self.open_state()?;
        let options = SessionOptions {
            log: Some(self.prepare_log(&apply_id)?),
            state: Some(Arc::clone(&state)),
        };
        self.with_session(run, options, |session| async move {
            let applied = self.apply_in(&session, request, apply_id, &state).await?;
            Ok(applied.outcome)
        })
    }

    pub(super) fn open_state(&self) -> Result<SharedState, EngineError> {
        self.refuse_linked_data_folder()?;
        Ok(Arc::new(Mutex::new(State::open(&self.state_file())?)))
    }

    pub(super) fn prepare_log(&self, id: &ApplyId) -> Result<RunLog, EngineError> {
        RunLog::prepare(&self.options.project.root, id.as_str()).map_err(|error| {
            EngineError::File {
                action: "write the log in",
                path: self.log_dir(),
                source: error.into(),
            }
        })
    }

    /// Applies a workflow within a session that may go on to do more.
    pub(super) async fn apply_in(
        &self,
        session: &Session,
        request: &ApplyRequest,
        apply_id: ApplyId,
        state: &SharedState,
    ) -> Result<Applied, EngineError> {
        let definition = Arc::clone(&session.definition);
        require_embedded(&definition)?;
        let secrets = self.secret_digests(KeyUse::Create)?;
        let saved = request.saved_plan.as_ref();
        if let Some(saved) = saved {
            self.check_planned_definition(saved, &definition, &secrets)?;
        }
        let named = request.workflow.as_deref();
        let workflow = select::workflow(&definition, named.or(saved.and_then(only_workflow)))?;
        let until = request
            .until
            .as_deref()
            .map(|target| select::task(workflow, target))
            .transpose()?;
        let _lock = self.lock(session, &workflow.name, request.lock).await?;
        if let Some(saved) = saved {
            self.check_saved_plan(saved, session, workflow, &secrets)
                .await?;
        }
        let started = Instant::now();
        let mut attempts = Attempts {
            engine: self,
            session,
            workflow,
            until,
            jobs: request.jobs.map(std::num::NonZeroUsize::get),
            apply_id,
            state,
            counts: ApplyCounts::default(),
            ran: Vec::new(),
            first_plan: None,
        };
        let result = attempts.run(&definition, &secrets).await;
        let finished = attempts.finish(&result, started);
        finished.map_err(|error| attempts.with_losses(error))?;
        let (context, made_from) = result.map_err(|error| attempts.with_losses(error))?;
        let plan = attempts.first_plan.take();
        let outcome = ApplyOutcome {
            workflow: workflow.name.to_string(),
            context: (*context).clone(),
            duration_ms: elapsed_ms(started),
            plan: plan.ok_or_else(|| EngineError::Runtime("no plan was made".to_owned()))?,
            apply_id: attempts.apply_id.to_string(),
        };
        Ok(Applied {
            outcome,
            context,
            made_from,
        })
    }

    async fn lock(
        &self,
        session: &Session,
        workflow: &str,
        behaviour: LockBehaviour,
    ) -> Result<ApplyLock, EngineError> {
        let locks = self.locks();
        let holder = Holder::this_process(&self.options.who);
        let held_by = match locks.try_acquire(workflow, &holder)? {
            LockAttempt::Acquired(lock) => return Ok(lock),
            LockAttempt::Held(holder) => holder,
        };
        let is_own = held_by.as_ref().is_some_and(Holder::waits_for_this_process);
        let held_by =
            held_by.map_or_else(|| "somebody else".to_owned(), |holder| holder.to_string());
        if is_own {
            return Err(EngineError::WaitsForItself {
                workflow: workflow.to_owned(),
                holder: held_by,
            });
        }
        if behaviour == LockBehaviour::Fail {
            return Err(EngineError::Locked {
                workflow: workflow.to_owned(),
                holder: held_by,
            });
        }
        session.emitter.emit(Event::ApplyWaiting {
            workflow: workflow.to_owned(),
            holder: held_by,
        });
        let (deliver, delivered) = tokio::sync::oneshot::channel();
        locks.acquire_on_thread(workflow, &holder, move |lock| {
            // Whoever waited may have been cancelled; the lock is free again then.
            let _ = deliver.send(lock);
        })?;
        tokio::select! {
            lock = delivered => Ok(lock.map_err(|_| EngineError::Cancelled)??),
            () = session.run.cancel.cancelled() => Err(EngineError::Cancelled),
        }
    }
}

/// Refuses to run handlers that need Node.js.
pub(super) fn require_embedded(definition: &Definition) -> Result<(), EngineError> {
    match definition.graph.node_requirement() {
        Some((specifier, range)) => Err(EngineError::NodeRequired { specifier, range }),
        None => Ok(()),
    }
}

pub(super) fn elapsed_ms(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Is one apply, which may walk the workflow several times.
struct Attempts<'a> {
    engine: &'a Engine,
    session: &'a Session,
    workflow: &'a Workflow,
    until: Option<TaskIndex>,
    jobs: Option<usize>,
    apply_id: ApplyId,
    state: &'a SharedState,
    counts: ApplyCounts,
    /// The paths of the tasks that ran to the end.
    ran: Vec<String>,
    first_plan: Option<WorkflowPlan>,
}

impl Attempts<'_> {
    async fn run(
        &mut self,
        definition: &Definition,
        secrets: &SecretDigests,
    ) -> Result<(Context, Vec<RunId>), EngineError> {
        self.begin()?;
        for attempt in 1.. {
            let reader = self.engine.read_state()?;
            let mut planning = Planning::new(definition, self.workflow, reader.as_ref(), secrets)?;
            planning.verify(self.session, AnswersNeeded::All).await?;
            let plan = planning.plan()?;
            if self.first_plan.is_none() {
                self.announce(&plan);
                self.first_plan = Some(plan);
            }
            let end = self
                .until
                .map_or(self.workflow.end, |task| self.workflow.task(task).point);
            let mut run = ApplyRun::new(
                self.session,
                &planning,
                self.state,
                &self.apply_id,
                self.jobs,
                self.allowed(),
            );
            let result = run.run(end).await;
            let counts = run.counts;
            self.ran.append(&mut run.ran);
            drop(run);
            self.add_counts(counts);
            match result? {
                Attempt::Done { context, made_from } => return Ok((context, made_from)),
                Attempt::Restart { task, target } if attempt >= MAX_ATTEMPTS => {
                    return Err(EngineError::RestartLimit {
                        task,
                        target,
                        attempts: attempt,
                    });
                }
                Attempt::Restart { task, target } => {
                    self.session.emitter.emit(Event::ApplyRestarted {
                        workflow: self.workflow.name.to_string(),
                        node_path: task,
                        target_node_path: target,
                        attempt: attempt + 1,
                    });
                }
            }
        }
        Err(EngineError::Cancelled)
    }

    fn begin(&self) -> Result<(), EngineError> {
        lock_state(self.state).begin_apply(&NewApply {
            id: self.apply_id.clone(),
            workflow: self.workflow.name.to_string(),
            started_at: Timestamp::now(),
            who: self.engine.options.who.clone(),
        })?;
        self.session.emitter.emit(Event::DefinitionLoaded {
            workflow: self.workflow.name.to_string(),
        });
        Ok(())
    }

    fn emit_started(&self) {
        self.session.emitter.emit(Event::ApplyStarted {
            workflow: self.workflow.name.to_string(),
            apply_id: self.apply_id.to_string(),
        });
    }

    fn announce(&self, plan: &WorkflowPlan) {
        self.session.emitter.emit(Event::PlanCreated {
            workflow: plan.workflow.clone(),
            cached_node_count: plan.cached_node_count,
            node_count: plan.node_count,
            pending_node_count: Some(plan.pending_node_count),
            conditional_node_count: plan.conditional_node_count,
            up_to_date: plan.up_to_date,
        });
        self.emit_started();
    }

    /// Gives the tasks that `--until` asks for: the task and everything before it.
    fn allowed(&self) -> Option<HashSet<TaskIndex>> {
        let until = self.workflow.task(self.until?);
        let earlier = self.workflow.earlier_tasks(PointId(until.point.0));
        Some(earlier.into_iter().collect())
    }

    fn add_counts(&mut self, counts: ApplyCounts) {
        self.counts.cached = counts.cached;
        self.counts.ran += counts.ran;
        self.counts.failed += counts.failed;
    }

    /// Names what is lost with a state that was removed or replaced.
    fn with_losses(&self, error: EngineError) -> EngineError {
        match error {
            EngineError::State(source @ StateError::Displaced { .. }) if !self.ran.is_empty() => {
                EngineError::NotStored {
                    tasks: self.ran.clone(),
                    source,
                }
            }
            other => other,
        }
    }

    fn finish<T>(
        &self,
        result: &Result<T, EngineError>,
        started: Instant,
    ) -> Result<(), EngineError> {
        let mut outcome = outcome_of(result);
        let message = result
            .as_ref()
            .err()
            .map(|error| with_causes(&error.to_string(), error.causes()))
            .map(|message| self.session.emitter.mask(&message));
        let finished = FinishedApply {
            at: Timestamp::now(),
            outcome,
            counts: self.counts,
            message,
        };
        let recorded = {
            let mut state = lock_state(self.state);
            let recorded = state.finish_apply(&self.apply_id, &finished);
            recorded.and_then(|()| {
                if self.counts.ran > 0 {
                    state.prune(&self.workflow.name)?;
                }
                state.checkpoint()
            })
        };
        if recorded.is_err() && outcome == RunOutcome::Succeeded {
            outcome = RunOutcome::Failed;
        }
        if self.first_plan.is_none() {
            // Whatever ends has begun, also where there was no plan to begin with.
            self.emit_started();
        }
        self.session.emitter.emit(Event::ApplyCompleted {
            workflow: self.workflow.name.to_string(),
            apply_id: self.apply_id.to_string(),
            outcome,
            duration_ms: elapsed_ms(started),
        });
        // The failure of the work itself says more than that of its record.
        match (result, recorded) {
            (Ok(_), Err(error)) => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// Says how a run ended.
pub(super) fn outcome_of<T>(result: &Result<T, EngineError>) -> RunOutcome {
    match result {
        Ok(_) => RunOutcome::Succeeded,
        Err(EngineError::Cancelled | EngineError::CreateCancelled { .. }) => RunOutcome::Cancelled,
        Err(_) => RunOutcome::Failed,
    }
}
