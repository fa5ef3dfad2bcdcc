//! `rig run`: an operation on a workspace.

use rigkit_engine::{
    Engine, OperationKind, OperationSource, OperationSummary, WorkspaceOperationRequest,
    WorkspaceView, error::NameKind,
};
use serde_json::Value;

use super::{
    rm::confirm_removal,
    workspace_lookup::{find, of_workflow},
};
use crate::{
    arguments::{EventOptions, OperationWords, RunOptions},
    context::Context,
    failure::{Exit, Failure, UsageCode},
    missing_name::Missing,
    operations::{self, OperationLine},
    output, prompt,
    session::Session,
    terminal_json::for_terminal,
};

/// Runs an operation on a workspace, or lists what there is.
pub(super) fn run(options: RunOptions, context: &mut Context) -> Result<Exit, Failure> {
    let words = options
        .operation
        .map(|OperationWords::Words(words)| words)
        .unwrap_or_default();
    let is_json = context.options.json;
    context.options.json |= operations::asks_for_json(&words);
    let engine = context.engine()?;
    let all = engine.operations()?;
    let is_action = |one: &&OperationSummary| one.kind == OperationKind::WorkspaceAction;
    let actions: Vec<&OperationSummary> = all.iter().filter(is_action).collect();
    let after = operations::workflow_after(&actions, &words);
    let workflow = after.or(context.options.workflow.as_deref());
    let workspace = wanted_workspace(options.workspace, workflow, &engine)?;
    let mut its_own = actions;
    its_own.retain(|one| one.workflow == workspace.workflow);
    if options.list {
        return show_operations(&its_own, context);
    }
    let (id, words) = match words.split_first() {
        Some((id, words)) => (id.clone(), words),
        None => (ask_for_operation(&its_own, &workspace)?, &[][..]),
    };
    let operation = operations::choose(&its_own, NameKind::WorkspaceOperation, &id, None)?;
    // From here on the operation says what its words mean.
    context.options.json = is_json;
    let invocation = format!("rig run {}", workspace.name);
    let line = operations::parse(operation, &invocation, words, &mut context.options, || {
        workspace_names(&engine)
    })?;
    confirm(operation, &workspace, &line)?;
    let events = EventOptions {
        events: options.events.events || line.events,
    };
    context.options.prefer(&events);
    let engine = context.engine_to_run("rig run")?;
    let session = Session::watched(context, &events);
    let request = WorkspaceOperationRequest {
        workflow: Some(workspace.workflow.clone()),
        workspace: workspace.name.clone(),
        operation: operation.id.clone(),
        input: Value::Object(line.input),
    };
    let result = engine.run_workspace_operation(&request, &session.run)?;
    drop(session);
    show_result(&result, events.events, context)?;
    Ok(Exit::Done)
}

/// Shows what an operation gave: a text as text, anything else as JSON, nothing as nothing.
pub(super) fn show_result(
    result: &Value,
    is_stdout_taken: bool,
    context: &Context,
) -> Result<(), Failure> {
    match result {
        _ if is_stdout_taken => Ok(()),
        result if context.options.json => output::document(result),
        Value::Null => Ok(()),
        Value::String(text) => output::data(text),
        result => output::data(&for_terminal(result)),
    }
}

/// Lists operations, for those who named none.
pub(super) fn show_operations(
    operations: &[&OperationSummary],
    context: &Context,
) -> Result<Exit, Failure> {
    if context.options.json {
        output::document(&serde_json::json!({ "operations": operations }))?;
    } else if operations.is_empty() {
        output::note("there are no operations");
    } else {
        output::lines(&operations::listed(operations))?;
    }
    Ok(Exit::Done)
}

/// Gives the names of all workspaces, for questions; none where they cannot be read.
pub(super) fn workspace_names(engine: &Engine) -> Vec<String> {
    let workspaces = engine.workspaces(None).unwrap_or_default();
    workspaces
        .into_iter()
        .map(|workspace| workspace.name)
        .collect()
}

fn wanted_workspace(
    name: Option<String>,
    workflow: Option<&str>,
    engine: &Engine,
) -> Result<WorkspaceView, Failure> {
    engine.check_workflow(workflow)?;
    let workspaces = engine.workspaces(None)?;
    let name = match name {
        Some(name) => name,
        None => ask_for_workspace(of_workflow(&workspaces, workflow))?,
    };
    find(&workspaces, &name, workflow)
}

fn ask_for_workspace<'a>(
    workspaces: impl Iterator<Item = &'a WorkspaceView>,
) -> Result<String, Failure> {
    let names: Vec<String> = workspaces.map(|workspace| workspace.name.clone()).collect();
    if names.is_empty() {
        let message = "there is no workspace to run an operation on";
        let help = "make one: rig create NAME";
        return Err(Failure::usage(UsageCode::MissingAnswer, message, help));
    }
    if !prompt::is_possible() {
        let message = "an operation needs a workspace to run on";
        return Err(Failure::usage(
            UsageCode::MissingAnswer,
            message,
            "name it: rig run WORKSPACE OPERATION",
        ));
    }
    let index = prompt::select("Which workspace?", &names, 0)?;
    Ok(names.into_iter().nth(index).unwrap_or_default())
}

/// Offers the operations of a workspace; without a person that is an error that names what to type.
fn ask_for_operation(
    operations: &[&OperationSummary],
    workspace: &WorkspaceView,
) -> Result<String, Failure> {
    let ids: Vec<&str> = operations.iter().map(|one| one.id.as_str()).collect();
    let line = format!("rig run {}", workspace.name);
    let type_instead = format!("name it: {line} OPERATION");
    let missing = Missing {
        what: "OPERATION to run",
        line: &line,
        type_instead: &type_instead,
        known: &ids,
    };
    missing.require_person()?;
    let labels: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    let index = prompt::select("Which operation?", &labels, 0)?;
    Ok(labels.into_iter().nth(index).unwrap_or_default())
}

/// Removing is asked about, whichever way it is typed.
fn confirm(
    operation: &OperationSummary,
    workspace: &WorkspaceView,
    line: &OperationLine,
) -> Result<(), Failure> {
    let is_removal = operation.source == OperationSource::Core && operation.id == "remove";
    let is_confirmed = line.host.get("yes") == Some(&Value::Bool(true));
    if is_removal && !is_confirmed {
        return confirm_removal(std::slice::from_ref(workspace));
    }
    Ok(())
}
