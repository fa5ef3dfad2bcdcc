//! What follows the tasks that are pending for a reason of their own.

use super::{
    model::{NodeStatus, PlanCause, PlanNode, WorkflowPlan},
    reason::Reason,
};
use crate::definition::{CacheTtl, Point, PointId, TaskIndex, Workflow};

/// How many causes are followed at once: as many as fit into one mask.
const CAUSES_AT_ONCE: usize = u64::BITS as usize;

impl WorkflowPlan {
    /// Counts the tasks of a plan anew, by how they stand and by what they follow.
    pub(crate) fn count(&mut self, workflow: &Workflow) {
        let nodes = &self.nodes;
        let of = |status| nodes.iter().filter(|node| node.status == status).count();
        self.node_count = nodes.len();
        self.cached_node_count = of(NodeStatus::Cached);
        self.pending_node_count = of(NodeStatus::Pending);
        self.conditional_node_count = of(NodeStatus::Conditional);
        self.causes = causes(workflow, nodes);
        let is_up_to_date = self.pending().all(|node| is_only_checked(workflow, node));
        self.up_to_date = is_up_to_date;
    }
}

/// Returns whether a task is pending, but would be in any case, for it runs each time, and did well the last
/// time. One may follow another.
fn is_only_checked(workflow: &Workflow, node: &PlanNode) -> bool {
    let ttl = workflow.task(TaskIndex(node.index)).options.cache_ttl;
    let is_looked_at = matches!(
        node.reason,
        Reason::AlwaysRuns | Reason::UpstreamPending { .. }
    );
    ttl.is_some_and(CacheTtl::is_zero) && is_looked_at && node.last_failure.is_none()
}

/// Counts for each cause of a plan all tasks that follow it, however many other causes they have.
fn causes(workflow: &Workflow, nodes: &[PlanNode]) -> Vec<PlanCause> {
    let mut causes: Vec<PlanCause> = nodes
        .iter()
        .filter(|node| node.is_cause())
        .map(|node| PlanCause {
            index: node.index,
            path: node.path.clone(),
            pending_after: 0,
            conditional_after: 0,
        })
        .collect();
    if nodes.iter().any(is_consequence) {
        let by_task = by_task(workflow, nodes);
        for some in causes.chunks_mut(CAUSES_AT_ONCE) {
            Spread::new(workflow, &by_task).count(some);
        }
    }
    causes
}

/// Lists the causes of a task that is not cached and has no reason of its own.
pub(crate) fn causes_of<'a>(
    workflow: &Workflow,
    nodes: &'a [PlanNode],
    node: &PlanNode,
) -> Vec<&'a PlanNode> {
    if !is_consequence(node) {
        return Vec::new();
    }
    let after = workflow.task(TaskIndex(node.index)).after;
    let earlier = workflow.earlier_tasks(after);
    let is_earlier = |node: &&PlanNode| earlier.binary_search(&TaskIndex(node.index)).is_ok();
    let causes = nodes.iter().filter(|node| node.is_cause());
    causes.filter(is_earlier).collect()
}

/// Returns whether a task is not cached only because of a task before it.
fn is_consequence(node: &PlanNode) -> bool {
    node.status != NodeStatus::Cached && !node.is_cause()
}

fn by_task<'a>(workflow: &Workflow, nodes: &'a [PlanNode]) -> Vec<Option<&'a PlanNode>> {
    let mut by_task = vec![None; workflow.tasks.len()];
    for node in nodes {
        if let Some(place) = by_task.get_mut(node.index) {
            *place = Some(node);
        }
    }
    by_task
}

/// The causes that reach a point, one bit each.
#[derive(Debug, Clone, Copy, Default)]
struct Reach {
    /// Those after which what comes next has to run.
    certain: u64,
    /// Those after which it runs if an output changes.
    possible: u64,
}

impl Reach {
    fn join(self, other: Self) -> Self {
        Self {
            certain: self.certain | other.certain,
            possible: self.possible | other.possible,
        }
    }

    fn all(self) -> u64 {
        self.certain | self.possible
    }
}

/// One look at all points of a workflow, from its start to its end, for a few causes.
struct Spread<'a> {
    workflow: &'a Workflow,
    nodes: &'a [Option<&'a PlanNode>],
    reached: Vec<Reach>,
}

impl<'a> Spread<'a> {
    fn new(workflow: &'a Workflow, nodes: &'a [Option<&'a PlanNode>]) -> Self {
        Self {
            workflow,
            nodes,
            reached: vec![Reach::default(); workflow.points.len()],
        }
    }

    fn count(mut self, causes: &mut [PlanCause]) {
        // A point has a larger number than all that lead to it.
        for index in 0..self.workflow.points.len() {
            self.reached[index] = match &self.workflow.points[index] {
                Point::Start => Reach::default(),
                Point::After(task) => self.pass(*task, causes),
                join @ Point::Join { .. } => self.join(join),
            };
        }
    }

    fn join(&self, join: &Point) -> Reach {
        let before = join.joined();
        let reaches = before.iter().map(|point| self.reached[point.0]);
        reaches.fold(Reach::default(), Reach::join)
    }

    /// Counts a task for the causes that reach it, and returns what it passes on.
    fn pass(&self, task: TaskIndex, causes: &mut [PlanCause]) -> Reach {
        let PointId(after) = self.workflow.task(task).after;
        let before = self.reached[after];
        let Some(node) = self.nodes[task.0] else {
            return before;
        };
        if is_consequence(node) {
            count(node, before, causes);
        }
        let own = causes
            .binary_search_by_key(&node.index, |cause| cause.index)
            .map_or(0, |position| 1 << position);
        match node.status {
            NodeStatus::Pending if node.cutoff => Reach {
                certain: 0,
                possible: before.all() | own,
            },
            NodeStatus::Pending => Reach {
                certain: before.certain | own,
                possible: before.possible,
            },
            NodeStatus::Cached | NodeStatus::Conditional => before,
        }
    }
}

fn count(node: &PlanNode, reached: Reach, causes: &mut [PlanCause]) {
    let certain = match node.status {
        NodeStatus::Pending => reached.certain,
        NodeStatus::Cached | NodeStatus::Conditional => 0,
    };
    for position in bits(certain) {
        causes[position].pending_after += 1;
    }
    for position in bits(reached.all() & !certain) {
        causes[position].conditional_after += 1;
    }
}

/// Lists the positions of the bits that are set.
fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let position = mask.trailing_zeros();
        mask &= mask.checked_sub(1)?;
        usize::try_from(position).ok()
    })
}

impl PlanNode {
    /// Returns whether the task has to run for a reason of its own.
    #[must_use]
    pub fn is_cause(&self) -> bool {
        let follows = matches!(self.reason, Reason::UpstreamPending { .. });
        self.status == NodeStatus::Pending && !follows
    }
}
