//! The words after an operation's name, as its input.

use std::path::Path;

use clap::ArgMatches;
use rigkit_engine::{OperationSummary, ValueKind};
use serde_json::{Map, Value};

use super::{
    command::{WHOLE_INPUT_ID, command, flag_id, negation_id, position_id},
    flags::{InputFlag, flags_of},
    missing::ask_for_missing,
};
use crate::{
    arguments::{ColorWhen, GlobalOptions},
    failure::{Failure, UsageCode, nearest_flag},
    style,
};

/// Is what was typed after the name of an operation.
#[derive(Debug, Default)]
pub(crate) struct OperationLine {
    /// The input, complete but not yet judged.
    pub(crate) input: Map<String, Value>,
    /// What was set of the options that belong to `rig`.
    pub(crate) host: Map<String, Value>,
    /// Whether to write events.
    pub(crate) events: bool,
}

/// Understands the words after the name of an operation, and asks for what is missing.
///
/// Global options among them are added to those that were typed before.
pub(crate) fn parse(
    operation: &OperationSummary,
    invocation: &str,
    words: &[String],
    globals: &mut GlobalOptions,
    workspaces: impl FnOnce() -> Vec<String>,
) -> Result<OperationLine, Failure> {
    let command = command(operation, invocation).no_binary_name(true);
    let is_json_ours = command
        .get_arguments()
        .any(|argument| argument.get_id() == "json");
    let matches = command
        .clone()
        .try_get_matches_from(words)
        .inspect_err(|_| globals.json |= is_json_ours && asks_for_json(words))
        .map_err(|error| nearest_flag::add(error, &command, &[]))?;
    add_globals(&matches, globals);
    let flags = flags_of(operation);
    let mut line = OperationLine {
        input: whole_input(&matches)?,
        host: Map::new(),
        events: is_set(&matches, "events"),
    };
    for flag in &flags {
        if let Some(value) = value_of(flag, &matches) {
            let target = if flag.is_for_host {
                &mut line.host
            } else {
                &mut line.input
            };
            target.insert(flag.property.clone(), value);
        }
    }
    let invocation = format!("{invocation} {}", operation.id);
    ask_for_missing(&flags, &invocation, &mut line.input, workspaces)?;
    Ok(line)
}

/// Says whether words that are not understood yet ask for JSON, also where they turn out to be
/// wrong.
pub(crate) fn asks_for_json(words: &[String]) -> bool {
    let mut options = words.iter().take_while(|word| *word != "--");
    options.any(|word| word == "--json")
}

fn value_of(flag: &InputFlag, matches: &ArgMatches) -> Option<Value> {
    if flag.is_for_host {
        return is_set(matches, &flag_id(&flag.property)).then_some(Value::Bool(true));
    }
    if flag.kind == ValueKind::Switch && is_set(matches, &negation_id(&flag.property)) {
        return Some(Value::Bool(false));
    }
    let ids = [flag_id(&flag.property), position_id(&flag.property)];
    let values: Vec<Value> = ids
        .iter()
        .filter_map(|id| matches.try_get_many::<Value>(id).ok().flatten())
        .flatten()
        .cloned()
        .collect();
    match flag.kind {
        ValueKind::List(_) | ValueKind::Rest if !values.is_empty() => Some(Value::Array(values)),
        _ => values.into_iter().next_back(),
    }
}

#[expect(clippy::disallowed_methods, reason = "the person names the file")]
fn whole_input(matches: &ArgMatches) -> Result<Map<String, Value>, Failure> {
    let Some(given) = matches.get_one::<String>(WHOLE_INPUT_ID) else {
        return Ok(Map::new());
    };
    let text = match given.strip_prefix('@') {
        None => given.clone(),
        Some("-") => std::io::read_to_string(std::io::stdin())
            .map_err(Failure::named_file(Path::new("-")))?,
        Some(path) => {
            std::fs::read_to_string(path).map_err(Failure::named_file(Path::new(path)))?
        }
    };
    let help = "give a JSON object, such as '{\"name\": \"value\"}', or `@FILE`";
    match ValueKind::Json.read(text.trim_start_matches('\u{feff}')) {
        Ok(Value::Object(input)) => Ok(input),
        Ok(_) => Err(Failure::usage(
            UsageCode::InvalidInput,
            "the input is JSON, but not an object",
            help,
        )),
        Err(error) => Err(Failure::usage(
            UsageCode::InvalidInput,
            format!("the input is {error}"),
            help,
        )),
    }
}

/// An operation that has an input of the same name keeps it, so an option may be missing.
fn add_globals(matches: &ArgMatches, globals: &mut GlobalOptions) {
    globals.json |= is_set(matches, "json");
    globals.quiet |= is_set(matches, "quiet");
    globals.no_open |= is_set(matches, "no_open");
    if let Ok(Some(verbose)) = matches.try_get_one::<u8>("verbose") {
        globals.verbose = globals.verbose.saturating_add(*verbose);
    }
    if let Ok(Some(workflow)) = matches.try_get_one::<String>("workflow") {
        globals.workflow = Some(workflow.clone());
    }
    if let Ok(Some(color)) = matches.try_get_one::<ColorWhen>("color") {
        globals.color = Some(*color);
        style::use_colors(*color);
    }
}

fn is_set(matches: &ArgMatches, id: &str) -> bool {
    matches!(matches.try_get_one::<bool>(id), Ok(Some(true)))
}

#[cfg(test)]
#[path = "input_tests.rs"]
mod tests;
