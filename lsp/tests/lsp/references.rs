//! Every place that names what is under the cursor, and those of one document.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::TestClient;

const SITE: &str = r#"
//- rig.config.ts
import { host } from "@rigkit/provider-host";
import { defineConfig, sequence, workflow } from "@rigkit/sdk";
import { check } from "./check";
const site = workflow("site").sequence("main")
  .task("clone", async ({ host }) => ({ ctx: { repo: await host.exec("pwd") } }))
  .parallel({
    web: sequence("web").task("build", async ({ step }) => ({ ctx: { ...step.ctx, out: step.ctx.repo } })),
    "api": sequence("api").task("build", async ({ providers }) => { providers.host; }),
  })
  .task("check", check)
  .workspaceOperation("show", { run: async ({ workflow, host: machine }) => workflow.ctx.web.out });
export default defineConfig({ providers: { host: host.provider() }, workflows: { site } });
//- check.ts
export const check = async ({ step, host }) => {
  const { repo } = step.ctx;
  if (repo === step.ctx["web"].out) return step.invalidate("web.build");
  if (host) return step.invalidate("clone");
  return step.invalidate("build");
};
"#;

fn at(text: &str) -> TestClient {
    let marked = SITE.replacen(&text.replace("$0", ""), text, 1);
    let mut client = TestClient::new(&marked);
    client.close("check.ts");
    client.diagnostics("rig.config.ts");
    client
}

fn check(text: &str) -> String {
    ask(text, true)
}

fn ask(text: &str, includes_definitions: bool) -> String {
    let mut client = at(text);
    let mut parameters = client.at_cursor();
    parameters["context"] = json!({ "includeDeclaration": includes_definitions });
    let found = client.request("textDocument/references", &parameters);
    client.show_locations(&found.unwrap())
}

#[test]
fn tasks_are_named_by_name_and_by_path() {
    assert_snapshot!(check("\"cl$0one\""), @r#"
    check.ts:4:37: if (host) return step.invalidate("[clone]");
    rig.config.ts:5:10: .task("[clone]", async ({ host }) => ({ ctx: { repo: await host.exec("pwd") } }))
    "#);
    assert_snapshot!(check("web: sequence(\"web\").task(\"bu$0ild\""), @r#"
    check.ts:3:65: if (repo === step.ctx["web"].out) return step.invalidate("web.[build]");
    check.ts:5:27: return step.invalidate("[build]");
    rig.config.ts:7:32: web: sequence("web").task("[build]", async ({ step }) => ({ ctx: { ...step.ctx, out: step.ctx.repo } })),
    "#);
    assert_snapshot!(ask("web: sequence(\"web\").task(\"bu$0ild\"", false), @r#"
    check.ts:3:65: if (repo === step.ctx["web"].out) return step.invalidate("web.[build]");
    check.ts:5:27: return step.invalidate("[build]");
    "#);
}

#[test]
fn branches_are_named_in_paths_and_in_the_context() {
    assert_snapshot!(check("w$0eb: sequence"), @r#"
    check.ts:3:26: if (repo === step.ctx["[web]"].out) return step.invalidate("web.build");
    check.ts:3:61: if (repo === step.ctx["web"].out) return step.invalidate("[web].build");
    rig.config.ts:11:90: .workspaceOperation("show", { run: async ({ workflow, host: machine }) => workflow.ctx.[web].out });
    rig.config.ts:7:5: [web]: sequence("web").task("build", async ({ step }) => ({ ctx: { ...step.ctx, out: step.ctx.repo } })),
    "#);
}

#[test]
fn providers_are_named_in_every_way_a_handler_takes_them() {
    assert_snapshot!(check("providers: { ho$0st"), @r#"
    check.ts:1:37: export const check = async ({ step, [host] }) => {
    rig.config.ts:11:57: .workspaceOperation("show", { run: async ({ workflow, [host]: machine }) => workflow.ctx.web.out });
    rig.config.ts:12:44: export default defineConfig({ providers: { [host]: host.provider() }, workflows: { site } });
    rig.config.ts:5:27: .task("clone", async ({ [host] }) => ({ ctx: { repo: await host.exec("pwd") } }))
    rig.config.ts:8:79: "api": sequence("api").task("build", async ({ providers }) => { providers.[host]; }),
    "#);
}

#[test]
fn keys_of_the_context_are_named_where_they_are_made_and_read() {
    assert_snapshot!(check("ctx: { re$0po"), @r#"
    check.ts:2:11: const { [repo] } = step.ctx;
    rig.config.ts:5:48: .task("clone", async ({ host }) => ({ ctx: { [repo]: await host.exec("pwd") } }))
    rig.config.ts:7:97: web: sequence("web").task("build", async ({ step }) => ({ ctx: { ...step.ctx, out: step.ctx.[repo] } })),
    "#);
    assert_snapshot!(check("o$0ut: step"), @r#"
    check.ts:3:32: if (repo === step.ctx["web"].[out]) return step.invalidate("web.build");
    rig.config.ts:11:94: .workspaceOperation("show", { run: async ({ workflow, host: machine }) => workflow.ctx.web.[out] });
    rig.config.ts:7:83: web: sequence("web").task("build", async ({ step }) => ({ ctx: { ...step.ctx, [out]: step.ctx.repo } })),
    "#);
}

#[test]
fn operations_are_named_by_their_call() {
    assert_snapshot!(check("\"sh$0ow\""), @r#"rig.config.ts:11:24: .workspaceOperation("[show]", { run: async ({ workflow, host: machine }) => workflow.ctx.web.out });"#);
}

#[test]
fn highlights_are_those_of_the_document() {
    let highlights = |text: &str| {
        let mut client = at(text);
        let found = client.request("textDocument/documentHighlight", &client.at_cursor());
        let found = found.unwrap();
        let Some(found) = found.as_array() else {
            return "nothing".to_owned();
        };
        let lines = found.iter().map(|found| {
            let kind = ["", "text", "read", "write"]
                [usize::try_from(found["kind"].as_u64().unwrap()).unwrap()];
            format!(
                "{kind} {}",
                client.show_range("rig.config.ts", &found["range"])
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(highlights("providers: { ho$0st"), @r#"
    read 5:27: .task("clone", async ({ [host] }) => ({ ctx: { repo: await host.exec("pwd") } }))
    read 8:79: "api": sequence("api").task("build", async ({ providers }) => { providers.[host]; }),
    read 11:57: .workspaceOperation("show", { run: async ({ workflow, [host]: machine }) => workflow.ctx.web.out });
    write 12:44: export default defineConfig({ providers: { [host]: host.provider() }, workflows: { site } });
    "#);
    assert_snapshot!(highlights("async ({ ho$0st"), @"nothing");
    assert_snapshot!(highlights("o$0ut: step"), @r#"
    write 7:83: web: sequence("web").task("build", async ({ step }) => ({ ctx: { ...step.ctx, [out]: step.ctx.repo } })),
    read 11:94: .workspaceOperation("show", { run: async ({ workflow, host: machine }) => workflow.ctx.web.[out] });
    "#);
}
