//! What holds of identities whatever goes into them.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::TestProject;

/// A workflow whose only task is what the environment says, with one and the same handler.
const FIXTURE: &str = r#"
//- /handler.ts
export const run = () => {};
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { run } from "./handler";
const { workflow: name, task, config, options } = JSON.parse(process.env.INPUT);
export const app = workflow(name).sequence("app").configure(config).task(task, options, run);
"#;

/// Is what goes into an identity, and nothing else.
#[derive(Debug, Clone, PartialEq)]
struct Input {
    workflow: String,
    task: String,
    version: Option<String>,
    config: Value,
    output: Option<Value>,
}

impl Input {
    fn to_json(&self) -> Value {
        let mut options = Map::new();
        if let Some(version) = &self.version {
            options.insert("version".to_owned(), json!(version));
        }
        if let Some(output) = &self.output {
            options.insert("output".to_owned(), output.clone());
        }
        json!({ "workflow": self.workflow, "task": self.task, "config": self.config, "options": options })
    }
}

/// Applies a project and gives the identity that its task has.
fn identity(input: &Value) -> String {
    let project = TestProject::new(FIXTURE).with_env("INPUT", &input.to_string());
    project.apply();
    let run = project.engine().cached_runs(None).unwrap().remove(0);
    run.node_key.to_string()
}

/// Gives names that look alike when they are put together.
fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "ab", "ba", "null", "1"]).prop_map(str::to_owned)
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2..3_i64).prop_map(Value::from),
        Just(json!(0.5)),
        name().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn config() -> impl Strategy<Value = Value> {
    prop::collection::vec((name(), json_value()), 0..4)
        .prop_map(|members| Value::Object(members.into_iter().collect()))
}

/// Gives schemas that every context passes; some of them are also versions or configurations.
fn schema() -> impl Strategy<Value = Value> {
    let titled = name().prop_map(|title| json!({ "type": "object", "title": title }));
    prop_oneof![Just(json!({})), Just(json!({ "type": "object" })), titled]
}

prop_compose! {
    fn input()(
        workflow in name(),
        task in name(),
        version in prop::option::of(name()),
        config in prop_oneof![config(), schema()],
        output in prop::option::of(schema()),
    ) -> Input {
        Input { workflow, task, version, config, output }
    }
}

/// Gives an input and one that differs in no or one place.
fn neighbours() -> impl Strategy<Value = (Input, Input)> {
    (input(), input(), 0..6_u8).prop_map(|(one, other, part)| {
        let mut near = one.clone();
        match part {
            0 => near.workflow = other.workflow,
            1 => near.task = other.task,
            2 => near.version = other.version,
            3 => near.config = other.config,
            4 => near.output = other.output,
            _ => {}
        }
        (one, near)
    })
}

/// Swaps what two fields hold, as far as they can hold the same.
fn swapped(input: &Input) -> [Input; 3] {
    let names = Input {
        workflow: input.task.clone(),
        task: input.workflow.clone(),
        ..input.clone()
    };
    let version = Input {
        task: input.version.clone().unwrap_or_else(|| input.task.clone()),
        version: input.version.as_ref().map(|_| input.task.clone()),
        ..input.clone()
    };
    let schema = Input {
        config: input.output.clone().unwrap_or_else(|| input.config.clone()),
        output: Some(json!({ "const": {} })),
        ..input.clone()
    };
    [names, version, schema]
}

fn with_keys_reversed(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(with_keys_reversed).collect(),
        Value::Object(members) => members
            .iter()
            .rev()
            .map(|(key, member)| (key.clone(), with_keys_reversed(member)))
            .collect(),
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn identities_are_equal_exactly_where_their_inputs_are((one, near) in neighbours()) {
        let is_same = identity(&one.to_json()) == identity(&near.to_json());
        prop_assert_eq!(is_same, one == near);
    }

    #[test]
    fn no_two_fields_can_be_taken_for_each_other(input in input()) {
        let identity_of = |input: &Input| identity(&input.to_json());
        let own = identity_of(&input);
        for other in swapped(&input) {
            prop_assert_eq!(own == identity_of(&other), input == other);
        }
    }

    #[test]
    fn the_order_of_keys_is_no_part_of_an_identity(input in input()) {
        let written = input.to_json();
        prop_assert_eq!(identity(&written), identity(&with_keys_reversed(&written)));
    }

    #[test]
    fn a_component_has_changed_exactly_where_its_input_has((one, near) in neighbours()) {
        let near = Input { workflow: one.workflow.clone(), task: one.task.clone(), ..near };
        let mut project = TestProject::new(FIXTURE).with_env("INPUT", &one.to_json().to_string());
        project.apply();
        project.environment.insert("INPUT".to_owned(), near.to_json().to_string());
        let explained = project.engine().explain(None, Some(&one.task)).unwrap().remove(0);
        for component in explained.components {
            let expected = match component.name.as_str() {
                "version" => one.version != near.version,
                "config" => one.config != near.config,
                "output" => one.output != near.output,
                _ => false,
            };
            let status = json!(component.status);
            prop_assert_eq!(status, json!(if expected { "changed" } else { "same" }), "{}", component.name);
        }
    }
}
