//! `rig trust`, what records a decision, and that nothing runs before there is one.

use insta::assert_snapshot;
use rigkit_tests::{Output, Project};
use serde_json::{Value, json};

/// A project all of whose code leaves a trace.
const TOWER: &str = r#"
//- /rig.config.ts
import { defineProvider, workflow } from "@rigkit/sdk";
const ring = (local) => local.command({ argv: ["sh", "-c", "echo rung >> rung.txt"] });
const bell = defineProvider("bell", {}, {
  providerId: "bell",
  createProvider: ({ local }) => ({
    providerId: "bell",
    runtime: () => ({ ring: () => ring(local) }),
    checks: async ({ mode }) => { if (mode === "plan") await ring(local); return []; },
  }),
});
export const tower = workflow("tower", { providers: { bell } })
  .sequence("tower")
  .task("climb", async () => {})
  .workspace({ create: () => ({ ctx: {} }), remove: () => {} })
  .operation("ring", { run: async ({ bell }) => { await bell.ring(); } })
  .workspaceOperation("peal", { run: async ({ bell }) => { await bell.ring(); } });
"#;

fn rings(project: &Project) -> usize {
    project.lines("rung.txt").len()
}

fn decisions(project: &Project) -> Vec<Value> {
    let listed = project.done("trust ls --json").document("trust-ls.json");
    listed["decisions"].as_array().unwrap().clone()
}

#[test]
fn reading_a_strangers_project_runs_nothing() {
    for line in [
        "plan",
        "plan --json",
        "plan --all",
        "plan --out plan.json",
        "apply --dry-run",
        "apply --dry-run --until climb",
        "do plan",
        "do",
        "ls",
        "graph",
        "graph --format svg",
        "cache ls",
        "cache explain",
        "log",
        "projects",
        "doctor",
        "trust ls",
        "create one --help",
        "do ring --help",
    ] {
        let project = Project::of_stranger(TOWER);
        project.done(line);
        assert_eq!(rings(&project), 0, "{line}");
        assert!(!project.path(".rigkit").exists(), "{line}");
        assert!(!project.home().join(".rigkit/trusted").exists(), "{line}");
    }
}

#[test]
fn a_plan_says_that_it_did_not_ask_and_asks_once_it_may() {
    let project = Project::of_stranger(TOWER);
    let asked = |line: &str| {
        let planned = project.done(line).document("plan.json");
        planned["workflows"][0]["checksAsked"].clone()
    };
    assert_eq!(
        (asked("plan --json"), rings(&project)),
        (json!("not-asked"), 0)
    );
    assert_snapshot!(project.transcript(&["plan", "plan --checks", "plan", "plan --checks"]));
    assert_eq!(rings(&project), 3);
    assert_eq!((asked("plan --json"), rings(&project)), (json!("asked"), 4));
    project.done("trust --revoke");
    assert_eq!(
        (asked("plan --json"), rings(&project)),
        (json!("not-asked"), 4)
    );
}

#[test]
fn what_runs_code_is_a_decision() {
    let check = |before: &[&str], line: &str, by: &str| {
        let project = Project::of_stranger(TOWER);
        for line in before {
            project.done(line);
        }
        project.done("trust --revoke");
        let told = |output: &Output| output.stderr.matches("is trusted from now on").count();
        let first = project.done(line);
        assert_eq!(told(&first), 1, "{line}");
        assert!(!first.stdout.contains("is trusted"), "{line}");
        let decisions = decisions(&project);
        assert_eq!(decisions.len(), 1, "{line}");
        assert_eq!(decisions[0]["by"], by, "{line}");
        assert_eq!(told(&project.done("apply")), 0, "it is said once");
    };
    check(&[], "apply", "rig apply");
    check(&[], "apply --json", "rig apply");
    check(&[], "create one", "rig create");
    check(&[], "do ring", "rig do");
    check(&["create one"], "run one peal", "rig run");
    check(&["create one"], "rm one --yes", "rig rm");
    check(&[], "plan --checks", "rig plan --checks");
}

#[test]
fn with_quiet_nothing_is_said() {
    let project = Project::of_stranger(TOWER);
    assert_eq!(project.done("apply --quiet").stderr, "");
    assert_eq!(decisions(&project).len(), 1);
}

#[test]
fn decisions_are_told_as_text() {
    let project = Project::of_stranger(TOWER);
    assert_snapshot!(project.transcript(&[
        "trust ls",
        "trust",
        "trust ls",
        "trust --revoke",
        "trust --revoke",
        "trust --owner",
        "trust missing",
        "trust --owner --revoke",
    ]));
}

#[test]
fn decisions_are_told_as_json() {
    let project = Project::of_stranger(TOWER);
    let first = project.done("trust --json").document("trust.json");
    assert_eq!(
        first["folder"],
        project.root().canonicalize().unwrap().to_str().unwrap()
    );
    assert_eq!(
        (&first["trusts"], &first["isNew"]),
        (&json!("code"), &json!(true))
    );
    let again = project.done("trust --json").document("trust.json");
    assert_eq!(
        (&again["at"], &again["isNew"]),
        (&first["at"], &json!(false))
    );
    assert_eq!(decisions(&project)[0]["fate"], "present");
    let revoked = project.done("trust --revoke --json");
    let revoked = revoked.document("trust-revoke.json");
    assert_eq!(revoked["revoked"][0]["at"], first["at"]);
    let none = project.done("trust --revoke --json");
    assert_eq!(none.document("trust-revoke.json"), json!({ "revoked": [] }));
    let error = project.rig("trust --owner --json").exits_with(1).error();
    assert_eq!(error["code"], "nothing-foreign");
}

