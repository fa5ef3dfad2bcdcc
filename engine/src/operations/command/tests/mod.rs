#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod interactive;
mod output;
mod running;
mod staying;
mod stopping;

use std::time::Duration;

use serde_json::Value;

use crate::operations::test_support::Project;
use crate::operations::{Operation, OperationContext, OperationError, perform};

/// Longer than anything here takes; only a test that hangs gets there.
const FOREVER: Duration = Duration::from_mins(1);

/// Runs a command beside the test.
fn start(
    context: &OperationContext,
    run: Value,
) -> tokio::task::JoinHandle<Result<Value, OperationError>> {
    let context = context.clone();
    tokio::spawn(async move { perform(Operation::parse("command.run", run)?, &context).await })
}

fn last_exit_code(project: &Project) -> Value {
    project.events().last().unwrap()["exitCode"].clone()
}
