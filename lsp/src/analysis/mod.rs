//! What is known of a project: evaluated from the open buffers and planned at rest.

mod carried;
mod evaluate;
mod problem;
mod snapshot;

pub(crate) use self::{
    carried::Carried,
    evaluate::{Evaluation, evaluate},
    problem::{Problem, ProblemCode},
    snapshot::{Snapshot, Standing},
};
