//! Inputs that an operation needs and that nobody gave.

use rigkit_engine::{ValueKind, choice_text};
use serde_json::{Map, Value};

use super::flags::InputFlag;
use crate::{
    failure::{Failure, UsageCode},
    prompt,
};

/// Asks for what is missing, or says which flags would have given it.
pub(super) fn ask_for_missing(
    flags: &[InputFlag],
    invocation: &str,
    input: &mut Map<String, Value>,
    workspaces: impl FnOnce() -> Vec<String>,
) -> Result<(), Failure> {
    let is_missing = |flag: &&InputFlag| {
        flag.is_required && !flag.is_for_host && !input.contains_key(&flag.property)
    };
    let missing: Vec<&InputFlag> = flags.iter().filter(is_missing).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !prompt::is_possible() {
        return Err(missing_flags(&missing, invocation));
    }
    let needs_workspaces = missing.iter().any(|flag| flag.kind == ValueKind::Workspace);
    let workspaces = if needs_workspaces {
        workspaces()
    } else {
        Vec::new()
    };
    for flag in missing {
        input.insert(flag.property.clone(), ask(flag, &flag.kind, &workspaces)?);
    }
    Ok(())
}

fn missing_flags(missing: &[&InputFlag], invocation: &str) -> Failure {
    let typed: Vec<String> = missing
        .iter()
        .map(|flag| format!("`{}`", flag.typed()))
        .collect();
    let message = format!("`{invocation}` needs {}", typed.join(" and "));
    Failure::usage(
        UsageCode::MissingInput,
        message,
        format!("see what it takes: {invocation} --help"),
    )
}

fn ask(flag: &InputFlag, kind: &ValueKind, workspaces: &[String]) -> Result<Value, Failure> {
    let question = flag.description.as_deref().unwrap_or(&flag.property);
    match kind {
        ValueKind::Switch => prompt::confirm(question, None).map(Value::from),
        ValueKind::Choice(choices) => {
            let labels: Vec<String> = choices.iter().map(choice_text).collect();
            let chosen = prompt::select(question, &labels, 0)?;
            Ok(choices.get(chosen).cloned().unwrap_or_default())
        }
        ValueKind::Workspace if !workspaces.is_empty() => {
            let chosen = prompt::select(question, workspaces, 0)?;
            Ok(workspaces.get(chosen).cloned().unwrap_or_default().into())
        }
        ValueKind::Rest => Ok(Value::Array(Vec::new())),
        ValueKind::List(element) => {
            let question = format!("{question} (with commas between them)");
            let text =
                prompt::valid_text(&question, None, |text| read_list(element, text).map(drop))?;
            Ok(Value::Array(read_list(element, &text).unwrap_or_default()))
        }
        kind => {
            let text = prompt::valid_text(question, None, |text| kind.read(text).map(drop))?;
            Ok(kind.read(&text).unwrap_or_default())
        }
    }
}

fn read_list(element: &ValueKind, text: &str) -> Result<Vec<Value>, String> {
    text.split(',')
        .map(|part| element.read(part.trim()))
        .collect()
}
