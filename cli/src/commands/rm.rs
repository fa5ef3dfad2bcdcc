//! `rig rm`: removes workspaces.

use rigkit_engine::{Engine, RemoveWorkspaceRequest, WorkspaceView};

use super::workspace_lookup::{find, of_workflow};
use crate::{
    arguments::RemoveOptions,
    confirmation::confirm,
    context::Context,
    failure::{Exit, Failure},
    missing_name::Missing,
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
        output::note("no workspace is removed");
    }
    Ok(Exit::Done)
}

/// Asks whether workspaces may go; without a person that is an error that names the flag.
pub(super) fn confirm_removal(workspaces: &[WorkspaceView]) -> Result<(), Failure> {
    confirm("removing", "Remove", &described(workspaces))
}

fn described(workspaces: &[WorkspaceView]) -> String {
    let names: Vec<String> = workspaces
        .iter()
        .map(|workspace| format!("`{}`", workspace.name))
        .collect();
    match names.as_slice() {
        [only] => format!("the workspace {only}"),
        several => format!("{} workspaces, {}", several.len(), several.join(", ")),
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
    if options.names.is_empty() {
        let offered: Vec<&WorkspaceView> = of_workflow(&all, workflow).collect();
        return ask_for_workspaces(&offered);
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

/// Offers the workspaces there are; without a person that is an error that names what to type.
fn ask_for_workspaces(workspaces: &[&WorkspaceView]) -> Result<Vec<WorkspaceView>, Failure> {
    let names: Vec<&str> = workspaces.iter().map(|one| one.name.as_str()).collect();
    let missing = Missing {
        what: "NAME of a workspace",
        line: "rig rm",
        type_instead: "name it: rig rm NAME, or all of them: rig rm --all",
        known: &names,
    };
    if workspaces.is_empty() && prompt::is_possible() {
        return Ok(Vec::new());
    }
    missing.require_person()?;
    let is_of_one_workflow = workspaces
        .windows(2)
        .all(|pair| matches!(pair, [one, other] if one.workflow == other.workflow));
    let label = |one: &&WorkspaceView| {
        if is_of_one_workflow {
            one.name.clone()
        } else {
            format!("{} of {}", one.name, one.workflow)
        }
    };
    let labels: Vec<String> = workspaces.iter().map(label).collect();
    let chosen = prompt::select_several("Which workspaces are to go?", &labels)?;
    let chosen = chosen.into_iter().filter_map(|index| workspaces.get(index));
    Ok(chosen.map(|workspace| (*workspace).clone()).collect())
}
