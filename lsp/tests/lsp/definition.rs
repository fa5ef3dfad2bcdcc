//! Where what is under the cursor got its name.

use insta::assert_snapshot;

use crate::support::TestClient;

/// Says where the definition of what is at the cursor is, once everything has been evaluated.
fn check(fixture: &str) -> String {
    let mut client = TestClient::new(fixture);
    client.diagnostics("rig.config.ts");
    ask(&mut client)
}

fn ask(client: &mut TestClient) -> String {
    let found = client.request("textDocument/definition", &client.at_cursor());
    client.show_locations(&found.unwrap())
}

#[test]
fn a_target_of_invalidate_leads_to_its_task() {
    assert_snapshot!(check(r#"
import { workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main")
  .task("login", async () => {})
  .task("use", async ({ step }) => step.invalidate("log$0in"));
"#), @r#"rig.config.ts:4:10: .task("[login]", async () => {})"#);
}

#[test]
fn each_part_of_a_path_leads_to_what_has_that_name() {
    let fixture = |target: &str| {
        format!(
            r#"
import {{ sequence, task, workflow }} from "@rigkit/sdk";
export const site = workflow("site").sequence("main")
  .parallel({{
    web: sequence("base").task("build", async () => {{}}),
    api: task("build", async () => {{}}),
  }})
  .task("use", async ({{ step: {{ invalidate }} }}) => invalidate("{target}"));
"#
        )
    };
    assert_snapshot!(check(&fixture("w$0eb.base.build")), @r#"rig.config.ts:5:5: [web]: sequence("base").task("build", async () => {}),"#);
    assert_snapshot!(check(&fixture("web.$0base.build")), @r#"rig.config.ts:5:20: web: sequence("[base]").task("build", async () => {}),"#);
    assert_snapshot!(check(&fixture("web.base.build$0")), @r#"rig.config.ts:5:33: web: sequence("base").task("[build]", async () => {}),"#);
    assert_snapshot!(check(&fixture("build$0")), @r#"
    rig.config.ts:5:33: web: sequence("base").task("[build]", async () => {}),
    rig.config.ts:6:16: api: task("[build]", async () => {}),
    "#);
}

#[test]
fn a_provider_leads_to_the_call_that_names_it_there() {
    let fixture = |used: &str| {
        format!(
            r#"
import {{ host }} from "@rigkit/provider-host";
import {{ defineConfig, workflow }} from "@rigkit/sdk";
const site = workflow("site", {{ providers: {{ own: host.provider() }} }}).sequence("main")
  .addProvider("machine", host.provider())
  .task("a", async ({{ {used} }}) => {{}})
  .addProvider("machine", host.provider())
  .task("b", async (given) => {{ given.machine; const {{ providers }} = given; providers.machine; }})
  .removeProvider("machine");
export default defineConfig({{ providers: {{ "shared": host.provider() }}, workflows: {{ site }} }});
"#
        )
    };
    assert_snapshot!(check(&fixture("mach$0ine")), @r#"rig.config.ts:5:17: .addProvider("[machine]", host.provider())"#);
    assert_snapshot!(check(&fixture("own$0: mine")), @r#"rig.config.ts:4:46: const site = workflow("site", { providers: { [own]: host.provider() } }).sequence("main")"#);
    assert_snapshot!(check(&fixture("providers: { shar$0ed = undefined }")), @r#"rig.config.ts:10:45: export default defineConfig({ providers: { "[shared]": host.provider() }, workflows: { site } });"#);
    assert_snapshot!(check(&fixture("other$0")), @"nothing");
    let later = |text: &str| fixture("").replacen(text, &text.replace("machine", "mach$0ine"), 1);
    assert_snapshot!(check(&later("given.machine")), @r#"rig.config.ts:7:17: .addProvider("[machine]", host.provider())"#);
    assert_snapshot!(check(&later("providers.machine")), @r#"rig.config.ts:7:17: .addProvider("[machine]", host.provider())"#);
    assert_snapshot!(check(&later("removeProvider(\"machine\")")), @r#"rig.config.ts:7:17: .addProvider("[machine]", host.provider())"#);
}

#[test]
fn a_key_of_the_context_leads_to_the_task_that_puts_it_there() {
    let fixture = |read: &str| {
        format!(
            r#"
import {{ sequence, workflow }} from "@rigkit/sdk";
export const site = workflow("site").sequence("main")
  .task("clone", async () => ({{ ctx: {{ repo: "r", kept: 1 }} }}))
  .task("lint", async () => {{}})
  .task("again", async ({{ step }}) => {{
    const repo = "other";
    if (step.ctx.kept) return {{ ctx: {{ ...step.ctx, repo }} }};
    return {{ ctx: {{ ...step.ctx, repo: "third" }} }};
  }})
  .parallel({{ web: sequence("web").task("build", async () => ({{ ctx: {{ out: "o" }} }})) }})
  .task("use", async ({{ step }}) => {{
    const {{ ctx }} = step;
    return {read};
  }})
  .workspaceOperation("show", {{ run: async ({{ workflow }}) => workflow.ctx.kept }});
"#
        )
    };
    assert_snapshot!(check(&fixture("ctx.re$0po")), @r#"
    rig.config.ts:8:53: if (step.ctx.kept) return { ctx: { ...step.ctx, [repo] } };
    rig.config.ts:9:34: return { ctx: { ...step.ctx, [repo]: "third" } };
    "#);
    assert_snapshot!(check(&fixture("step.ctx?.kept$0")), @r#"rig.config.ts:4:51: .task("clone", async () => ({ ctx: { repo: "r", [kept]: 1 } }))"#);
    assert_snapshot!(check(&fixture("ctx.we$0b.out")), @r#"rig.config.ts:11:15: .parallel({ [web]: sequence("web").task("build", async () => ({ ctx: { out: "o" } })) })"#);
    assert_snapshot!(check(&fixture("ctx.web.ou$0t")), @r#"rig.config.ts:11:72: .parallel({ web: sequence("web").task("build", async () => ({ ctx: { [out]: "o" } })) })"#);
    assert_snapshot!(check(&fixture("ctx.none$0")), @"nothing");
    assert_snapshot!(check(&fixture("[].map((ctx) => ctx.re$0po)")), @"nothing");
    let shown = fixture("1").replace("workflow.ctx.kept", "workflow.ctx.$0kept");
    assert_snapshot!(check(&shown), @r#"rig.config.ts:4:51: .task("clone", async () => ({ ctx: { repo: "r", [kept]: 1 } }))"#);
    let of_project = shown.replace(".workspaceOperation", ".operation");
    assert_snapshot!(check(&of_project), @"nothing");
}

#[test]
fn definitions_are_found_in_other_files_and_handlers_declared_elsewhere() {
    assert_snapshot!(check(r#"
//- rig.config.ts
import { workflow } from "@rigkit/sdk";
import { clone, use } from "./steps";
export const site = workflow("site").sequence("main")
  .task("clone", clone)
  .task("use", use);
//- steps.ts
export async function clone() {
  return { ctx: { repo: "r" } };
}
export const use = async ({ step }) => {
  if (!step.ctx.repo$0) return step.invalidate("clone");
};
"#), @r#"steps.ts:2:19: return { ctx: { [repo]: "r" } };"#);
    assert_snapshot!(check(r#"
//- rig.config.ts
import { workflow } from "@rigkit/sdk";
import { use } from "./steps";
export const site = workflow("site").sequence("main")
  .task("clone", async () => {})
  .task("use", use);
//- steps.ts
export const use = async ({ step }) => helper(step);
const helper = (step) => step.invalidate("clone$0");
"#), @r#"rig.config.ts:4:10: .task("[clone]", async () => {})"#);
}

#[test]
fn a_handler_that_a_function_makes_is_known_by_its_code() {
    assert_snapshot!(check(r#"
import { workflow } from "@rigkit/sdk";
const make = (at) => async () => ({ ctx: { repo: at } });
const use = () => async ({ step }) => { step.ctx.repo$0; };
export const site = workflow("site").sequence("main").task("clone", make("r")).task("use", use());
"#), @"rig.config.ts:3:44: const make = (at) => async () => ({ ctx: { [repo]: at } });");
}

#[test]
fn what_only_the_language_knows_is_left_to_it() {
    let nothing = |text: &str| {
        let fixture = format!(
            r#"
import {{ workflow }} from "@rigkit/sdk";
const names = {{ site: "site", "key": 1 }};
export const site = workflow(names.site).sequence("main")
  .task("clone", async ({{ step }}) => {{ {text} }});
"#
        );
        assert_eq!(check(&fixture), "nothing", "{text}");
    };
    nothing("const clone$0 = 1;");
    nothing("names.si$0te");
    nothing("console.log(\"clone$0\");");
    nothing("step.log(\"clone$0\");");
    nothing("new Set().add(\"clone$0\");");
    nothing("step.invalidate(\"late$0r\");");
    nothing("$0");
}

#[test]
fn broken_code_keeps_its_definitions() {
    let mut client = TestClient::new(
        r#"
import { workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main")
  .task("login", async () => {})
  .task("use", async ({ step }) => step.invalidate("login"));
"#,
    );
    client.diagnostics("rig.config.ts");
    client.replace("rig.config.ts", "export", "// 😀\nconst broken = ;\nexport");
    client.replace("rig.config.ts", "\"use\"", "\"use it\", {");
    client.diagnostics("rig.config.ts");
    let place = client.at("rig.config.ts", "login\"));");
    let found = client.request("textDocument/definition", &place).unwrap();
    assert_snapshot!(client.show_locations(&found), @r#"rig.config.ts:6:10: .task("[login]", async () => {})"#);
}

#[test]
fn code_may_be_as_deep_as_it_likes() {
    let chain = ".a".repeat(20_000);
    let (open, close) = ("{ a: ".repeat(4_000), " }".repeat(4_000));
    for deep in [
        format!("step.ctx{chain}.x;"),
        format!("const {open}a{close} = step; a.x;"),
        format!("{}step.ctx{}.x;", "(".repeat(4_000), ")".repeat(4_000)),
    ] {
        let site = "import { workflow } from \"@rigkit/sdk\";\nexport const site = workflow(\"site\").sequence(\"main\").task(\"t\", async ({ step }) => { HERE });\n";
        let mut client = TestClient::new(&site.replace("HERE", "step.x;"));
        client.diagnostics("rig.config.ts");
        client.replace("rig.config.ts", "step.x;", &deep);
        let place = client.at("rig.config.ts", "x;");
        assert_eq!(
            client.request("textDocument/definition", &place),
            Ok(serde_json::Value::Null)
        );
        assert!(client.panics().is_empty());
    }
}
