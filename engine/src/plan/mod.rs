//! What is still valid, and exactly why the rest is not.

mod consequences;
mod explain;
mod make;
mod model;
mod reason;
mod records;
mod stored_tasks;
mod walk;

pub(crate) use consequences::causes_of;
pub(crate) use make::{PlanInputs, make_plan};
pub use model::{
    CheckStatus, ChecksAsked, LastFailure, NodeStatus, PlanCause, PlanLevel, PlanNode,
    ProviderCheck, SavedPlan, WorkflowPlan,
};
pub use reason::{CaptureChange, ProviderAspect, Reason};
pub(crate) use records::{Records, Unusable};
pub(crate) use stored_tasks::StoredTasks;
pub use walk::last_tasks;
pub(crate) use walk::{PointState, Verdict, Walk};
