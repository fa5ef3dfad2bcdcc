//! `rigkit.cancel`: ends what runs.

use serde_json::{Value, json};

use super::CommandArguments;
use crate::server::Server;

/// Ends one run, or all, and gives how many.
pub(super) fn run(server: &Server, arguments: &CommandArguments) -> Value {
    json!({ "cancelled": server.runs.cancel(arguments.run.as_deref()) })
}
