//! The documented schemas against what the types of the engine and of this crate write.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use jsonschema::{Retrieve, Uri, Validator};
use rigkit_engine::{event::Event, plan::Reason};
use serde_json::{Value, json};

use crate::failure::{Failure, UsageCode, body};

fn schema(name: &str) -> Value {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/schema");
    serde_json::from_str(&std::fs::read_to_string(directory.join(name)).unwrap()).unwrap()
}

/// Finds the schemas that one refers to by file name.
struct Neighbours;

impl Retrieve for Neighbours {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Ok(schema(uri.path().as_str().trim_start_matches('/')))
    }
}

fn validator_of(schema: &Value) -> Validator {
    let options = jsonschema::options()
        .with_base_uri("json-schema:///schema.json")
        .with_retriever(Neighbours);
    options.build(schema).unwrap()
}

fn validator(name: &str) -> Validator {
    validator_of(&schema(name))
}

fn check(validator: &Validator, document: &Value) {
    let problems: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(problems.is_empty(), "{document:#}\n{problems:#?}");
}

#[test]
fn every_schema_is_one_and_finds_what_it_refers_to() {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/schema");
    let names: Vec<String> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(names.len() > 20);
    for name in names {
        validator(&name);
    }
}

#[test]
fn every_reason_fits() {
    let validator = validator_of(&json!({ "$ref": "common.json#/$defs/reason" }));
    let reasons = json!([
        { "code": "cached" },
        { "code": "never-run" },
        { "code": "invalidated", "by": "me", "at": "2026-01-01T00:00:00Z" },
        { "code": "handler-changed", "captures": [{ "name": "a", "old": null, "new": "1" }], "body": true },
        { "code": "version-changed", "old": null, "new": "2" },
        { "code": "config-changed", "path": "a.b", "old": null, "new": { "c": 1 } },
        { "code": "output-schema-changed" },
        { "code": "provider-changed", "name": "host", "what": "plugin" },
        { "code": "upstream-pending", "root": "a" },
        { "code": "upstream-changed", "paths": ["a"] },
        { "code": "expired", "ttl": 5, "age": -1 },
        { "code": "always-runs" },
        { "code": "output-invalid", "message": "no" },
        { "code": "artifact-gone", "ref": { "kind": "image" } },
        { "code": "check-unanswered", "provider": "docker" },
        { "code": "format-changed" },
    ]);
    let reasons: Vec<Reason> = serde_json::from_value(reasons).unwrap();
    for reason in reasons {
        check(&validator, &serde_json::to_value(reason).unwrap());
    }
}

#[test]
fn every_event_fits() {
    let validator = validator("event.json");
    let place = json!({ "line": 1, "column": 1 });
    let range =
        json!({ "file": "/a", "bytes": { "start": 0, "end": 1 }, "start": place, "end": place });
    let events = json!([
        { "type": "definition.loaded", "workflow": "w" },
        { "type": "plan.created", "workflow": "w", "cachedNodeCount": 1, "nodeCount": 2 },
        { "type": "checks.skipped", "workflow": "w" },
        { "type": "check.unanswered", "workflow": "w", "nodePath": "provider.p", "waitedMs": 10000 },
        { "type": "apply.waiting", "workflow": "w", "holder": "h" },
        { "type": "apply.started", "workflow": "w", "applyId": "a" },
        { "type": "node.cached", "nodePath": "n", "runId": "r" },
        { "type": "node.started", "nodePath": "n" },
        { "type": "command.started", "commandName": "sh", "command": "sh x" },
        { "type": "command.detached", "nodePath": "n", "commandId": 1, "commandName": "sh", "pid": 7 },
        { "type": "command.output", "nodePath": "n", "commandId": 1, "commandName": "sh", "stream": "stderr", "data": "x" },
        { "type": "command.completed", "nodePath": "n", "commandName": "sh", "exitCode": -1 },
        { "type": "log.output", "nodePath": "n", "stream": "debug", "label": "l", "data": "x" },
        { "type": "artifact.created", "nodePath": "n", "providerId": "p", "kind": "k", "ref": {} },
        { "type": "interaction.awaiting_user", "nodePath": "n", "interactionId": "i", "label": "l", "title": "t", "url": "u" },
        { "type": "interaction.completed", "nodePath": "n", "interactionId": "i", "label": "l", "title": "t" },
        { "type": "node.completed", "nodePath": "n", "runId": "r", "durationMs": 1 },
        { "type": "plan.created", "workflow": "w", "cachedNodeCount": 1, "nodeCount": 4, "pendingNodeCount": 2, "conditionalNodeCount": 1, "upToDate": true },
        { "type": "node.failed", "nodePath": "n", "message": "m", "durationMs": 1 },
        { "type": "node.failed", "nodePath": "n", "message": "m", "durationMs": 1, "range": range, "help": "h", "outputTail": ["x"], "exitCode": 2 },
        { "type": "node.failed", "nodePath": "n", "message": "m", "durationMs": 1, "causes": [
            { "relation": "member", "message": "x", "causes": [{ "relation": "cause", "message": "y" }] },
        ] },
        { "type": "node.invalidated", "nodePath": "n", "runIds": ["r"], "by": "b" },
        { "type": "apply.restarted", "workflow": "w", "nodePath": "n", "targetNodePath": "t", "attempt": 2 },
        { "type": "apply.completed", "workflow": "w", "applyId": "a", "outcome": "cancelled", "durationMs": 1 },
        { "type": "workspace.create.started", "workspaceId": "w" },
        { "type": "workspace.ready", "workspaceId": "w" },
        { "type": "workspace.remove.started", "workspaceId": "w" },
        { "type": "workspace.removed", "workspaceId": "w" },
        { "type": "operation.started", "operation": "o" },
        { "type": "operation.completed", "operation": "o", "outcome": "succeeded", "durationMs": 1 },
    ]);
    let events: Vec<Event> = serde_json::from_value(events).unwrap();
    for event in events {
        let mut line = serde_json::to_value(event).unwrap();
        line["sequence"] = json!(0);
        line["time"] = json!("2026-01-01T00:00:00Z");
        check(&validator, &line);
    }
}

#[test]
fn a_failure_fits() {
    let failure = Failure::usage(UsageCode::MissingAnswer, "no name", "name it");
    check(
        &validator("error.json"),
        &json!({ "error": body(&failure, None) }),
    );
}