#[test]
fn a_decision_is_about_the_project_that_a_folder_is_in() {
    let project = Project::of_stranger(TOWER);
    project.write("src/deep/note.txt", "");
    project.done("trust src/deep");
    assert_eq!(
        decisions(&project)[0]["folder"],
        project.root().canonicalize().unwrap().to_str().unwrap()
    );
    project.done("trust --revoke src/deep");
    assert!(decisions(&project).is_empty());
}

#[test]
fn another_folder_does_not_inherit_trust() {
    let project = Project::new(TOWER);
    let moved = project.outside().join("moved");
    std::fs::rename(project.root(), &moved).unwrap();
    let fates = |project: &Project| decisions(project)[0]["fate"].clone();
    let planned = |directory| project.command("plan").directory(directory).run();
    assert!(planned(moved.clone()).stdout.contains("checks not asked"));
    std::fs::create_dir(project.root()).unwrap();
    project.write_all(TOWER);
    assert!(planned(project.root()).stdout.contains("checks not asked"));
    assert_eq!(fates(&project), "replaced");
    std::fs::remove_dir_all(project.root()).unwrap();
    std::fs::rename(moved, project.root()).unwrap();
    assert!(!planned(project.root()).stdout.contains("checks not asked"));
    assert_eq!(fates(&project), "present");
}

#[test]
fn a_repository_cannot_trust_itself() {
    let project = Project::of_stranger(TOWER);
    project.done("trust");
    let record = std::fs::read(project.home().join(".rigkit/trusted")).unwrap();
    project.done("trust --revoke");
    project.write(".rigkit/trusted", &record);
    project.write("home/.rigkit/trusted", &record);
    let home = project.path("home").display().to_string();
    project.write(
        ".env",
        format!("HOME={home}\nRIGKIT_CHECK_LIMIT_MS=1\nSUDO_UID=65534\n"),
    );
    project.done("plan");
    project.command("plan").env("HOME", "").run().exits_with(0);
    project.command("plan").env("HOME", ".").run().exits_with(0);
    assert_eq!(rings(&project), 0);
}

#[test]
fn a_damaged_record_trusts_nothing() {
    let project = Project::new(TOWER);
    let record = project.home().join(".rigkit/trusted");
    std::fs::write(&record, "nonsense\n").unwrap();
    assert_snapshot!(project.transcript(&["plan", "apply", "trust", "trust ls", "trust --revoke"]));
    assert_eq!(rings(&project), 0);
    assert_eq!(std::fs::read_to_string(&record).unwrap(), "nonsense\n");
    let examined = project.rig("doctor --json").exits_with(1);
    let examined = examined.document("doctor.json");
    assert_eq!(examined["trust"], json!({ "isTrusted": false }));
    assert_eq!(examined["problems"].as_array().unwrap().len(), 1);
}

#[test]
fn who_cannot_record_a_decision_runs_what_they_ask_for() {
    let project = Project::of_stranger(TOWER);
    std::fs::write(project.home().join(".rigkit"), "in the way").unwrap();
    let applied = project.done("apply");
    assert!(
        applied
            .stderr
            .contains("failed to read the record of trusted folders"),
        "{}",
        applied.stderr
    );
    project.rig("trust").exits_with(1);
}

#[test]
fn the_doctor_tells_since_when_and_by_what() {
    let project = Project::of_stranger(TOWER);
    let examine = || project.done("doctor --json").document("doctor.json");
    let examined = examine();
    assert_eq!(examined["trust"], json!({ "isTrusted": false }));
    let version = |examined: &Value| examined["node"]["version"].clone();
    assert!([json!("unknown"), Value::Null].contains(&version(&examined)));
    project.done("apply");
    let examined = examine();
    assert_eq!(examined["trust"]["by"], "rig apply");
    assert_eq!(examined["trust"]["since"], decisions(&project)[0]["at"]);
    assert_ne!(version(&examined), "unknown");
}

#[test]
fn a_check_that_never_ends_is_given_up() {
    let project = Project::new(&TOWER.replace("await ring(local)", "for (;;)"));
    project.done("apply");
    let planned = project
        .command("plan")
        .env("RIGKIT_CHECK_LIMIT_MS", "200")
        .run()
        .exits_with(0);
    assert_snapshot!(planned.stdout, @r"
    tower  1 of 1 to run
      ! the checks of the provider `bell` gave no answer in time
      climb  the provider `bell` gave no answer in time
    ");
    let document = project
        .command("plan --json")
        .env("RIGKIT_CHECK_LIMIT_MS", "200")
        .run()
        .document("plan.json");
    let plan = &document["workflows"][0];
    assert_eq!(plan["unansweredProviders"], json!(["bell"]));
    assert_eq!(
        plan["nodes"][0]["reason"],
        json!({ "code": "check-unanswered", "provider": "bell" })
    );
}
