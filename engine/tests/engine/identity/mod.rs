//! What makes a task run again and what does not: a table of edits, edits made at random, and
//! simpler ways to tell.

mod environment_reads;
mod outcomes;
mod property;
mod row;
mod rows;
mod schemes;
mod table;
mod unseen;

pub use row::{Row, row};
