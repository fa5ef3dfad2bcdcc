//! `rig` that a task starts itself.

use std::{thread, time::Duration};

use rigkit_tests::{Output, Project, rig};

/// A task that runs a line of the environment, another workflow, and another project between the two.
const NESTED: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";

const one = (name, run) => workflow(name, { providers: { host: host.provider() } }).sequence(name).task("run", run);

export const web = one("web", () => {})
  .task("inner", { cacheTTL: 0 }, async ({ host }) => {
    const { exitCode, stderr } = await host.exec('eval "$INNER"', { check: false });
    return { ctx: { exitCode, stderr } };
  })
  .workspace({ create: () => ({}), remove: () => {} })
  .operation("say", { run: () => "said" });
export const other = one("other", () => {});
//- /between/rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";
export const between = workflow("between", { providers: { host: host.provider() } })
  .sequence("between")
  .task("up", { cacheTTL: 0 }, async ({ host }) => {
    await host.exec("\"$RIG\" --chdir .. apply -w web", { check: true });
  });
"#;

fn apply(project: &Project, inner: &str) -> Output {
    let command = project.command("apply -w web --json").env("INNER", inner);
    command.env("RIG", rig()).run()
}

#[test]
fn a_task_that_applies_its_own_workflow_does_not_wait_for_itself() {
    let project = Project::new(NESTED);
    let itself = "an apply of `web` cannot wait for the one that started it: tester@";
    let cases = [
        ("\"$RIG\" apply -w web", 1, itself),
        ("\"$RIG\" apply -w web --no-wait", 1, itself),
        (
            "exec env -i HOME=\"$HOME\" INNER=x \"$RIG\" apply -w web",
            1,
            itself,
        ),
        ("setsid -w \"$RIG\" apply -w web", 1, itself),
        ("\"$RIG\" create one -w web", 1, itself),
        ("\"$RIG\" --chdir between apply", 1, itself),
        ("\"$RIG\" plan -w web", 0, ""),
        ("\"$RIG\" apply -w other", 0, "other  done in"),
        ("\"$RIG\" do say -w web", 0, ""),
        ("\"$RIG\" ls && \"$RIG\" log && \"$RIG\" cache ls", 0, ""),
    ];
    for (inner, code, message) in cases {
        let applied = apply(&project, inner).exits_with(0);
        let context = &applied.document("apply.json")["context"];
        let told = context["stderr"].as_str().unwrap();
        assert_eq!(context["exitCode"], code, "{inner}: {told}");
        assert!(told.contains(message), "{inner}: {told}");
    }
    let inner = "\"$RIG\" apply -w web --json >&2";
    let applied = apply(&project, inner).exits_with(0);
    let context = &applied.document("apply.json")["context"];
    let document = serde_json::from_str(context["stderr"].as_str().unwrap()).unwrap();
    rigkit_tests::check_document("error.json", &document);
    assert_eq!(document["error"]["code"], "waits-for-itself");
}

/// Nobody waits for what is detached, so that it can wait.
#[test]
fn what_is_detached_waits_for_the_apply_that_started_it() {
    let project = Project::new(
        r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";
export const web = workflow("web", { providers: { host: host.provider() } })
  .sequence("web")
  .task("start", async ({ host }) => {
    await host.exec("\"$RIG\" apply > log 2>&1; mv log ended", { detach: true });
    await host.exec("until grep -q waiting log; do sleep 0.05; done");
  });
"#,
    );
    let _ = project
        .command("apply")
        .env("RIG", rig())
        .run()
        .exits_with(0);
    while !project.path("ended").exists() {
        thread::sleep(Duration::from_millis(20));
    }
    let told = project.read("ended");
    assert!(told.contains("web  up to date"), "{told}");
}
