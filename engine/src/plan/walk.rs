//! The one walk that plan and apply share: for each task, given the runs before it, is a
//! stored run reusable, and if not, why.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use jiff::Timestamp;

use super::records::{Records, Unusable};
use crate::{
    definition::{CacheTtl, Point, PointId, Task, TaskIndex, Workflow},
    error::EngineError,
    identity::{Identities, UpstreamValue},
    state::{RunId, RunSummary},
};

/// Goes through the tasks of a workflow and knows what lies between them.
pub(crate) struct Walk<'a> {
    pub(crate) workflow: &'a Workflow,
    pub(crate) identities: &'a Identities<'a>,
    records: &'a Records<'a>,
    now: Timestamp,
    points: Vec<PointState>,
}

/// Is what is known of a state between tasks.
#[derive(Debug, Clone)]
pub(crate) enum PointState {
    /// Nothing yet.
    Open,
    /// The runs it came from.
    Known(Arc<[RunId]>),
    /// The runs it came from, unless the output of the task `root` changes.
    Assumed { runs: Arc<[RunId]>, root: TaskIndex },
    /// It waits for the task `root`.
    Behind { root: TaskIndex },
}

/// Says how a task stands.
#[derive(Debug, Clone)]
pub(crate) enum Verdict {
    /// A stored run is reusable.
    Reusable(RunSummary),
    /// A stored run is reusable unless the output of the task `root` changes.
    Conditional { run: RunSummary, root: TaskIndex },
    /// It has to run.
    Stale(Cause),
}

