//! `rig rm`: removes workspaces.

use rigkit_engine::{Engine, RemoveWorkspaceRequest, WorkspaceView};

use super::workspace_lookup::{find, of_workflow};
use crate::{
    arguments::RemoveOptions,
    context::Context,
    failure::{Exit, Failure, UsageCode},
    output, prompt,
    session::Session,
};

/// Removes workspaces, once the person agrees.
pub(super) fn run(options: &RemoveOptions, context: &Context) -> Result<Exit, Failure> {
    let engine = context.engine_of_workflow()?;
    let workspaces = chosen(options, &engine, context)?;
    if !options.yes && !workspaces.is_empty() {
        confirm_removal(&workspaces)?;
    }
    let engine = if workspaces.is_empty() {
        engine
    } else {
        context.engine_to_run("rig rm")?
    };
    let session = Session::watched(context, &options.events);
    let mut removed = Vec::new();
    for workspace in &workspaces {
        let request = RemoveWorkspaceRequest {
            workflow: Some(workspace.workflow.clone()),
            name: workspace.name.clone(),
            force: options.force,
        };
        removed.push(engine.remove_workspace(&request, &session.run)?);
    }
    drop(session);
    if context.options.json {
        output::document(&removed)?;
    } else if workspaces.is_empty() && !context.options.quiet {
        output::note("there are no workspaces");
    }
    Ok(Exit::Done)
}

/// Asks whether workspaces may go; without a person that is an error that names the flag.
pub(super) fn confirm_removal(workspaces: &[WorkspaceView]) -> Result<(), Failure> {
    let names: Vec<String> = workspaces
        .iter()
        .map(|workspace| format!("`{}`", workspace.name))
        .collect();
    let what = match names.as_slice() {
        [only] => format!("the workspace {only}"),
        several => format!("{} workspaces, {}", several.len(), several.join(", ")),
    };
    if !prompt::is_possible() {
        let message = format!("removing {what} has to be confirmed");
        return Err(Failure::usage(
            UsageCode::MissingAnswer,
            message,
            "confirm it with `--yes`",
        ));
    }
    let is_wanted = prompt::confirm(&format!("Remove {what}?"), Some(false))?;
    if is_wanted {
        Ok(())
    } else {
        Err(Failure::Cancelled)
    }
}

/// Every name is looked up before the first workspace goes.
fn chosen(
    options: &RemoveOptions,
    engine: &Engine,
    context: &Context,
) -> Result<Vec<WorkspaceView>, Failure> {
    let workflow = context.options.workflow.as_deref();
    let all = engine.workspaces(None)?;
    if options.all {
        return Ok(of_workflow(&all, workflow).cloned().collect());
    }
    let mut chosen: Vec<WorkspaceView> = Vec::new();
    for name in &options.names {
        let workspace = find(&all, name, workflow)?;
        if chosen.iter().all(|other| other.id != workspace.id) {
            chosen.push(workspace);
        }
    }
    Ok(chosen)
}
