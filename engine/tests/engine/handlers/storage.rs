//! What providers keep: with the project and on the machine.

use rigkit_engine::ApplyRequest;
use serde_json::{Value, json};

use crate::support::{TestProject, failure_lines};

/// A provider whose runtime is its two storages, and a task that is put in.
fn project(body: &str) -> TestProject {
    TestProject::new(&format!(
        r#"
import {{ defineProvider, sequence }} from "@rigkit/sdk";
const keep = (id) => defineProvider(id, {{}}, {{
  providerId: id,
  createProvider: ({{ storage, hostStorage }}) => ({{ providerId: id, runtime: () => ({{ storage, hostStorage }}) }}),
}});
export const app = sequence("app").addProvider("one", keep("one")).addProvider("two", keep("two"))
  .task("t", {{ cacheTTL: 0 }}, ({{ one, two }}) => {{ {body} }});
"#
    ))
}

#[track_caller]
fn value_of(project: &TestProject) -> Value {
    project
        .apply_with(&ApplyRequest::default())
        .0
        .unwrap()
        .context["value"]
        .clone()
}

#[test]
fn records_are_set_found_listed_and_deleted() {
    for storage in ["storage", "hostStorage"] {
        let project = project(&format!(
            r#"
    const s = one.{storage}, other = two.{storage};
    const missing = s.get("a") === undefined;
    s.set("a", {{ n: 1 }}); s.set("b/2", [1]); s.set("b/1", null); s.set("é", "text"); other.set("a", "other");
    s.set("a", {{ n: 2 }});
    const record = s.get("a");
    const keys = (prefix) => s.entries(prefix).map((entry) => entry.key);
    const before = [keys(), keys("b/"), keys("none")];
    const deleted = [s.delete("b/1"), s.delete("b/1")];
    return {{ ctx: {{ value: [missing, Object.keys(record), record.providerId, record.key, record.value, before, deleted, keys("b"), other.get("a").value,
      !Number.isNaN(Date.parse(record.createdAt)), record.createdAt <= record.updatedAt] }} }};
"#
        ));
        assert_eq!(
            value_of(&project),
            json!([
                true, ["providerId", "key", "value", "createdAt", "updatedAt"], "one", "a", { "n": 2 },
                [["a", "b/1", "b/2", "é"], ["b/1", "b/2"], []], [true, false], ["b/2"], "other", true, true,
            ]),
            "{storage}"
        );
    }
}

#[test]
fn what_is_kept_is_there_in_the_next_run() {
    for storage in ["storage", "hostStorage"] {
        let project = project(&format!(
            "const n = (one.{storage}.get(\"n\")?.value ?? 0) + 1; one.{storage}.set(\"n\", n); return {{ ctx: {{ value: n }} }};"
        ));
        assert_eq!(
            [value_of(&project), value_of(&project)],
            [json!(1), json!(2)],
            "{storage}"
        );
    }
}

#[test]
fn each_storage_is_where_it_belongs() {
    let project = project(
        "one.storage.set(\"k\", \"in-project\"); one.hostStorage.set(\"k\", \"on-machine\");",
    );
    project.apply();
    // The texts themselves are in the config, and so in what is kept of it.
    let mut in_project = project.files_with(".rigkit", "on-machine");
    in_project.retain(|file| !file.starts_with(project.path(".rigkit/cache")));
    assert_eq!(in_project, Vec::<std::path::PathBuf>::new());
    assert_eq!(
        project.files_with("home", "in-project"),
        Vec::<std::path::PathBuf>::new()
    );
    let files = project.files_with("home/providers", "on-machine");
    assert_eq!(files.len(), 1);
    let mode = |path: &std::path::Path| {
        std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions()) & 0o777
    };
    assert_eq!(
        (mode(&files[0]), mode(files[0].parent().unwrap())),
        (0o600, 0o700)
    );
    assert_eq!(
        project.query("SELECT value FROM provider_storage"),
        ["\"in-project\""]
    );
}

#[test]
fn only_json_is_kept() {
    for value in ["undefined", "() => 1", "1n"] {
        let project = project(&format!("one.storage.set(\"k\", {value});"));
        let error = project.try_apply().unwrap_err();
        assert_eq!(failure_lines(&project.root(), &error).len(), 1, "{value}");
        assert!(project.query("SELECT key FROM provider_storage").is_empty());
    }
}

#[test]
fn a_check_of_a_plan_may_read_and_keep() {
    let project = TestProject::new(
        r#"
import { defineProvider, sequence } from "@rigkit/sdk";
const counting = defineProvider("c", {}, {
  providerId: "c",
  createProvider: ({ hostStorage }) => ({
    providerId: "c", runtime: () => ({}),
    checks: () => {
      const n = (hostStorage.get("n")?.value ?? 0) + 1;
      hostStorage.set("n", n);
      return { id: "n", label: "n", status: "ok", value: n, fingerprint: "same" };
    },
  }),
});
export const app = sequence("app").addProvider("c", counting).task("t", () => {});
"#,
    );
    let found = |project: &TestProject| project.plan().checks[0].value.clone();
    assert_eq!([found(&project), found(&project)], [json!(1), json!(2)]);
    assert!(
        !project.exists(".rigkit"),
        "a plan makes no state by itself"
    );
}
