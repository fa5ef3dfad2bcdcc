//! The commands, one file each.

mod apply;
mod cache;
mod completion;
mod create;
mod do_operation;
mod doctor;
mod graph;
mod init;
mod log;
mod ls;
mod lsp;
mod plan;
mod projects;
mod rm;
mod run_operation;
mod trust;
mod types;
mod workspace_lookup;

use clap::CommandFactory as _;

use crate::{
    arguments::{Arguments, Command},
    context::Context,
    failure::{Exit, Failure},
    output,
};

/// Does what was typed.
pub(crate) fn run(command: Command, context: &mut Context) -> Result<Exit, Failure> {
    match command {
        Command::Init(options) => init::run(&options, context),
        Command::Types => types::run(context),
        Command::Plan(options) => plan::run(&options, context),
        Command::Apply(options) => {
            context.options.prefer(&options.events);
            apply::run(&options, context)
        }
        Command::Create(options) => {
            context.options.prefer(&options.events);
            create::run(&options, context)
        }
        Command::Run(options) => run_operation::run(options, context),
        Command::Do(options) => do_operation::run(options, context),
        Command::Rm(options) => {
            context.options.prefer(&options.events);
            rm::run(&options, context)
        }
        Command::Ls => ls::run(context),
        Command::Cache(command) => cache::run(&command, context),
        Command::Graph(options) => graph::run(&options, context),
        Command::Log(options) => log::run(&options, context),
        Command::Projects => projects::run(context),
        Command::Trust(options) => trust::run(&options, context),
        Command::Doctor => doctor::run(context),
        Command::Lsp(_) => lsp::run(),
        Command::Completion(options) => completion::run(&options),
        Command::Version => version(),
    }
}

/// Prints what `--version` prints.
fn version() -> Result<Exit, Failure> {
    output::data(&Arguments::command().render_version())?;
    Ok(Exit::Done)
}
