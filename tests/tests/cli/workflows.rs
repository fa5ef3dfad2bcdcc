//! `--workflow`, wherever it is typed and whatever it names.

use insta::assert_snapshot;
use rigkit_tests::Project;
use serde_json::json;

/// Two workflows with operations of the same names, one of which has an input `workflow`.
const TWO: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";

const simple = (name) =>
  workflow(name)
    .sequence(name)
    .task("prepare", () => ({ ctx: { name } }))
    .workspace({ create: () => ({}), remove: () => {} })
    .operation("where", { run: () => name })
    .operation("take", {
      input: { type: "object", properties: { workflow: { type: "string" } } },
      run: ({ input }) => `${name} took ${input.workflow}`,
    })
    .workspaceOperation("show", { run: ({ workspace }) => `${workspace.name} of ${name}` });

export const api = simple("api");
export const site = simple("site");
"#;

fn project() -> Project {
    let project = Project::new(TWO);
    project.done("create one -w api");
    project.done("create one -w site");
    project.done("create two -w site");
    project
}

#[test]
fn a_workflow_may_be_named_after_an_operation() {
    let project = project();
    let check = |line: &str, expected: &str| {
        assert_eq!(project.done(line).stdout.trim_end(), expected, "{line}");
    };
    check("run one show -w api", "one of api");
    check("run one show --workflow=site", "one of site");
    check("-w api run one show -w site", "one of site");
    check("run -w api one show", "one of api");
    check("do where -w site", "site");
    check("do where --workflow api", "api");
    // An input of the same name keeps the long flag, and the short one is still the workflow.
    check("do take -w api --workflow other", "api took other");
    check("do take --workflow other -w site", "site took other");
}

#[test]
fn core_operations_take_the_workflow_like_any_other() {
    let project = Project::new(TWO);
    for line in ["do apply -w site --json", "do apply --workflow site --json"] {
        assert_eq!(project.done(line).document("do.json")["workflow"], "site");
    }
    let plan = project.done("do plan -w site --json").document("do.json");
    assert_eq!(plan["workflows"].as_array().unwrap().len(), 1);
    assert_eq!(plan["workflows"][0]["cachedNodeCount"], 1);
    let both = project.done("do plan --json").document("do.json");
    assert_eq!(both["workflows"].as_array().unwrap().len(), 2);
    for (line, workflow) in [
        ("do fork x -w api --json", "api"),
        ("do create y -w site --json", "site"),
        ("-w api do create z --json", "api"),
        (
            r#"do create --input '{"name":"v","workflow":"site"}' --json"#,
            "site",
        ),
    ] {
        let made = project.done(line).document("do.json");
        assert_eq!(made["workflow"], workflow, "{line}");
    }
    assert_snapshot!(project.transcript(&["do create --help", "do apply", "do create"]));
}

#[test]
fn a_workspace_of_another_workflow_is_refused_by_name() {
    let project = project();
    assert_snapshot!(project.transcript(&[
        "run two show -w api",
        "-w api run two show",
        "-w api rm two --yes",
        "-w api run tow show",
    ]));
    for line in [
        "run two show -w api --json",
        "-w api rm one two --yes --json",
    ] {
        let error = project.rig(line).exits_with(2).error();
        assert_eq!(error["code"], "wrong-workflow", "{line}");
    }
    let left = project.done("ls --json").document("ls.json");
    assert_eq!(left["workspaces"].as_array().unwrap().len(), 3);
}

#[test]
fn an_unknown_workflow_gets_the_nearest_name_everywhere() {
    let project = project();
    assert_snapshot!(project.transcript(&["ls -w stie", "do where -w stie"]));
    for line in [
        "ls",
        "cache ls",
        "cache clear",
        "cache explain",
        "cache invalidate --all",
        "cache invalidate prepare",
        "log",
        "log latest",
        "rm --all --yes",
        "rm one --yes",
        "run one show",
        "run one",
        "run",
        "do where",
        "do plan",
        "do",
        "plan",
        "apply",
        "create three",
        "graph",
    ] {
        let output = project.rig(&format!("--json -w stie {line}")).exits_with(2);
        let error = output.error();
        assert_eq!(error["code"], "unknown-workflow", "{line}");
        let help = "did you mean `site`? there is also: api";
        assert_eq!(error["help"], help, "{line}");
    }
    for line in [
        "run one show -w stie --json",
        "do where --workflow stie --json",
    ] {
        let error = project.rig(line).exits_with(2).error();
        assert_eq!(error["code"], "unknown-workflow", "{line}");
    }
    let left = project.done("ls --json").document("ls.json");
    assert_eq!(left["workspaces"].as_array().unwrap().len(), 3);
}

/// What a workflow left behind can be seen and removed after the config forgot it.
#[test]
fn a_workflow_that_is_gone_still_names_what_it_left() {
    let project = project();
    project.edit(
        "rig.config.ts",
        r#"export const site = simple("site");"#,
        "",
    );
    let names = |line: &str| {
        let document = project.done(line).document("ls.json");
        let workspaces = document["workspaces"].as_array().unwrap();
        workspaces
            .iter()
            .map(|one| one["name"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names("ls -w site --json"), [json!("one"), json!("two")]);
    project.done("log -w site");
    project.done("cache ls -w site");
    project.done("cache clear --yes -w site");
    // A config that does not load hides nothing either.
    project.write("rig.config.ts", "export const = 1;");
    assert_eq!(names("ls -w site --json"), [json!("one"), json!("two")]);
    assert!(names("ls -w nothing --json").is_empty());
}
