//! The flags of an operation, read from the JSON Schema of its input.

use std::collections::BTreeSet;

use clap::{Arg, Args as _, Command};
use rigkit_engine::{
    OperationFlag, OperationSummary, ValueKind,
    display_text::{is_escaped, is_shown_as_written},
};
use serde_json::{Map, Value};

use crate::arguments::{EventOptions, GlobalOptions};

/// Is one property of an operation's input, as flags and arguments.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct InputFlag {
    /// The property.
    pub(super) property: String,
    /// The flag without its dashes; absent where `rig` itself needs that name.
    pub(super) long: Option<String>,
    /// The flag of one letter.
    pub(super) short: Option<char>,
    /// Other spellings of the flag.
    pub(super) aliases: Vec<String>,
    /// The flag that turns a switch off.
    pub(super) negation: Option<String>,
    /// What it takes.
    pub(super) kind: ValueKind,
    /// Whether the operation cannot run without it.
    pub(super) is_required: bool,
    /// What it is when it is not given.
    pub(super) default: Option<Value>,
    /// What it is for.
    pub(super) description: Option<String>,
    /// Its place among the arguments without a flag.
    pub(super) position: Option<usize>,
    /// Whether it is for `rig` and not for the operation.
    pub(super) is_for_host: bool,
}

impl InputFlag {
    /// Names it as a person types it.
    pub(super) fn typed(&self) -> String {
        match (&self.long, self.position) {
            _ if self.kind == ValueKind::Rest => format!("-- {}…", self.property.to_uppercase()),
            (Some(long), _) => format!("--{long}"),
            (None, Some(_)) => format!("<{}>", self.property.to_uppercase()),
            (None, None) => format!("--input '{{\"{}\": …}}'", self.property),
        }
    }
}

/// The name of the flag that takes the whole input.
pub(super) const WHOLE_INPUT: &str = "input";
/// Another name of it, for operations that use the first one themselves.
pub(super) const WHOLE_INPUT_JSON: &str = "input-json";

/// Reads the flags of an operation.
pub(super) fn flags_of(operation: &OperationSummary) -> Vec<InputFlag> {
    let empty = Map::new();
    let schema = &operation.input_schema;
    let properties = schema
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let mut names = FlagNames::new(operation);
    // An operation of no workflow takes one as an input: the same as the option of `rig`.
    let is_option_of_rig = |property: &str| property == "workflow" && operation.workflow.is_empty();
    let mut flags: Vec<InputFlag> = properties
        .iter()
        .filter(|(property, _)| !is_option_of_rig(property))
        .map(|(property, schema)| {
            names.flag(property, schema, required.contains(&property.as_str()))
        })
        .collect();
    flags.extend(names.host_flags());
    flags
}

/// Hands out names of flags, each once.
struct FlagNames<'a> {
    operation: &'a OperationSummary,
    taken: BTreeSet<String>,
}

impl<'a> FlagNames<'a> {
    fn new(operation: &'a OperationSummary) -> Self {
        Self {
            operation,
            taken: names_of_rig(),
        }
    }

    fn flag(&mut self, property: &str, schema: &Value, is_required: bool) -> InputFlag {
        let kind = ValueKind::of(schema);
        let default = schema.get("default").cloned();
        let option = self
            .operation
            .cli
            .options
            .iter()
            .find(|option| option.name == property);
        let wanted = option.map_or_else(
            || kebab(property),
            |option| dashless(&option.flag).to_owned(),
        );
        let is_rest = kind == ValueKind::Rest;
        let long = self.take(wanted).filter(|_| !is_rest);
        let others = option
            .map(|option| option.aliases.clone())
            .unwrap_or_default();
        let others = others
            .into_iter()
            .filter(|alias| !is_short(alias))
            .map(|alias| dashless(&alias).to_owned())
            .chain([property.to_owned()]);
        let others = others.filter(|_| !is_rest);
        let aliases = others.filter_map(|alias| self.take(alias)).collect();
        let is_switch = kind == ValueKind::Switch;
        let negation = long
            .as_ref()
            .filter(|_| is_switch)
            .and_then(|long| self.take(format!("no-{long}")));
        InputFlag {
            is_required: is_required && default.is_none(),
            is_for_host: option.is_some_and(|option| !option.runtime),
            position: self.position(property),
            short: option.and_then(short),
            description: schema
                .get("description")
                .and_then(Value::as_str)
                .map(str::to_owned),
            property: property.to_owned(),
            long,
            aliases,
            negation,
            kind,
            default,
        }
    }

