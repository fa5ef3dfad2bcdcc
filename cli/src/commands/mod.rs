//! The commands, one file each.

mod all_projects;
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
mod storage;
mod trust;
mod types;
mod version;
mod workspace_lookup;

pub(crate) use version::run as version;

use crate::{
    arguments::Command,
    context::Context,
    failure::{Exit, Failure},
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
        Command::Ls(options) => ls::run(&options, context),
        Command::Cache(command) => cache::run(&command, context),
        Command::Storage(command) => storage::run(&command, context),
        Command::Graph(options) => graph::run(&options, context),
        Command::Log(options) => log::run(&options, context),
        Command::Projects => projects::run(context),
        Command::Trust(options) => trust::run(&options, context),
        Command::Doctor => doctor::run(context),
        Command::Lsp(_) => lsp::run(context),
        Command::Completion(options) => completion::run(&options),
        Command::Version => version::run(context.options.json),
    }
}
