//! What operations there are, described for menus, flags and help.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::definition::{Definition, InputField, InputFieldKind, Operation, REST_FORMAT, Workflow};

/// Describes an operation for menus, flags and help.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OperationSummary {
    /// The workflow it belongs to; empty for one that takes the workflow as an input.
    pub workflow: String,
    /// Its id.
    pub id: String,
    /// Other ids it answers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Who defines it.
    pub source: OperationSource,
    /// What it works on.
    pub kind: OperationKind,
    /// A title for menus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it makes a workspace.
    #[serde(default)]
    pub creates_workspace: bool,
    /// A JSON Schema of its input.
    pub input_schema: Value,
    /// Its input as fields, where it was written so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_fields: Option<Vec<InputField>>,
    /// How its input looks on a command line.
    pub cli: OperationCli,
}

/// The options of `rig` itself, without their dashes, whose names no input has as a flag.
pub const OPTIONS_OF_RIG: [&str; 10] = [
    "chdir",
    "color",
    "events",
    "help",
    "input-json",
    "json",
    "quiet",
    "state",
    "verbose",
    "version",
];

/// Says who defines an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperationSource {
    /// Rigkit.
    Core,
    /// The config.
    Config,
}

/// Says what an operation works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperationKind {
    /// The project.
    Command,
    /// One workspace.
    WorkspaceAction,
}

/// Says how an operation's input looks on a command line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationCli {
    /// The inputs that are given by their place.
    #[serde(default)]
    pub positionals: Vec<OperationPositional>,
    /// The inputs that are given by a flag.
    #[serde(default)]
    pub options: Vec<OperationFlag>,
}

/// Is an input that is given by its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationPositional {
    /// The input's name.
    pub name: String,
    /// Its place, from 0.
    pub index: usize,
}

/// Is an input that is given by a flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationFlag {
    /// The input's name.
    pub name: String,
    /// The flag with its dashes.
    pub flag: String,
    /// Other flags for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Whether it must be given.
    #[serde(default)]
    pub required: bool,
    /// What it takes, as a JSON Schema `type`.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub value_type: Option<String>,
    /// Whether it reaches the engine; a flag that does not belongs to the host.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub runtime: bool,
}

