//! `rigkit.plan`: what is valid and what is not, after asking the providers where the workspace is
//! trusted.

use std::sync::Arc;

use rigkit_engine::{
    PlanRequest,
    plan::{ChecksAsked, PlanLevel, WorkflowPlan},
    wording::provisional::provisional,
};
use serde_json::{Value, json};
use tower_lsp::{jsonrpc::Result, ls_types::MessageType};

use super::{Command, Target};
use crate::{command_line::CommandLine, runs::RunKind, server::Server};

/// Plans, tells the person in a sentence, and gives what `rig plan --json` prints.
pub(super) async fn run(server: &Arc<Server>, command: Command) -> Result<Value> {
    let target = Target::find(server, &command.arguments)?;
    let request = PlanRequest {
        workflow: command.arguments.workflow.clone(),
        level: PlanLevel::Verified,
    };
    let kind = RunKind {
        title: "Planning".to_owned(),
        workflow: None,
        command_line: CommandLine::new(["plan"]),
    };
    let outbox = server.outbox.clone();
    server
        .run_in_project(command.claim, target, kind, move |engine, run| {
            let plans = engine.plan(&request, run)?;
            for plan in &plans {
                outbox.show(MessageType::INFO, summary(plan));
            }
            Ok(json!({ "workflows": plans }))
        })
        .await
}

fn summary(plan: &WorkflowPlan) -> String {
    let workflow = &plan.workflow;
    let (pending, all) = (plan.pending_node_count, plan.node_count);
    let standing = if plan.up_to_date {
        format!("{workflow}: up to date, {} tasks cached", all - pending)
    } else {
        format!("{workflow}: {pending} of {all} tasks pending")
    };
    let standing = match plan.checks_asked {
        ChecksAsked::NotAsked => {
            format!("{standing}; checks not asked, for nobody trusts the project")
        }
        ChecksAsked::Asked | ChecksAsked::Nothing => standing,
    };
    match provisional(plan) {
        Some(provisional) => format!("{standing}; {provisional}"),
        None => standing,
    }
}
