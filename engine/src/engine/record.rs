//! What is stored of a finished task.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{contexts::Context, plan::Planning};
use crate::{
    definition::TaskIndex,
    identity::checks_component,
    plan::Walk,
    sandbox::Secrets,
    state::{ApplyId, NewRun, RunId, StoredArtifact},
};

/// Is a task that has just run.
pub(super) struct Finished {
    pub(super) index: TaskIndex,
    pub(super) runs: Arc<[RunId]>,
    pub(super) output: Context,
    pub(super) metadata: Map<String, Value>,
    pub(super) duration_ms: u64,
}

/// Writes down a finished task with every component of its identity.
pub(super) fn run_record(
    planning: &Planning<'_>,
    walk: &mut Walk<'_>,
    finished: &Finished,
    apply_id: &ApplyId,
    lineage: Option<RunId>,
    secrets: &Secrets,
) -> NewRun {
    let workflow = planning.workflow;
    let task = workflow.task(finished.index);
    let paths = walk.upstream_values(task.after);
    let mut components = planning
        .identities
        .components(finished.index, &finished.runs, &paths);
    let scope = workflow.scope(task.scope);
    let fingerprints = planning.verification.in_scope(scope);
    components.extend(checks_component(&fingerprints, scope, planning.secrets));
    let run_id = RunId::generate();
    let output = Value::Object((*finished.output).clone());
    NewRun {
        lineage: lineage.unwrap_or_else(|| run_id.clone()),
        run_id,
        apply_id: apply_id.clone(),
        workflow: workflow.name.to_string(),
        node_path: task.path.to_string(),
        node_name: task.name.to_string(),
        identity: planning.identities.identity(finished.index, &finished.runs),
        components,
        upstream: finished.runs.to_vec(),
        created_at: Timestamp::now(),
        duration_ms: finished.duration_ms,
        artifacts: artifacts(&output),
        metadata: match secrets.mask_json(&Value::Object(finished.metadata.clone())) {
            Value::Object(metadata) => metadata,
            _ => Map::new(),
        },
        output: output.to_string(),
    }
}

/// Finds the artifacts in an output: objects with a text `provider` and a text `kind`.
fn artifacts(output: &Value) -> Vec<StoredArtifact> {
    let mut found = Vec::new();
    collect_artifacts(output, &mut found);
    found
}

fn collect_artifacts(value: &Value, found: &mut Vec<StoredArtifact>) {
    match value {
        Value::Object(members) => {
            let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
            if let (Some(provider_id), Some(kind)) = (text("provider"), text("kind")) {
                found.push(StoredArtifact {
                    provider_id,
                    kind,
                    reference: value.clone(),
                });
            }
            members
                .values()
                .for_each(|member| collect_artifacts(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_artifacts(item, found)),
        _ => {}
    }
}
