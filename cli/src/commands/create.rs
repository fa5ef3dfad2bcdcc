//! `rig create`: a workspace.

use std::collections::HashSet;

use rigkit_engine::{CreateWorkspaceRequest, Engine, check_workspace_name, free_workspace_name};

use super::apply::lock_behaviour;
use crate::{
    arguments::CreateOptions,
    context::Context,
    failure::{Exit, Failure, UsageCode},
    output, prompt,
    session::Session,
    workflow_choice::with_workflow,
};

/// Creates a workspace.
pub(super) fn run(options: &CreateOptions, context: &Context) -> Result<Exit, Failure> {
    let name = match &options.name {
        Some(name) => name.clone(),
        None => ask_for_name(&context.engine()?)?,
    };
    let engine = context.engine_to_run("rig create")?;
    let session = Session::watched(context, &options.events);
    let workspace = with_workflow(context.options.workflow.as_deref(), |workflow| {
        let request = CreateWorkspaceRequest {
            workflow,
            name: name.clone(),
            jobs: options.apply.jobs,
            lock: lock_behaviour(&options.apply),
        };
        engine.create_workspace(&request, &session.run)
    })?;
    drop(session);
    if context.options.json {
        output::document(&workspace)?;
    } else if !output::is_terminal() && !options.events.events {
        output::data(&workspace.name)?;
    }
    Ok(Exit::Done)
}

fn ask_for_name(engine: &Engine) -> Result<String, Failure> {
    if !prompt::is_possible() {
        let message = "the workspace needs a name";
        return Err(Failure::usage(
            UsageCode::MissingAnswer,
            message,
            "name it: rig create NAME",
        ));
    }
    let taken: HashSet<String> = engine
        .workspaces(None)?
        .into_iter()
        .map(|workspace| workspace.name)
        .collect();
    let proposed = free_workspace_name(|name| taken.contains(name));
    let judge = |name: &str| check_workspace_name(name).map_err(|error| error.to_string());
    prompt::valid_text("Name of the workspace", Some(&proposed), judge)
}
