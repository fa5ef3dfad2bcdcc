//! Lenses: what can be done, and how things stand.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Capabilities, TestClient};

const SITE: &str = r#"import { workflow } from "@rigkit/sdk";

export const site = workflow("site")
  .sequence("main")
  .task("clone", async () => ({ ctx: { repo: "r" } }))
  .task("build", async ({ step }) => ({ ctx: { ...step.ctx, out: "o" } }))
  .workspace({ create: async () => ({}), remove: async () => {} })
  .workspaceOperation("open", { run: async () => "opened" })
  .operation("archive", { run: async () => "archived" });
"#;

#[test]
fn lenses_say_what_can_be_done() {
    let mut client = TestClient::new(SITE);
    assert_snapshot!(client.lenses("rig.config.ts"), @r#"
    3: ▶ apply (2 pending) | plan | graph
    5: ● never ran | apply up to here
    6: ● never ran | apply up to here
    7: + create workspace
    8: ▶ run on a workspace
    9: ▶ run
    "#);
}

#[test]
fn lenses_change_as_tasks_finish() {
    let mut client = TestClient::new(SITE);
    client
        .execute("rigkit.apply", json!({ "workflow": "site" }))
        .unwrap();
    client
        .execute("rigkit.createWorkspace", json!({ "workspace": "feature" }))
        .unwrap();
    client.wait_for("workspace/codeLens/refresh");
    let lenses = client.lenses("rig.config.ts");
    assert_snapshot!(lenses.replace("0s", "[age]").replace("1s", "[age]"), @r#"
    3: ✓ up to date | plan | graph
    5: ✓ cached [age] ago | invalidate
    6: ✓ cached [age] ago | invalidate
    7: + create workspace | feature
    8: ▶ run on a workspace
    9: ▶ run
    "#);
}

#[test]
fn lenses_stay_while_the_code_is_broken_and_move_with_it() {
    let mut client = TestClient::new(SITE);
    let before = client.lenses("rig.config.ts");
    client.replace("rig.config.ts", "export", "\n// moved\nconst x = ;\nexport");
    let after = client.lenses("rig.config.ts");
    let titles = |lenses: &str| {
        let lines = lenses
            .lines()
            .map(|line| line.split_once(": ").unwrap().1.to_owned());
        lines.collect::<Vec<_>>()
    };
    assert_eq!(titles(&before), titles(&after));
    assert_snapshot!(after.lines().next().unwrap(), @"6: ▶ apply (2 pending) | plan | graph");
}

#[test]
fn each_kind_can_be_switched_off() {
    let options = json!({ "codeLens": { "task": false, "workspace": false } });
    let mut client = TestClient::with(SITE, Capabilities::Full, options);
    assert_snapshot!(client.lenses("rig.config.ts"), @r#"
    3: ▶ apply (2 pending) | plan | graph
    8: ▶ run on a workspace
    9: ▶ run
    "#);
}

#[test]
fn tasks_of_loops_and_factories_can_be_applied_and_invalidated() {
    let mut client = TestClient::new(
        r#"import { sequence, workflow } from "@rigkit/sdk";
const built = (name: string) => sequence(name)
  .task("build", async () => ({ ctx: { name } }));
let ports = sequence("ports");
for (const port of ["1", "2"]) {
  ports = ports.task(`port-${port}`, async () => ({ ctx: { port } }));
}
export const one = workflow("one").sequence("main").parallel({ web: built("web"), api: built("api") });
export const two = workflow("two").sequence("main").parallel({ api: built("api"), ports });
"#,
    );
    let of_line = |client: &mut TestClient, line: &str| {
        let lenses = client.lenses("rig.config.ts");
        let found = lenses.lines().find_map(|found| found.strip_prefix(line));
        found.unwrap().to_owned()
    };
    assert_snapshot!(of_line(&mut client, "3: "), @"● 3 of 3 tasks pending | apply up to here in one | apply up to here in two");
    assert_snapshot!(of_line(&mut client, "6: "), @"● 2 of 2 tasks pending | apply up to here");
    client
        .execute(
            "rigkit.applyUntil",
            json!({ "workflow": "two", "tasks": ["ports.port-1", "api.build"] }),
        )
        .unwrap();
    assert_snapshot!(of_line(&mut client, "3: "), @"● 2 of 3 tasks pending | apply up to here in one | invalidate in two");
    assert_snapshot!(of_line(&mut client, "6: "), @"● 1 of 2 tasks pending | apply up to here | invalidate");
    let invalidated = client
        .execute(
            "rigkit.invalidate",
            json!({ "workflow": "two", "tasks": ["ports.port-1", "api.build"] }),
        )
        .unwrap();
    assert_eq!(invalidated["invalidated"].as_array().unwrap().len(), 2);
}
