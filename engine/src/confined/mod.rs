//! Evaluates the definition of a project that nobody has vouched for in a process of its own,
//! which can do nothing but compute and answer.
//!
//! This process reads, resolves and transpiles, each module only after the child has shown that
//! reading it ends; the child gets the modules over a pipe, evaluates
//! them, and answers with the definition. What it has no way to know, such as the text behind a
//! `require`, it asks. It is used once: no state goes from one evaluation to the next, and an
//! evaluation that takes too long is killed.
//!
//! | file | concept |
//! | --- | --- |
//! | `evaluator` | starts children, and keeps one ready where evaluations follow each other |
//! | `process` | one child: its pipes, its end |
//! | `worker` | what one child does for a load: it checks modules, then it evaluates |
//! | `starter` | the thread that starts children, which end with this process |
//! | `conversation` | this side of an evaluation |
//! | `child` | the other side |
//! | `asked_sources` | how the child asks for files and positions |
//! | `confinement` | the walls around the child |
//! | `message`, `frame` | what goes over the pipe, and how |

mod asked_sources;
mod child;
mod confinement;
mod conversation;
mod evaluator;
mod frame;
mod fuzzed;
mod message;
mod process;
mod starter;
mod worker;

pub use child::serve_if_asked;
pub use confinement::{Confinement, Wall};
pub use evaluator::Evaluator;
#[doc(hidden)]
pub use fuzzed::{fuzzed_answer, fuzzed_answer_seeds};
pub(crate) use message::out_of_memory_frame;
pub(crate) use process::ProcessSlot;
pub(crate) use worker::Worker;
