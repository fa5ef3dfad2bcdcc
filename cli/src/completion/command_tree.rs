//! The whole command line, with the operations of the project as commands.

use clap::{Command, CommandFactory as _};
use rigkit_engine::OperationKind;

use super::project;
use crate::{arguments::Arguments, operations};

/// Builds the command line that a shell may complete.
///
/// The project is only read where operations can follow.
pub(super) fn build() -> Command {
    let command = Arguments::command();
    let words = project::words();
    let places = |name: &str| words.iter().position(|word| word == name);
    if let Some(place) = places("run") {
        let after = words.iter().skip(place + 1);
        // The word that is being typed counts, so one more means the workspace is complete.
        if after.filter(|word| !word.starts_with('-')).count() > 1 {
            return command.mut_subcommand("run", |run| {
                with_operations(run, OperationKind::WorkspaceAction, "rig run WORKSPACE")
            });
        }
    }
    if places("do").is_some() {
        return command.mut_subcommand("do", |run| {
            with_operations(run, OperationKind::Command, "rig do")
        });
    }
    command
}

fn with_operations(command: Command, kind: OperationKind, invocation: &str) -> Command {
    let workflow = project::workflow();
    let all = project::engine()
        .and_then(|engine| engine.operations().ok())
        .unwrap_or_default();
    let mut known: Vec<String> = Vec::new();
    let mut command = command;
    for operation in all {
        let is_wanted = workflow.as_ref().is_none_or(|workflow| {
            operation.workflow.is_empty() || operation.workflow == *workflow
        });
        if operation.kind == kind && is_wanted && !known.contains(&operation.id) {
            known.push(operation.id.clone());
            command = command.subcommand(operations::command(&operation, invocation));
        }
    }
    command
}