fn yes() -> bool {
    true
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_true(value: &bool) -> bool {
    *value
}

pub(super) fn list(definition: &Definition) -> Vec<OperationSummary> {
    let mut all = core_operations(definition);
    for workflow in &definition.workflows {
        let project = workflow
            .operations
            .iter()
            .map(|operation| (operation, OperationKind::Command));
        let workspace = workflow
            .workspace_operations
            .iter()
            .map(|operation| (operation, OperationKind::WorkspaceAction));
        all.extend(
            project
                .chain(workspace)
                .map(|(operation, kind)| config_operation(workflow, operation, kind)),
        );
    }
    all
}

fn core_operations(definition: &Definition) -> Vec<OperationSummary> {
    let creators: Vec<&Workflow> = definition
        .workflows
        .iter()
        .filter(|workflow| workflow.workspace.is_some())
        .collect();
    let mut operations = vec![core_plan_summary(), core_apply_summary()];
    if !creators.is_empty() {
        operations.push(core_create_summary());
    }
    let removers = creators
        .into_iter()
        .map(|workflow| core_remove(&workflow.name));
    operations.extend(removers);
    operations
}

pub(super) fn core_plan_summary() -> OperationSummary {
    let description = "Show what is cached, what is pending, and why";
    core_command("plan", "Plan", description, false)
}

pub(super) fn core_apply_summary() -> OperationSummary {
    core_command("apply", "Apply", "Run what is pending", false)
}

pub(super) fn core_create_summary() -> OperationSummary {
    OperationSummary {
        aliases: vec!["fork".to_owned()],
        ..core_command("create", "Create", "Create a workspace", true)
    }
}

fn core_command(
    id: &str,
    title: &str,
    description: &str,
    names_workspace: bool,
) -> OperationSummary {
    let mut properties = json!({ "workflow": { "type": "string", "description": "the workflow" } });
    let mut required: Vec<&str> = Vec::new();
    let mut positionals = Vec::new();
    if names_workspace {
        properties["name"] = json!({ "type": "string", "description": "the workspace's name" });
        required.push("name");
        positionals.push(OperationPositional {
            name: "name".to_owned(),
            index: 0,
        });
    }
    OperationSummary {
        workflow: String::new(),
        id: id.to_owned(),
        aliases: Vec::new(),
        source: OperationSource::Core,
        kind: OperationKind::Command,
        title: Some(title.to_owned()),
        description: Some(description.to_owned()),
        creates_workspace: names_workspace,
        input_schema: json!({
            "type": "object", "properties": properties, "required": required, "additionalProperties": false
        }),
        input_fields: None,
        cli: OperationCli {
            positionals,
            options: vec![flag("workflow", "string", false)],
        },
    }
}

pub(super) fn core_remove(workflow: &str) -> OperationSummary {
    let yes = OperationFlag {
        aliases: vec!["-y".to_owned()],
        runtime: false,
        ..flag("yes", "boolean", false)
    };
    OperationSummary {
        workflow: workflow.to_owned(),
        id: "remove".to_owned(),
        aliases: Vec::new(),
        source: OperationSource::Core,
        kind: OperationKind::WorkspaceAction,
        title: Some("Remove".to_owned()),
        description: Some("Remove a workspace".to_owned()),
        creates_workspace: false,
        input_schema: json!({ "type": "object", "properties": {}, "additionalProperties": false }),
        input_fields: None,
        cli: OperationCli {
            positionals: Vec::new(),
            options: vec![yes],
        },
    }
}

fn flag(name: &str, value_type: &str, required: bool) -> OperationFlag {
    OperationFlag {
        name: name.to_owned(),
        flag: format!("--{}", flag_name(name)),
        aliases: Vec::new(),
        required,
        value_type: Some(value_type.to_owned()),
        runtime: true,
    }
}

/// Writes a name as flags are written: `workspaceName` as `workspace-name`.
fn flag_name(name: &str) -> String {
    let mut flag = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !flag.is_empty() && !flag.ends_with('-') {
            flag.push('-');
        }
        flag.extend(character.to_lowercase());
    }
    flag.replace('_', "-")
}

fn config_operation(
    workflow: &Workflow,
    operation: &Operation,
    kind: OperationKind,
) -> OperationSummary {
    OperationSummary {
        workflow: workflow.name.to_string(),
        id: operation.id.to_string(),
        aliases: Vec::new(),
        source: OperationSource::Config,
        kind,
        title: operation.title.clone(),
        description: operation.description.clone(),
        creates_workspace: false,
        input_schema: operation.input.schema.clone(),
        input_fields: operation.input.fields.clone(),
        cli: cli_of(operation),
    }
}

fn cli_of(operation: &Operation) -> OperationCli {
    let schema = &operation.input.schema;
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let positionals: Vec<OperationPositional> = operation
        .input
        .fields
        .iter()
        .flatten()
        .filter(|field| field.kind != InputFieldKind::Rest)
        .filter_map(|field| {
            Some(OperationPositional {
                name: field.name.clone(),
                index: field.position?,
            })
        })
        .collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    let options = properties
        .into_iter()
        .flatten()
        .filter(|(name, property)| {
            let is_rest = property.get("format").and_then(Value::as_str) == Some(REST_FORMAT);
            let mut positionals = positionals.iter();
            !is_rest && positionals.all(|positional| positional.name != **name)
        })
        .map(|(name, property)| {
            let value_type = property
                .get("type")
                .and_then(Value::as_str)
                .unwrap_or("string");
            flag(name, value_type, required.contains(&name.as_str()))
        })
        .collect();
    OperationCli {
        positionals,
        options,
    }
}
