//! An operation as a command of its own, with help.

use clap::{
    Arg, ArgAction, Args as _, Command,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _},
};
use clap_complete::engine::ArgValueCandidates;
use rigkit_engine::{
    OperationSummary, ValueKind, choice_text,
    display_text::{MOST_OF_A_MESSAGE, cut, escape, escape_lines, is_shown_as_written},
};
use serde_json::Value;

use super::flags::{InputFlag, WHOLE_INPUT, WHOLE_INPUT_JSON, flags_of};
use crate::{
    arguments::{EventOptions, GlobalOptions},
    completion::candidates,
    style::{FAINT, NAME, paint},
    styled_text::Line,
    table,
};

/// The id of the argument that takes the whole input.
pub(super) const WHOLE_INPUT_ID: &str = "whole input";

/// Those options of `rig` that still make sense once the operation is known.
const LATE_GLOBALS: &[&str] = &[
    "workflow", "json", "events", "no_open", "color", "verbose", "quiet",
];

/// Gives the id of the argument for a property's flag.
pub(super) fn flag_id(property: &str) -> String {
    format!("flag {property}")
}

/// Gives the id of the argument that turns a switch off.
pub(super) fn negation_id(property: &str) -> String {
    format!("no {property}")
}

/// Gives the id of the argument for a property without a flag.
pub(super) fn position_id(property: &str) -> String {
    format!("position {property}")
}

/// Makes the command of an operation; `invocation` is what is typed before its name.
pub(crate) fn command(operation: &OperationSummary, invocation: &str) -> Command {
    let flags = flags_of(operation);
    let command = own_command(operation, invocation, &flags);
    command.args(late_globals(&flags))
}

/// Makes the command of an operation as a part of the whole command line, which hands it the
/// global options by itself and keeps their names.
pub(crate) fn nested_command(operation: &OperationSummary, invocation: &str) -> Command {
    let globals = GlobalOptions::augment_args(Command::new("globals"));
    let is_global = |name: &String| {
        globals
            .get_arguments()
            .any(|global| global.get_long() == Some(name))
    };
    let mut flags = flags_of(operation);
    for flag in &mut flags {
        flag.long = flag.long.take().filter(|long| !is_global(long));
        flag.aliases.retain(|alias| !is_global(alias));
    }
    own_command(operation, invocation, &flags)
}

fn own_command(operation: &OperationSummary, invocation: &str, flags: &[InputFlag]) -> Command {
    let mut command = Command::new(operation.id.clone())
        .bin_name(format!("{invocation} {}", operation.id))
        .visible_aliases(typable_aliases(operation))
        .about(about(operation).unwrap_or_default());
    for flag in flags {
        command = command.args(arguments(flag));
    }
    command = command.arg(whole_input(flags));
    let mut positions: Vec<&InputFlag> = flags
        .iter()
        .filter(|flag| flag.position.is_some() && flag.kind != ValueKind::Rest)
        .collect();
    positions.sort_by_key(|flag| flag.position);
    let rest = flags.iter().find(|flag| flag.kind == ValueKind::Rest);
    command
        .args(positions.into_iter().map(positional))
        .args(rest.map(rest_of_line))
}

fn typable_aliases(operation: &OperationSummary) -> Vec<String> {
    let aliases = operation.aliases.iter();
    let typable = aliases.filter(|alias| is_shown_as_written(alias));
    typable.cloned().collect()
}

/// Returns the lines that list operations for those who do not know what there is.
pub(crate) fn listed(operations: &[&OperationSummary]) -> Vec<Line> {
    let rows = operations.iter().map(|operation| {
        let what = about(operation).unwrap_or_default();
        [
            paint(NAME, &operation.id).into(),
            (&operation.workflow).into(),
            paint(FAINT, what).into(),
        ]
    });
    table::of(["OPERATION", "WORKFLOW", ""], rows)
}

/// Help is laid out by a library that takes everything in a text for its own, so all of it is made safe to
/// show before.
fn about(operation: &OperationSummary) -> Option<String> {
    let about = match (&operation.title, &operation.description) {
        (Some(title), Some(description)) => format!("{title}: {description}"),
        (title, description) => title.as_ref().or(description.as_ref())?.clone(),
    };
    Some(shown(&about))
}

/// Lines after the first one are indented, so that none of them looks like a line of the help itself.
fn shown(text: &str) -> String {
    let text = cut(text, MOST_OF_A_MESSAGE);
    escape_lines(text.trim_end()).replace('\n', "\n    ")
}

fn arguments(flag: &InputFlag) -> Vec<Arg> {
    let Some(long) = &flag.long else {
        return Vec::new();
    };
    let argument = Arg::new(flag_id(&flag.property))
        .long(long.clone())
        .short(flag.short)
        .aliases(flag.aliases.clone())
        .help(help(flag));
    if flag.is_for_host {
        return vec![argument.action(ArgAction::SetTrue)];
    }
    let mut arguments = vec![with_kind(argument, &flag.kind)];
    if let Some(negation) = &flag.negation {
        let is_on = flag.default == Some(Value::Bool(true));
        let no = Arg::new(negation_id(&flag.property))
            .long(negation.clone())
            .action(ArgAction::SetTrue)
            .overrides_with(flag_id(&flag.property))
            .hide(!is_on && !flag.is_required)
            .help(format!("Turns `--{long}` off"));
        arguments.push(no);
    }
    arguments
}

