//! `rig`: prepares development environments from a TypeScript workflow.
//!
//! This crate is the terminal: what to type, what to see. Everything that happens in a
//! project happens in the engine.

#![cfg_attr(
    test,
    expect(
        clippy::disallowed_methods,
        reason = "tests work in folders of their own"
    )
)]

mod apply_outcome;
mod arguments;
mod commands;
mod completion;
mod confirmation;
mod context;
mod failure;
mod graph;
mod host;
mod missing_name;
mod operations;
mod output;
mod plan_text;
mod progress;
mod prompt;
#[cfg(test)]
mod schema_tests;
mod session;
mod signals;
mod stack;
mod style;
mod styled_text;
mod table;
mod terminal_json;
mod time_zone;
mod trust;
mod workflow_choice;

use std::{ffi::OsString, process::ExitCode};

use clap::{CommandFactory as _, Parser as _, error::ErrorKind};
use rigkit_engine::{confined::serve_if_asked, memory::CountingAllocator};

use crate::{
    arguments::{Arguments, asks_for_json, color_choice},
    context::Context,
    failure::{Exit, Failure, nearest_flag},
};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn main() -> ExitCode {
    // First of all: a process that evaluates for another one starts nothing and reads nothing.
    if let Some(exit) = serve_if_asked() {
        return exit;
    }
    signals::survive_limits_of_files();
    stack::with_usual_stack(command_line)
}

fn command_line() -> ExitCode {
    if completion::is_asked_for() {
        return completion::answer().into();
    }
    let words: Vec<OsString> = std::env::args_os().collect();
    style::use_colors(color_choice(&words));
    let exit = match Arguments::try_parse_from(&words) {
        Ok(arguments) => run(arguments),
        Err(error) if error.kind() == ErrorKind::DisplayVersion && asks_for_json(&words) => {
            commands::version(true).unwrap_or_else(|failure| failure::report(&failure, true, None))
        }
        Err(error) => {
            let error = nearest_flag::add(error, &Arguments::command(), &words);
            failure::report(&Failure::from(error), asks_for_json(&words), None)
        }
    };
    exit.into()
}

fn run(arguments: Arguments) -> Exit {
    let mut context = match Context::new(arguments.globals) {
        Ok(context) => context,
        Err((failure, is_json)) => return failure::report(&failure, is_json, None),
    };
    match commands::run(arguments.command, &mut context) {
        Ok(exit) => exit,
        Err(failure) => {
            let failure = signals::or_cancelled(failure);
            failure::report(&failure, context.options.json, Some(&context))
        }
    }
}
