//! What is said of an operation: what it does, how it is run, and what it asks for.

use serde_json::{Map, Value};

use crate::{
    markdown::{Markdown, code, markdown, prose, short_json},
    sites::OwnedOperation,
};

/// Describes an operation.
pub(super) fn text(owned: &OwnedOperation<'_>) -> Markdown {
    let operation = owned.operation;
    let workflow = code(&owned.workflow.name);
    let (kind, command) = if owned.is_on_workspace {
        let command = format!("rig run <workspace> {}", operation.id);
        (markdown!["works on a workspace of ", workflow], command)
    } else {
        let command = format!("rig do {}", operation.id);
        (markdown!["belongs to ", workflow], command)
    };
    let title = operation.title.as_deref().unwrap_or(&operation.id);
    let title = title.replace(['\r', '\n'], " ");
    let mut sections = vec![markdown!["**", title, "**: ", kind]];
    sections.extend(operation.description.as_deref().map(prose));
    sections.push(code(&command));
    let inputs = inputs(&operation.input.schema);
    if !inputs.is_empty() {
        sections.push(Markdown::join(&inputs, "\n"));
    }
    Markdown::join(&sections, "\n\n")
}

fn inputs(schema: &Value) -> Vec<Markdown> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| {
        let mut names = required.into_iter().flatten();
        names.any(|required| required == name)
    };
    let inputs = properties.into_iter().flat_map(Map::iter);
    inputs
        .map(|(name, property)| input(name, property, is_required(name)))
        .collect()
}

fn input(name: &str, property: &Value, is_required: bool) -> Markdown {
    let mut line = markdown!["- ", code(name)];
    if let Some(kind) = property.get("type").and_then(Value::as_str) {
        line.push(markdown![" ", kind]);
    }
    match property.get("default") {
        Some(default) => line.push(markdown![", ", code(&short_json(default)), " by default"]),
        None if is_required => line.push(markdown![", required"]),
        None => {}
    }
    if let Some(description) = property.get("description").and_then(Value::as_str) {
        let description = description.replace(['\r', '\n'], " ");
        line.push(markdown![": ", description]);
    }
    line
}
