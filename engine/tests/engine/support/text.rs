//! Plans and errors as short texts that tests can compare.

use std::path::Path;

use rigkit_engine::{
    EngineError,
    plan::{NodeStatus, PlanNode, Reason, WorkflowPlan},
};
use serde_json::Value;

/// Splits a fixture into files: `//- /path` begins one; without it, it is the config.
pub fn fixture_files(fixture: &str) -> Vec<(String, String)> {
    let with_header = if fixture.trim_start().starts_with("//- ") {
        fixture.to_owned()
    } else {
        format!("//- /rig.config.ts\n{fixture}")
    };
    with_header
        .split("//- /")
        .skip(1)
        .map(|part| {
            let (path, text) = part.split_once('\n').unwrap();
            (path.trim().to_owned(), text.to_owned())
        })
        .collect()
}

/// Gives one line a task: its path, status, reason and what belongs to the reason.
pub fn lines(plan: &WorkflowPlan) -> Vec<String> {
    plan.nodes.iter().map(line).collect()
}

fn line(node: &PlanNode) -> String {
    match node.status {
        NodeStatus::Cached => {
            assert_eq!(node.reason, Reason::Cached);
            format!("{} cached", node.path)
        }
        NodeStatus::Pending => format!("{} pending {}", node.path, reason_text(&node.reason)),
        NodeStatus::Conditional => {
            format!("{} conditional {}", node.path, reason_text(&node.reason))
        }
    }
}

/// Writes a reason's code and members; times, ages and fingerprints in a form that every run
/// gives alike.
fn reason_text(reason: &Reason) -> String {
    let Value::Object(mut members) = serde_json::to_value(reason).unwrap() else {
        panic!("a reason is an object");
    };
    assert_eq!(
        members.shift_remove("code"),
        Some(Value::from(reason.code()))
    );
    for (name, member) in &mut members {
        steady(name, member);
    }
    if members.is_empty() {
        return reason.code().to_owned();
    }
    format!("{} {}", reason.code(), Value::Object(members))
}

fn steady(name: &str, value: &mut Value) {
    match value {
        Value::String(text) if is_fingerprint(text) => *value = Value::from("#"),
        Value::String(_) if name == "at" => *value = Value::from("now"),
        Value::Number(age) if name == "age" => {
            *value = Value::from(format!("{} h", age.as_i64().unwrap().div_euclid(3_600_000)));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| steady("", item)),
        Value::Object(members) => members
            .iter_mut()
            .for_each(|(name, member)| steady(name, member)),
        _ => {}
    }
}

fn is_fingerprint(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Writes the failures of a run: `node @ file:line: message`.
///
/// The language knows the column of a throw only roughly.
pub fn failure_lines(root: &Path, error: &EngineError) -> Vec<String> {
    let EngineError::Failed { failures, .. } = error else {
        panic!("this is no failed run: {error:?}");
    };
    failures
        .iter()
        .map(|failure| {
            let place = failure.range.as_ref().map_or("?".to_owned(), |range| {
                let file = range.file.strip_prefix(root).unwrap_or(&range.file);
                format!("{}:{}", file.display(), range.start.line)
            });
            format!("{} @ {place}: {}", failure.node, failure.message)
        })
        .collect()
}