/// Says why a task has to run; what of its identity changed is looked up later, and only
/// for those tasks.
#[derive(Debug, Clone)]
pub(crate) enum Cause {
    NeverRun,
    AlwaysRuns,
    Invalidated(RunSummary),
    Expired(RunSummary),
    Unusable { run: RunSummary, why: Unusable },
    IdentityDiffers(RunSummary),
    Behind { root: TaskIndex },
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        workflow: &'a Workflow,
        identities: &'a Identities<'a>,
        records: &'a Records<'a>,
        now: Timestamp,
    ) -> Self {
        let mut points = vec![PointState::Open; workflow.points.len()];
        points[0] = PointState::Known(Arc::from([]));
        Self {
            workflow,
            identities,
            records,
            now,
            points,
        }
    }

    /// Judges every task in walk order.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub(crate) fn judge_all(&mut self) -> Result<Vec<(TaskIndex, Verdict)>, EngineError> {
        (0..self.workflow.tasks.len())
            .map(TaskIndex)
            .map(|index| {
                let verdict = self.judge(index)?;
                self.pass(index, &verdict);
                Ok((index, verdict))
            })
            .collect()
    }

    /// Judges a task whose predecessors have been judged.
    ///
    /// # Errors
    /// Where the state cannot be read.
    pub(crate) fn judge(&mut self, index: TaskIndex) -> Result<Verdict, EngineError> {
        let task = self.workflow.task(index);
        match self.resolve(task.after) {
            PointState::Known(runs) => self.judge_after(index, &runs, None),
            PointState::Assumed { runs, root } => self.judge_after(index, &runs, Some(root)),
            PointState::Behind { root } => Ok(Verdict::Stale(self.behind(task, root))),
            // Points are listed in walk order, so a task is never judged before them.
            PointState::Open => Ok(Verdict::Stale(Cause::NeverRun)),
        }
    }

    fn behind(&self, task: &Task, root: TaskIndex) -> Cause {
        if self.records.current(&task.path).is_none() {
            return Cause::NeverRun;
        }
        Cause::Behind { root }
    }

    fn judge_after(
        &self,
        index: TaskIndex,
        runs: &[RunId],
        root: Option<TaskIndex>,
    ) -> Result<Verdict, EngineError> {
        let task = self.workflow.task(index);
        let Some(current) = self.records.current(&task.path) else {
            return Ok(Verdict::Stale(Cause::NeverRun));
        };
        if task.options.cache_ttl.is_some_and(CacheTtl::is_zero) {
            return Ok(Verdict::Stale(Cause::AlwaysRuns));
        }
        let identity = self.identities.identity(index, runs);
        let matches = |run: &RunSummary| run.identity == identity && run.invalidated.is_none();
        let found = if matches(current) {
            Some(current.clone())
        } else {
            self.records.older(index, identity)?
        };
        let Some(run) = found else {
            let is_same = current.identity == identity;
            let cause = if is_same {
                Cause::Invalidated(current.clone())
            } else {
                Cause::IdentityDiffers(current.clone())
            };
            return Ok(Verdict::Stale(cause));
        };
        Ok(self.judge_run(task, &run, root))
    }

    fn judge_run(&self, task: &Task, run: &RunSummary, root: Option<TaskIndex>) -> Verdict {
        if !self.is_fresh(task, run) {
            return Verdict::Stale(Cause::Expired(run.clone()));
        }
        if let Some(why) = self.records.unusable(run) {
            return Verdict::Stale(Cause::Unusable {
                run: run.clone(),
                why,
            });
        }
        match root {
            Some(root) => Verdict::Conditional {
                run: run.clone(),
                root,
            },
            None => Verdict::Reusable(run.clone()),
        }
    }

    /// A clock that went backwards makes a run stale, not eternal.
    fn is_fresh(&self, task: &Task, run: &RunSummary) -> bool {
        let Some(ttl) = task.options.cache_ttl else {
            return true;
        };
        let age = age_ms(self.now, run.created_at);
        u128::try_from(age).is_ok_and(|age| age <= ttl.duration().as_millis())
    }

    /// Notes what a task leaves behind after it was judged in a plan.
    pub(crate) fn pass(&mut self, index: TaskIndex, verdict: &Verdict) {
        let task = self.workflow.task(index);
        let one = |run: &RunSummary| Arc::from([run.lineage.clone()]);
        let state = match verdict {
            Verdict::Reusable(run) => PointState::Known(one(run)),
            Verdict::Conditional { run, root } => PointState::Assumed {
                runs: one(run),
                root: *root,
            },
            Verdict::Stale(_) => match self.last_valid(index) {
                Some(run) if task.options.cutoff => PointState::Assumed {
                    runs: one(run),
                    root: index,
                },
                _ => PointState::Behind {
                    root: self.root_of(index, verdict),
                },
            },
        };
        self.points[task.point.0] = state;
    }

    /// Notes the run that a task has now.
    pub(crate) fn settle(&mut self, index: TaskIndex, lineage: RunId) {
        let point = self.workflow.task(index).point;
        self.points[point.0] = PointState::Known(Arc::from([lineage]));
    }

    /// Gives the stored run whose output a cut-off task has to repeat.
    pub(crate) fn last_valid(&self, index: TaskIndex) -> Option<&'a RunSummary> {
        let current = self.records.current(&self.workflow.task(index).path)?;
        current.invalidated.is_none().then_some(current)
    }

    fn root_of(&self, index: TaskIndex, verdict: &Verdict) -> TaskIndex {
        match verdict {
            Verdict::Stale(Cause::Behind { root }) => *root,
            Verdict::Stale(Cause::NeverRun) => match self.points[self.workflow.task(index).after.0]
            {
                PointState::Behind { root } => root,
                _ => index,
            },
            _ => index,
        }
    }

    /// Gives what is known of a point, joining branches where all of them are known.
    pub(crate) fn resolve(&mut self, point: PointId) -> PointState {
        // A join has a larger number than all that it joins, however many ways lead to that.
        for join in self.open_joins(point) {
            if let Point::Join {
                incoming, branches, ..
            } = &self.workflow.points[join.0]
            {
                let ends: Vec<PointId> = branches.iter().map(|(_, end)| *end).collect();
                self.points[join.0] = if ends.is_empty() {
                    self.points[incoming.0].clone()
                } else {
                    self.join(&ends)
                };
            }
        }
        self.points[point.0].clone()
    }

    /// Lists the joins that are open on the ways back from a point, in the order of their numbers.
    fn open_joins(&self, point: PointId) -> BTreeSet<PointId> {
        let mut joins = BTreeSet::new();
        let mut left = vec![point];
        while let Some(point) = left.pop() {
            let is_open = matches!(self.points[point.0], PointState::Open);
            let before = self.workflow.points[point.0].joined();
            if is_open && !before.is_empty() && joins.insert(point) {
                left.extend(before);
            }
        }
        joins
    }

    fn join(&self, ends: &[PointId]) -> PointState {
        let mut all: Vec<RunId> = Vec::new();
        let mut assumed = None;
        let mut is_open = false;
        for end in ends {
            match &self.points[end.0] {
                PointState::Open => is_open = true,
                PointState::Behind { root } => return PointState::Behind { root: *root },
                PointState::Known(runs) => all.extend(runs.iter().cloned()),
                PointState::Assumed { runs, root } => {
                    all.extend(runs.iter().cloned());
                    assumed.get_or_insert(*root);
                }
            }
        }
        if is_open {
            return PointState::Open;
        }
        all.sort();
        all.dedup();
        let runs: Arc<[RunId]> = Arc::from(all);
        match assumed {
            Some(root) => PointState::Assumed { runs, root },
            None => PointState::Known(runs),
        }
    }

    /// Gives the runs that a point came from, as far as they are known.
    pub(crate) fn runs_at(&mut self, point: PointId) -> Arc<[RunId]> {
        match self.resolve(point) {
            PointState::Known(runs) | PointState::Assumed { runs, .. } => runs,
            PointState::Open | PointState::Behind { .. } => Arc::from([]),
        }
    }

    /// Gives the runs directly before a task with the paths of the tasks they belong to.
    pub(crate) fn upstream_values(&mut self, point: PointId) -> Vec<UpstreamValue> {
        let mut values = Vec::new();
        for task in last_tasks(self.workflow, point) {
            let task = self.workflow.task(task);
            for run in self.runs_at(task.point).iter() {
                values.push(UpstreamValue {
                    path: task.path.to_string(),
                    run: run.clone(),
                });
            }
        }
        values
    }
}

/// Gives the age of a run in milliseconds, negative where the clock went backwards.
pub(crate) fn age_ms(now: Timestamp, created_at: Timestamp) -> i64 {
    now.as_millisecond() - created_at.as_millisecond()
}

/// Gives the tasks directly before a point.
#[must_use]
pub fn last_tasks(workflow: &Workflow, point: PointId) -> Vec<TaskIndex> {
    let mut tasks = BTreeSet::new();
    let mut seen = HashSet::new();
    let mut left = vec![point];
    while let Some(point) = left.pop() {
        // Many ways may lead to one point.
        if !seen.insert(point) {
            continue;
        }
        match &workflow.points[point.0] {
            Point::After(task) => drop(tasks.insert(*task)),
            point => left.extend(point.joined()),
        }
    }
    tasks.into_iter().collect()
}
