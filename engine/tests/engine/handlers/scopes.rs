//! What a handler sees: the providers and the configuration where it was written.

use serde_json::{Value, json};

use crate::support::TestProject;

/// Applies tasks that note the providers and the configuration they see, by path.
#[track_caller]
fn check(tree: &str, expected: &Value) {
    let project = TestProject::new(&format!(
        r#"
import {{ defineProvider, sequence, task, workflow }} from "@rigkit/sdk";
const tool = (value) => defineProvider("tool", {{ value }}, {{
  providerId: "tool",
  createProvider: ({{ provider }}) => ({{ providerId: "tool", runtime: () => provider.config.value }}),
}});
const see = ({{ providers, config, step, ...rest }}) => {{
  for (const name of Object.keys(providers)) if (rest[name] !== providers[name]) throw new Error(name);
  step.metadata({{ providers, config }});
}};
const noted = (name) => task(name, see);
export const app = {tree};
"#
    ));
    project.apply();
    let runs = project.engine().cached_runs(None).unwrap();
    let seen: serde_json::Map<String, Value> = runs
        .into_iter()
        .map(|run| (run.node_path, Value::Object(run.metadata)))
        .collect();
    assert_eq!(&Value::Object(seen), expected);
}

#[test]
fn a_provider_reaches_what_is_added_after_it_and_no_further() {
    check(
        r#"workflow("app", { providers: { a: tool(1) } }).sequence("app")
  .add(noted("before"))
  .add(sequence("nested").addProvider("b", tool(2)).add(noted("in")).add(sequence("deep").addProvider("a", tool(3)).add(noted("deeper"))).add(noted("out")))
  .add(noted("between"))
  .addProvider("b", tool(4))
  .parallel({
    left: sequence("left").removeProvider("a").add(noted("l")),
    right: sequence("right").addProvider("c", tool(5)).add(noted("r")),
  })
  .add(noted("after"))
  .removeProvider("b")
  .add(noted("last"))"#,
        &json!({
            "before": { "providers": { "a": 1 }, "config": {} },
            "nested.in": { "providers": { "a": 1, "b": 2 }, "config": {} },
            "nested.deep.deeper": { "providers": { "a": 3, "b": 2 }, "config": {} },
            "nested.out": { "providers": { "a": 1, "b": 2 }, "config": {} },
            "between": { "providers": { "a": 1 }, "config": {} },
            "left.l": { "providers": { "b": 4 }, "config": {} },
            "right.r": { "providers": { "a": 1, "b": 4, "c": 5 }, "config": {} },
            "after": { "providers": { "a": 1, "b": 4 }, "config": {} },
            "last": { "providers": { "a": 1 }, "config": {} },
        }),
    );
}

#[test]
fn configurations_are_merged_shallowly_outermost_first() {
    check(
        r#"sequence("app")
  .configure({ a: 1, deep: { x: 1, y: 1 }, list: [1, 2] })
  .add(noted("first"))
  .add(sequence("nested").configure({ deep: { x: 2 }, b: null }).add(noted("in")))
  .add(noted("between"))
  .configure({ list: [], a: 2 })
  .parallel({
    left: sequence("left").configure({ a: 3 }).add(noted("l")),
    right: noted("r"),
  })
  .add(noted("last"))"#,
        &json!({
            "first": { "providers": {}, "config": { "a": 1, "deep": { "x": 1, "y": 1 }, "list": [1, 2] } },
            "nested.in": { "providers": {}, "config": { "a": 1, "deep": { "x": 2 }, "list": [1, 2], "b": null } },
            "between": { "providers": {}, "config": { "a": 1, "deep": { "x": 1, "y": 1 }, "list": [1, 2] } },
            "left.l": { "providers": {}, "config": { "a": 3, "deep": { "x": 1, "y": 1 }, "list": [] } },
            "right.r": { "providers": {}, "config": { "a": 2, "deep": { "x": 1, "y": 1 }, "list": [] } },
            "last": { "providers": {}, "config": { "a": 2, "deep": { "x": 1, "y": 1 }, "list": [] } },
        }),
    );
}

#[test]
fn a_step_knows_its_workflow_and_path() {
    let project = TestProject::new(
        r#"
import { sequence, workflow } from "@rigkit/sdk";
const where = ({ step }) => ({ ctx: { ...step.ctx, [step.nodePath]: step.workflow } });
export const site = workflow("site").sequence("root").task("a", where)
  .add(sequence("nested").task("b", where))
  .operation("op", { run: ({ step, workflow }) => [step.nodePath, step.workflow, workflow] });
"#,
    );
    assert_eq!(
        Value::Object(project.apply().context),
        json!({ "a": "site", "nested.b": "site" })
    );
    let found = crate::operations::run(&project, "op", json!({})).unwrap();
    assert_eq!(found, json!(["operation.op", "site", "site"]));
}
