//! `rig do`: an operation of the project.

use rigkit_engine::{
    OperationKind, OperationRequest, OperationSource, OperationSummary, error::NameKind,
};
use serde_json::Value;

use super::run_operation::{show_operations, show_result, workspace_names};
use crate::{
    arguments::{DoOptions, EventOptions, OperationWords},
    context::Context,
    failure::{Exit, Failure},
    operations,
    session::Session,
    workflow_choice::with_workflow,
};

/// Runs an operation of the project, or lists what there is.
pub(super) fn run(options: DoOptions, context: &mut Context) -> Result<Exit, Failure> {
    let words = options
        .operation
        .map(|OperationWords::Words(words)| words)
        .unwrap_or_default();
    let is_json = context.options.json;
    context.options.json |= operations::asks_for_json(&words);
    let engine = context.engine()?;
    let all = engine.operations()?;
    let project: Vec<&OperationSummary> = all
        .iter()
        .filter(|one| one.kind == OperationKind::Command)
        .collect();
    let after = operations::workflow_after(&project, &words);
    let workflow = after.or(context.options.workflow.as_deref());
    engine.check_workflow(workflow)?;
    let Some((id, words)) = words.split_first() else {
        return show_operations(&project, context);
    };
    let operation = operations::choose(&project, NameKind::Operation, id, workflow)?;
    // From here on the operation says what its words mean.
    context.options.json = is_json;
    let line = operations::parse(operation, "rig do", words, &mut context.options, || {
        workspace_names(&engine)
    })?;
    let events = EventOptions {
        events: options.events.events || line.events,
    };
    context.options.prefer(&events);
    let engine = if runs_code(operation) {
        context.engine_to_run("rig do")?
    } else {
        engine
    };
    let session = Session::watched(context, &events);
    let named = Some(operation.workflow.as_str()).filter(|workflow| !workflow.is_empty());
    let named = named.or(context.options.workflow.as_deref());
    let result = with_workflow(named, |workflow| {
        let request = OperationRequest {
            workflow,
            operation: operation.id.clone(),
            input: Value::Object(line.input.clone()),
        };
        engine.run_operation(&request, &session.run)
    })?;
    drop(session);
    show_result(&result, events.events, context)?;
    Ok(Exit::Done)
}

/// Returns whether an operation runs code of the project; planning only reads.
fn runs_code(operation: &OperationSummary) -> bool {
    operation.source != OperationSource::Core || operation.id != "plan"
}