fn positional(flag: &InputFlag) -> Arg {
    let argument = Arg::new(position_id(&flag.property)).help(help(flag));
    let argument = match &flag.kind {
        ValueKind::Switch => argument.value_parser(reader(&flag.kind)),
        // A word that begins with a dash is a flag, and wrong where there is no such flag.
        kind => with_kind(argument, kind).allow_negative_numbers(false),
    };
    let argument = argument.value_name(shown(&flag.property.to_uppercase()));
    match &flag.long {
        Some(_) => argument.conflicts_with(flag_id(&flag.property)),
        None => argument,
    }
}

/// Takes everything after `--`.
fn rest_of_line(flag: &InputFlag) -> Arg {
    Arg::new(position_id(&flag.property))
        .help(help(flag))
        .value_name(shown(&flag.property.to_uppercase()))
        .value_parser(reader(&flag.kind))
        .num_args(0..)
        .last(true)
}

fn with_kind(argument: Arg, kind: &ValueKind) -> Arg {
    match kind {
        ValueKind::Switch => argument
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_parser(reader(kind))
            .value_name(kind.placeholder()),
        ValueKind::Choice(choices) => argument
            .value_parser(
                PossibleValuesParser::new(choices.iter().map(possible_value)).map(move_to(kind)),
            )
            .value_name(kind.placeholder()),
        ValueKind::List(element) => with_kind(argument, element).action(ArgAction::Append),
        ValueKind::Workspace => argument
            .value_parser(reader(kind))
            .value_name(kind.placeholder())
            .add(ArgValueCandidates::new(candidates::workspaces)),
        ValueKind::Number | ValueKind::Integer => argument
            .value_parser(reader(kind))
            .value_name(kind.placeholder())
            .allow_negative_numbers(true),
        ValueKind::Text | ValueKind::Json | ValueKind::Rest => argument
            .value_parser(reader(kind))
            .value_name(kind.placeholder()),
    }
}

/// A choice that cannot be shown as it is typed is left out of help and completion.
fn possible_value(choice: &Value) -> PossibleValue {
    let text = choice_text(choice);
    let is_hidden = !is_shown_as_written(&text);
    PossibleValue::new(text).hide(is_hidden)
}

fn reader(
    kind: &ValueKind,
) -> impl Fn(&str) -> Result<Value, String> + Clone + Send + Sync + 'static {
    let kind = kind.clone();
    move |text| kind.read(text)
}

/// Turns a choice that was found among the possible ones into its value.
fn move_to(kind: &ValueKind) -> impl Fn(String) -> Value + Clone + Send + Sync + 'static {
    let kind = kind.clone();
    move |text| kind.read(&text).unwrap_or(Value::String(text))
}

fn help(flag: &InputFlag) -> String {
    let description = flag.description.as_deref();
    let mut parts: Vec<String> = description.map(shown).into_iter().collect();
    match &flag.default {
        Some(default) if *default != Value::Bool(false) => {
            parts.push(format!("[default: {}]", shown(&choice_text(default))));
        }
        _ if flag.is_required => parts.push("[required]".to_owned()),
        _ => {}
    }
    parts.join(" ")
}

fn whole_input(flags: &[InputFlag]) -> Arg {
    let is_taken = flags
        .iter()
        .any(|flag| flag.long.as_deref() == Some(WHOLE_INPUT));
    let argument = Arg::new(WHOLE_INPUT_ID)
        .value_name("JSON")
        .help(whole_input_help(flags));
    if is_taken {
        return argument.long(WHOLE_INPUT_JSON);
    }
    argument.long(WHOLE_INPUT).alias(WHOLE_INPUT_JSON)
}

fn whole_input_help(flags: &[InputFlag]) -> String {
    let help = "The whole input as a JSON object, or `@FILE` to read it; flags win over it";
    let is_without = |flag: &&InputFlag| {
        let has_place = flag.position.is_some() || flag.kind == ValueKind::Rest;
        flag.long.is_none() && !has_place && !flag.is_for_host
    };
    let without = flags.iter().filter(is_without);
    let names: Vec<String> = without
        .map(|flag| format!("`{}`", escape(&flag.property)))
        .collect();
    if names.is_empty() {
        return help.to_owned();
    }
    let names = names.join(", ");
    format!("{help}; without a flag: {}", cut(&names, MOST_OF_A_MESSAGE))
}

/// Returns the options of `rig` that may follow. An operation may have an input named `workflow`; no
/// operation has the short flag.
fn late_globals(flags: &[InputFlag]) -> Vec<Arg> {
    let is_taken = |name: &str| {
        flags.iter().any(|flag| {
            let mut names = flag.long.iter().chain(&flag.aliases).chain(&flag.negation);
            names.any(|taken| taken == name)
        })
    };
    let globals = GlobalOptions::augment_args(Command::new("globals"));
    let globals = EventOptions::augment_args(globals);
    let late = globals
        .get_arguments()
        .filter(|argument| LATE_GLOBALS.contains(&argument.get_id().as_str()));
    late.filter_map(|argument| {
        let argument = argument.clone().global(false);
        let argument = argument.help_heading("Global options");
        match (
            argument.get_long().is_some_and(is_taken),
            argument.get_short(),
        ) {
            (false, _) => Some(argument),
            (true, Some(_)) => Some(argument.long(None::<&'static str>)),
            // Nothing is left to type.
            (true, None) => None,
        }
    })
    .collect()
}
