//! The input of an operation: defaults fill in, then everything that is wrong is told at
//! once, before anything runs.

use jsonschema::{ValidationError, error::ValidationErrorKind};
use serde_json::{Map, Value, json};

use super::select;
use crate::{
    definition::{InputFieldKind, MAX_SAFE_INTEGER, OperationInput, WORKSPACE_FORMAT, nearest},
    error::{EngineError, NameKind},
    sandbox::json::describe_json,
    state::{StateReader, WorkspaceRecord, WorkspaceState},
};

/// Is an input that may be handed to a handler.
#[derive(Debug)]
pub(super) struct ResolvedInput {
    /// The input with its defaults.
    pub(super) value: Value,
    /// The fields that stand for workspaces, with what the handler receives.
    pub(super) workspaces: Vec<(String, Value)>,
}

/// Judges the input of an operation.
pub(super) fn resolve(
    operation: &str,
    input: &OperationInput,
    raw: Value,
    workflow: &str,
    state: Option<&StateReader>,
) -> Result<ResolvedInput, EngineError> {
    let invalid = |problems: Vec<String>| EngineError::InvalidInput {
        operation: operation.to_owned(),
        problems,
    };
    let mut members = match raw {
        Value::Null => Map::new(),
        Value::Object(members) => members,
        other => {
            return Err(invalid(vec![format!(
                "it must be an object, not {}",
                describe_json(&other)
            )]));
        }
    };
    drop_empty_texts(input, &mut members);
    fill_defaults(&input.schema, &mut members);
    let value = Value::Object(members);
    let mut problems: Vec<String> = input
        .validator
        .iter_errors(&value)
        .flat_map(|error| describe(&error, &input.schema))
        .collect();
    rounded_numbers("", &value, &mut problems);
    if !problems.is_empty() {
        return Err(invalid(problems));
    }
    let workspaces = workspaces(input, &value, workflow, state)?;
    Ok(ResolvedInput { value, workspaces })
}

/// An empty text counts as missing where the input is written as fields.
fn drop_empty_texts(input: &OperationInput, members: &mut Map<String, Value>) {
    for field in input.fields.iter().flatten() {
        let is_text = matches!(
            field.kind,
            InputFieldKind::String | InputFieldKind::Workspace
        );
        if is_text && members.get(&field.name) == Some(&json!("")) {
            members.shift_remove(&field.name);
        }
    }
}

fn fill_defaults(schema: &Value, members: &mut Map<String, Value>) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return;
    };
    for (name, property) in properties {
        if let Some(Value::Object(nested)) = members.get_mut(name) {
            fill_defaults(property, nested);
        } else if let Some(default) = property
            .get("default")
            .filter(|_| !members.contains_key(name))
        {
            members.insert(name.clone(), default.clone());
        }
    }
}

/// Finds the whole numbers that a handler would get rounded.
fn rounded_numbers(path: &str, value: &Value, problems: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                rounded_numbers(&join(path, name), member, problems);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                rounded_numbers(&join(path, &index.to_string()), item, problems);
            }
        }
        Value::Number(number) => {
            let size = number
                .as_u64()
                .or_else(|| Some(number.as_i64()?.unsigned_abs()));
            if size.is_some_and(|size| size > MAX_SAFE_INTEGER) {
                problems.push(format!(
                    "`{path}`: {number} would be rounded, a whole number has at most {MAX_SAFE_INTEGER}"
                ));
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

fn describe(error: &ValidationError<'_>, schema: &Value) -> Vec<String> {
    let place = error.instance_path().to_string();
    let name = place.trim_start_matches('/').replace('/', ".");
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let property = property.as_str().unwrap_or_default();
            vec![format!("`{}` is missing", join(&name, property))]
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => unexpected
            .iter()
            .map(|key| unknown_key(&join(&name, key), key, schema))
            .collect(),
        _ if name.is_empty() => vec![error.to_string()],
        _ => vec![format!("`{name}`: {error}")],
    }
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}.{name}")
    }
}

fn unknown_key(path: &str, key: &str, schema: &Value) -> String {
    let known: Vec<&str> = schema
        .get("properties")
        .and_then(Value::as_object)
        .map(|properties| properties.keys().map(String::as_str).collect())
        .unwrap_or_default();
    match nearest(key, known.iter().copied()) {
        Some(near) => format!("there is no key `{path}`; did you mean `{near}`?"),
        None if known.is_empty() => format!("there is no key `{path}`; it takes no input"),
        None => format!("there is no key `{path}`; it takes: {}", known.join(", ")),
    }
}

fn workspaces(
    input: &OperationInput,
    value: &Value,
    workflow: &str,
    state: Option<&StateReader>,
) -> Result<Vec<(String, Value)>, EngineError> {
    let properties = input.schema.get("properties").and_then(Value::as_object);
    let names = properties
        .into_iter()
        .flatten()
        .filter_map(|(name, property)| {
            let is_workspace =
                property.get("format").and_then(Value::as_str) == Some(WORKSPACE_FORMAT);
            let given = value.get(name)?.as_str()?;
            is_workspace.then(|| (name.clone(), given.to_owned()))
        });
    names
        .map(|(field, name)| {
            let record = ready_workspace(state, Some(workflow), &name)?;
            Ok((field, json!({ "name": record.name, "ctx": record.ctx })))
        })
        .collect()
}

/// Finds a workspace by name, and makes sure that it belongs to the workflow that is named.
pub(super) fn find_workspace(
    state: Option<&StateReader>,
    workflow: Option<&str>,
    name: &str,
) -> Result<WorkspaceRecord, EngineError> {
    let all = match state {
        Some(state) => state.list_workspaces(None)?,
        None => Vec::new(),
    };
    let named: Vec<&WorkspaceRecord> = all.iter().filter(|record| record.name == name).collect();
    match (named.as_slice(), workflow) {
        ([], _) => {
            let known = all.iter().map(|record| record.name.clone()).collect();
            Err(select::unknown(NameKind::Workspace, name, known))
        }
        ([only], None) => Ok((*only).clone()),
        (several, None) => Err(EngineError::WorkflowNeeded {
            known: several
                .iter()
                .map(|record| record.workflow.clone())
                .collect(),
        }),
        (some, Some(workflow)) => match some.iter().find(|record| record.workflow == workflow) {
            Some(record) => Ok((*record).clone()),
            None => Err(EngineError::WrongWorkflow {
                workspace: name.to_owned(),
                actual: some[0].workflow.clone(),
                wanted: workflow.to_owned(),
            }),
        },
    }
}

/// Finds a workspace that can be used.
pub(super) fn ready_workspace(
    state: Option<&StateReader>,
    workflow: Option<&str>,
    name: &str,
) -> Result<WorkspaceRecord, EngineError> {
    let record = find_workspace(state, workflow, name)?;
    match record.state {
        WorkspaceState::Ready => Ok(record),
        WorkspaceState::Creating => Err(EngineError::WorkspaceIncomplete { name: record.name }),
    }
}