    /// Options that are no part of the input belong to `rig`, such as `--yes`.
    fn host_flags(&mut self) -> Vec<InputFlag> {
        let properties = self.operation.input_schema.get("properties");
        let is_property =
            |name: &str| properties.is_some_and(|properties| properties.get(name).is_some());
        let options = self.operation.cli.options.iter();
        let others: Vec<_> = options
            .filter(|option| !option.runtime && !is_property(&option.name))
            .collect();
        let flag = |option: &&OperationFlag| InputFlag {
            long: self.take(dashless(&option.flag).to_owned()),
            property: option.name.clone(),
            short: short(option),
            aliases: Vec::new(),
            negation: None,
            kind: ValueKind::Switch,
            is_required: false,
            default: None,
            description: None,
            position: None,
            is_for_host: true,
        };
        others.iter().map(flag).collect()
    }

    fn position(&self, property: &str) -> Option<usize> {
        let mut positionals = self.operation.cli.positionals.iter();
        positionals
            .find(|positional| positional.name == property)
            .map(|positional| positional.index)
    }

    fn take(&mut self, name: String) -> Option<String> {
        let is_typable = !name.is_empty()
            && !name.starts_with('-')
            && !name.contains(['=', ' '])
            && is_shown_as_written(&name);
        (is_typable && self.taken.insert(name.clone())).then_some(name)
    }
}

/// The options of `rig` that give way to an input of the same name: they can be typed before the operation as well.
pub(super) const GIVING_WAY: [&str; 3] = ["workflow", "config", "no-open"];

/// Returns the flags that are never an operation's: what a person types means the same for every project.
fn names_of_rig() -> BTreeSet<String> {
    let globals = GlobalOptions::augment_args(Command::new("globals"));
    let globals = EventOptions::augment_args(globals);
    let longs = globals.get_arguments().filter_map(Arg::get_long);
    let longs = longs.filter(|long| !GIVING_WAY.contains(long));
    longs
        .chain(["help", "version", WHOLE_INPUT_JSON])
        .map(str::to_owned)
        .collect()
}

/// Gives the alias of one letter, unless `rig` itself uses that letter.
fn short(option: &OperationFlag) -> Option<char> {
    let alias = option.aliases.iter().find(|alias| is_short(alias))?;
    alias
        .chars()
        .nth(1)
        .filter(|letter| !"hVCwvq".contains(*letter) && !is_escaped(*letter))
}

fn is_short(alias: &str) -> bool {
    alias.starts_with('-') && !alias.starts_with("--") && alias.chars().count() == 2
}

fn dashless(flag: &str) -> &str {
    flag.trim_start_matches('-')
}

/// Writes a property's name as flags are written: `repoPath` is `repo-path`.
fn kebab(name: &str) -> String {
    let mut flag = String::with_capacity(name.len() + 4);
    let mut was_small = false;
    for character in name.chars() {
        if character.is_uppercase() && was_small {
            flag.push('-');
        }
        was_small = character.is_lowercase() || character.is_ascii_digit();
        match character {
            '_' | ' ' => flag.push('-'),
            other => flag.extend(other.to_lowercase()),
        }
    }
    flag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_of_rig_are_those_that_others_leave_alone() {
        let names = names_of_rig();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(names, rigkit_engine::OPTIONS_OF_RIG);
    }

    #[test]
    fn flags_are_written_with_dashes() {
        let check = |name: &str, expected: &str| assert_eq!(kebab(name), expected);
        check("port", "port");
        check("repoPath", "repo-path");
        check("repo_path", "repo-path");
        check("URL", "url");
        check("http2Port", "http2-port");
    }
}
