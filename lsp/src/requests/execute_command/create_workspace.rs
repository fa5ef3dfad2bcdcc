//! `rigkit.createWorkspace`: applies what is pending and makes a workspace of the result.

use std::sync::Arc;

use rigkit_engine::{
    CreateWorkspaceRequest, LockBehaviour, check_workspace_name, free_workspace_name,
};
use serde_json::{Value, json};
use tower_lsp::{jsonrpc::Result, ls_types::MessageType};

use super::{Command, Target, refused};
use crate::{
    command_line::CommandLine,
    outbox::Reply,
    questions::{Choice, Questions, TextQuestion},
    runs::RunKind,
    server::Server,
};

/// What is chosen to give a name that the editor cannot ask for.
const ANOTHER_NAME: &str = "Another name…";

/// How many names are proposed where a name cannot be typed.
const PROPOSED_NAMES: usize = 3;

/// Makes a workspace. Where no name is given, one is proposed.
pub(super) async fn run(server: &Arc<Server>, command: Command) -> Result<Value> {
    let target = Target::find(server, &command.arguments)?;
    let workflow = target.workflow(&command.arguments);
    let named = target.named_workflow(&command.arguments).map(str::to_owned);
    let name = if let Some(name) = command.arguments.workspace.clone() {
        name
    } else {
        let questions = Questions::new(server, command.claim.cancel.clone());
        ask_for_name(server, &questions, &target, named.as_deref()).await?
    };
    let kind = RunKind {
        title: format!("Creating the workspace `{name}`"),
        workflow: workflow.clone(),
        command_line: CommandLine::new(["create", &name]).option("-w", named.as_deref()),
    };
    let outbox = (!target.view.editor.settings.events).then(|| server.outbox.clone());
    let request = CreateWorkspaceRequest {
        workflow,
        name,
        jobs: None,
        lock: LockBehaviour::Wait,
    };
    server
        .run_in_project(command.claim, target, kind, move |engine, run| {
            let created = json!(engine.create_workspace(&request, run)?);
            if let Some(outbox) = outbox {
                let message = format!("the workspace `{}` is ready", request.name);
                outbox.show(MessageType::INFO, message);
            }
            Ok(created)
        })
        .await
}

async fn ask_for_name(
    server: &Server,
    questions: &Questions,
    target: &Target,
    workflow: Option<&str>,
) -> Result<String> {
    let reply = if questions.can_ask_for_text() {
        type_name(questions, target).await
    } else {
        choose_name(questions, target).await
    };
    reply.given().ok_or_else(|| {
        let line = CommandLine::new(["create"]).option("-w", workflow);
        let message = format!("the workspace needs a name\nin a terminal: {line} NAME");
        refused(server, "name-needed", message)
    })
}

async fn type_name(questions: &Questions, target: &Target) -> Reply<String> {
    let question = TextQuestion {
        message: "Name of the workspace".to_owned(),
        default: proposed_names(target).into_iter().next(),
        ..TextQuestion::default()
    };
    let read = |name: &str| match check_workspace_name(name) {
        Ok(()) if is_taken(target, name) => Err(format!("there is a workspace `{name}` already")),
        Ok(()) => Ok(name.to_owned()),
        Err(error) => Err(error.to_string()),
    };
    questions.text(&question, read).await
}

/// The protocol has no way to ask for a text, but it can let a person choose.
async fn choose_name(questions: &Questions, target: &Target) -> Reply<String> {
    let names = proposed_names(target);
    let create = |name: &String| Choice::plain(format!("Create `{name}`"));
    let mut choices: Vec<Choice> = names.iter().map(create).collect();
    choices.push(Choice::plain(ANOTHER_NAME));
    let reply = questions.choose("Name of the workspace?", &choices).await;
    reply.and_then(|index| names.into_iter().nth(index))
}

fn proposed_names(target: &Target) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for _ in 0..PROPOSED_NAMES {
        let name = free_workspace_name(|name| {
            is_taken(target, name) || names.iter().any(|proposed| proposed == name)
        });
        names.push(name);
    }
    names
}

fn is_taken(target: &Target, name: &str) -> bool {
    let mut workspaces = target.view.snapshot.workspaces.iter();
    workspaces.any(|workspace| workspace.name == name)
}
