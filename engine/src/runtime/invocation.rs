//! How a call is written down for the language.

use serde_json::{Map, Value, json};

use super::protocol::{Invocation, Work};
use crate::definition::ValueHandle;

/// Is a call as the language receives it: what every call has, and what its kind has.
pub(super) struct Encoded {
    pub(super) kind: &'static str,
    pub(super) head: String,
    pub(super) payload: String,
}

pub(super) fn encode(invocation: &Invocation) -> Encoded {
    let providers: Vec<Value> = invocation
        .providers
        .iter()
        .map(|(name, handle)| json!([name, handle.0]))
        .collect();
    let head = json!({
        "workflow": invocation.workflow,
        "nodePath": invocation.node_path,
        "providers": providers,
    });
    let (kind, payload) = payload(&invocation.work);
    Encoded {
        kind,
        head: head.to_string(),
        payload: payload.to_string(),
    }
}

fn payload(work: &Work) -> (&'static str, Value) {
    match work {
        Work::Task {
            handler,
            context,
            config,
            output,
            ..
        } => {
            let mut payload = members(&[
                ("handler", json!(handler.0)),
                ("context", json!(context)),
                ("config", json!(config)),
            ]);
            insert(&mut payload, "output", output.map(handle));
            ("task", Value::Object(payload))
        }
        Work::Hook {
            handler,
            context,
            config,
            workspace,
            input,
            checked_input,
            workspaces,
            ..
        } => {
            let mut payload = members(&[
                ("handler", json!(handler.0)),
                ("config", json!(config)),
                ("workspaces", json!(workspaces)),
            ]);
            insert(
                &mut payload,
                "context",
                context.as_ref().map(|context| json!(context)),
            );
            insert(
                &mut payload,
                "workspace",
                workspace.as_ref().map(workspace_argument),
            );
            insert(&mut payload, "input", input.clone());
            insert(&mut payload, "checkedInput", checked_input.map(handle));
            ("hook", Value::Object(payload))
        }
        Work::Checks {
            provider,
            is_required,
        } => (
            "checks",
            json!({ "provider": provider.0, "isRequired": is_required }),
        ),
        Work::ValidateArtifact {
            provider,
            reference,
        } => (
            "artifact",
            json!({ "provider": provider.0, "reference": reference }),
        ),
        Work::CheckInput { schema, input } => {
            ("input", json!({ "schema": schema.0, "input": input }))
        }
        Work::ValidateOutput { schema, output } => {
            ("output", json!({ "schema": schema.0, "output": output }))
        }
    }
}

fn members(entries: &[(&str, Value)]) -> Map<String, Value> {
    entries
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}

fn insert(members: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        members.insert(name.to_owned(), value);
    }
}

fn handle(handle: ValueHandle) -> Value {
    json!(handle.0)
}

fn workspace_argument((name, context): &(String, Option<Map<String, Value>>)) -> Value {
    match context {
        Some(context) => json!({ "name": name, "ctx": context }),
        None => json!({ "name": name }),
    }
}
