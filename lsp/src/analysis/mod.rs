//! What is known of a project: evaluated from the open buffers and planned at rest.

mod carried;
mod evaluate;
mod planning_code;
mod problem;
mod snapshot;

pub(crate) use self::{
    carried::Carried,
    evaluate::{Evaluation, evaluate},
    planning_code::PlanningCode,
    problem::{Problem, ProblemCode},
    snapshot::{Snapshot, Standing},
};
