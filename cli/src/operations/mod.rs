//! Operations of the config as commands: their inputs are flags, decided by a JSON Schema.

mod choice;
mod command;
mod flags;
mod input;
mod missing;

pub(crate) use choice::{choose, unknown, workflow_after};
pub(crate) use command::{listed, nested_command};
pub(crate) use input::{OperationLine, asks_for_json, parse};
