//! Completion: names and values that only the engine knows.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Capabilities, TestClient};

const SITE: &str = r#"import { host } from "@rigkit/provider-host";
import { env, workflow } from "@rigkit/sdk";
export const site = workflow("site", { providers: { host: host.provider(), other: host.provider() } })
  .sequence("main")
  .task("clone", async () => ({ ctx: { repo: { url: "r", "my-key": 1 } } }))
  .task("build", async ({ host, step }) => {
    return { ctx: { ...step.ctx, out: "o" } };
  })
  .parallel({
    web: workflow("w").sequence("web").task("build", async () => ({ ctx: { size: 1 } })),
    app: workflow("a").sequence("app").task("sign", async () => {}),
  })
  .task("publish", { version: "1" }, async ({ step, providers }) => {})
  .workspace({
    create: async ({ workflow, workspace }) => ({ at: workspace.name }),
    remove: async ({ workspace }) => {},
  })
  .operation("archive", { run: async ({ step }) => {} });
"#;

/// Lists what is offered at the cursor, as `label (detail) → text that is written at what`.
fn offered(client: &mut TestClient, file: &str, offset: usize) -> String {
    let at = json!({
        "textDocument": { "uri": client.uri(file) }, "position": client.position(file, offset),
    });
    let list = client.request("textDocument/completion", &at).unwrap();
    let mut items = match list {
        Value::Null => return "nothing".to_owned(),
        list => list["items"].as_array().unwrap().clone(),
    };
    items.sort_by_key(|item| item["sortText"].as_str().unwrap().to_owned());
    let lines: Vec<String> = items
        .iter()
        .map(|item| line(client.text(file), item))
        .collect();
    assert_ne!(lines.len(), 0, "there is no empty list");
    lines.join("\n")
}

fn line(text: &str, item: &Value) -> String {
    let label = item["label"].as_str().unwrap();
    let detail = item["detail"].as_str().unwrap_or("no detail");
    let edit = &item["textEdit"];
    let written = edit["newText"].as_str().unwrap().replace('\n', "\\n");
    let place = |end: &str| {
        let place = &edit["range"][end];
        let number = |name: &str| usize::try_from(place[name].as_u64().unwrap()).unwrap();
        (number("line"), number("character"))
    };
    let (start, end) = (place("start"), place("end"));
    assert_eq!(start.0, end.0, "an edit is on one line");
    let line: Vec<u16> = text.lines().nth(start.0).unwrap().encode_utf16().collect();
    let replaced = String::from_utf16(&line[start.1..end.1]).unwrap();
    format!("{label} ({detail}): {replaced:?} → {written}")
}

fn opened(config: &str) -> TestClient {
    let mut client = TestClient::new(config);
    client.diagnostics("rig.config.ts");
    client
}

/// Types something into a project that is known already, and lists what is offered there.
fn typed(client: &mut TestClient, old: &str, new: &str) -> String {
    let place = client.text("rig.config.ts").find(old).unwrap();
    let cursor = new.find("$0").unwrap();
    client.replace("rig.config.ts", old, &new.replacen("$0", "", 1));
    offered(client, "rig.config.ts", place + cursor)
}

fn check(old: &str, new: &str) -> String {
    typed(&mut opened(SITE), old, new)
}

fn check_applied(old: &str, new: &str) -> String {
    let mut client = opened(SITE);
    client.execute("rigkit.apply", json!({})).unwrap();
    typed(&mut client, old, new)
}

const PUBLISH: &str = "async ({ step, providers }) => {}";

fn in_publish(code: &str) -> String {
    format!("async ({{ step, providers }}) => {{ {code} }}")
}

#[test]
fn earlier_tasks_may_be_invalidated() {
    assert_snapshot!(check(PUBLISH, &in_publish("return step.invalidate(\"$0\");")), @r#"
    sign (● never ran): "" → sign
    web.build (● never ran): "" → web.build
    build (● never ran): "" → build
    clone (● never ran): "" → clone
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("return step.invalidate('cl$0o')")), @r#"
    sign (● never ran): "clo" → sign
    web.build (● never ran): "clo" → web.build
    build (● never ran): "clo" → build
    clone (● never ran): "clo" → clone
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("return step.invalidate(\"cl$0")), @r#"
    sign (● never ran): "cl" → sign
    web.build (● never ran): "cl" → web.build
    build (● never ran): "cl" → build
    clone (● never ran): "cl" → clone
    "#);
    assert_snapshot!(check("async () => ({ ctx: { size: 1 } })", "async ({ step }) => step.invalidate(\"$0\")"), @r#"
    build (● never ran): "" → build
    clone (● never ran): "" → clone
    "#);
    assert_snapshot!(check("async () => ({ ctx: { repo", "async ({ step }) => step.invalidate(\"$0\") || ({ ctx: { repo"), @"nothing");
    assert_snapshot!(check("run: async ({ step }) => {}", "run: async ({ step }) => step.invalidate(\"$0\")"), @"nothing");
}

#[test]
fn keys_of_tasks_that_never_ran_are_read_in_their_code() {
    assert_snapshot!(check(PUBLISH, &in_publish("step.ctx.$0")), @r#"
    web (no value yet): "" → web
    app (no value yet): "" → app
    out (no value yet): "" → out
    repo (no value yet): "" → repo
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("`${step.ctx.app.$0}`")), @r#"
    out (no value yet): "" → out
    repo (no value yet): "" → repo
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("step.ctx.app.$0")), @r#"
    out (no value yet): "" → out
    repo (no value yet): "" → repo
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("step.ctx.web.$0\n    return;")), @r#"size (no value yet): "" → size"#);
}

#[test]
fn keys_show_what_they_held() {
    assert_snapshot!(check_applied(PUBLISH, &in_publish("step.ctx.$0")), @r#"
    web ({"size":1}): "" → web
    app ({"repo":{"url":"r","my-key":1},"out":"o"}): "" → app
    out ("o"): "" → out
    repo ({"url":"r","my-key":1}): "" → repo
    "#);
    assert_snapshot!(check_applied(PUBLISH, &in_publish("step.ctx.repo.u$0")), @r#"
    url ("r"): "u" → url
    my-key (1): ".u" → ["my-key"]
    "#);
    assert_snapshot!(check_applied(PUBLISH, &in_publish("step.ctx.repo?.my$0")), @r#"
    url ("r"): "my" → url
    my-key (1): "my" → ["my-key"]
    "#);
    assert_snapshot!(check_applied(PUBLISH, &in_publish("step?.ctx[\"re$0po\"]")), @r#"
    web ({"size":1}): "repo" → web
    app ({"repo":{"url":"r","my-key":1},"out":"o"}): "repo" → app
    out ("o"): "repo" → out
    repo ({"url":"r","my-key":1}): "repo" → repo
    "#);
    assert_snapshot!(check_applied("({ at: workspace.name })", "({ at: workflow.ctx.$0 })"), @r#"
    web ({"size":1}): "" → web
    app ({"repo":{"url":"r","my-key":1},"out":"o"}): "" → app
    out ("o"): "" → out
    repo ({"url":"r","my-key":1}): "" → repo
    "#);
    assert_snapshot!(check_applied("run: async ({ step }) => {}", "run: async ({ step }) => step.ctx.$0"), @"nothing");
}

#[test]
fn names_are_followed_to_the_context() {
    assert_snapshot!(check(PUBLISH, &in_publish("const { ctx } = step; ctx.$0")), @r#"
    web (no value yet): "" → web
    app (no value yet): "" → app
    out (no value yet): "" → out
    repo (no value yet): "" → repo
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("const { web } = step.ctx; web.s$0")), @r#"size (no value yet): "s" → size"#);
    assert_snapshot!(check(PUBLISH, &in_publish("const ctx = { a: 1 }; ctx.$0")), @"nothing");
}

#[test]
fn keys_of_a_workspace_are_those_of_existing_ones() {
    let mut client = opened(SITE);
    client
        .execute("rigkit.createWorkspace", json!({ "workspace": "w" }))
        .unwrap();
    let offered = typed(
        &mut client,
        "remove: async ({ workspace }) => {}",
        "remove: async ({ workspace }) => { workspace.ctx.$0 }",
    );
    assert_snapshot!(offered, @r#"at ("w"): "" → at"#);
}

#[test]
fn keys_have_the_value_and_the_task_in_their_documentation() {
    let mut client = opened(SITE);
    client.execute("rigkit.apply", json!({})).unwrap();
    client.replace("rig.config.ts", PUBLISH, &in_publish("step.ctx.x"));
    let at = client.at("rig.config.ts", "x }");
    let list = client.request("textDocument/completion", &at).unwrap();
    let items = list["items"].as_array().unwrap();
    let repo = items.iter().find(|item| item["label"] == "repo").unwrap();
    let documentation = repo["documentation"]["value"].as_str().unwrap();
    let age = documentation.find(", ").unwrap()..documentation.find(" ago").unwrap();
    assert_snapshot!(documentation.replace(&documentation[age], ", [age]"), @r#"
    from `clone`, [age] ago

    ```json
    {
      "url": "r",
      "my-key": 1
    }
    ```
    "#);
}

#[test]
fn a_task_that_was_never_evaluated_follows_the_one_before_it() {
    let new = ".task(\"test\", async ({ ho$0, step }) => {})\n  .parallel({";
    assert_snapshot!(check("  .parallel({", new), @r#"
    host (provider with the id host): "ho" → host
    other (provider with the id host): "ho" → other
    providers (the providers in scope, by name): "ho" → providers
    config (the configuration in scope): "ho" → config
    "#);
    let new = ".task(\"test\", async ({ step }) => { step.ctx.$0 })\n  .parallel({";
    assert_snapshot!(check("  .parallel({", new), @r#"
    out (no value yet): "" → out
    repo (no value yet): "" → repo
    "#);
    let new = ".task(\"test\", async ({ step }) => { step.ctx.$0\n  .parallel({";
    assert_snapshot!(check("  .parallel({", new), @r#"
    out (no value yet): "" → out
    repo (no value yet): "" → repo
    "#);
}

#[test]
fn providers_in_scope_are_offered_to_handlers_only() {
    assert_snapshot!(check("{ host, step }", "{ host, o$0, step }"), @r#"
    other (provider with the id host): "o" → other
    providers (the providers in scope, by name): "o" → providers
    config (the configuration in scope): "o" → config
    "#);
    assert_snapshot!(check("({ step, providers })", "({ $0 })"), @r#"
    host (provider with the id host): "" → host
    other (provider with the id host): "" → other
    step (what the handler knows about its own run): "" → step
    providers (the providers in scope, by name): "" → providers
    config (the configuration in scope): "" → config
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("providers.$0")), @r#"
    host (provider with the id host): "" → host
    other (provider with the id host): "" → other
    "#);
    let map = in_publish("[{ a: 1 }].map(({ $0 }) => 1)");
    assert_snapshot!(check(PUBLISH, &map), @"nothing");
    assert_snapshot!(check("{ step, providers }", "{ step: { $0 } }"), @r#"
    ctx (what the task before this one returned): "" → ctx
    invalidate (marks an earlier task as no longer valid): "" → invalidate
    log (writes to the log of this task): "" → log
    metadata (adds to what is stored with the run): "" → metadata
    signal (fires when the run is cancelled): "" → signal
    nodePath (the path of this task): "" → nodePath
    workflow (the name of the workflow): "" → workflow
    "#);
    let operation = ".operation(\"archive\", { run: async ({ step }) => {} })";
    let method = ".operation(\"archive\", { async run({ ot$0 }) {} })";
    assert_snapshot!(check(operation, method), @r#"
    host (provider with the id host): "ot" → host
    other (provider with the id host): "ot" → other
    input (the input, validated, with its defaults): "ot" → input
    workflow (the name of the workflow): "ot" → workflow
    step (what the handler knows about its own run): "ot" → step
    providers (the providers in scope, by name): "ot" → providers
    local (the developer's machine): "ot" → local
    "#);
    let input = ".operation(\"archive\", { input: ({ $0 }) => ({}), run: async () => {} })";
    assert_snapshot!(check(operation, input), @"nothing");
    let named = "const clone = async ({ $0 }) => {};\nexport const site";
    assert_snapshot!(check("export const site", named), @"nothing");
}

#[test]
fn a_handler_with_a_name_sees_what_its_task_sees() {
    let config = SITE.replacen(PUBLISH, "publish", 1)
        + "async function publish({ step, $0 }) { step.ctx.repo; }\n";
    let cursor = config.find("$0").unwrap();
    let mut client = opened(&config.replacen("$0", "", 1));
    assert_snapshot!(offered(&mut client, "rig.config.ts", cursor), @r#"
    host (provider with the id host): "" → host
    other (provider with the id host): "" → other
    providers (the providers in scope, by name): "" → providers
    config (the configuration in scope): "" → config
    "#);
}

#[test]
fn units_follow_the_number() {
    assert_snapshot!(check("version: \"1\"", "cacheTTL: \"1.5$0\""), @r#"
    1.5s (kept for 1 second 500 milliseconds): "1.5" → 1.5s
    1.5m (kept for 1 minute 30 seconds): "1.5" → 1.5m
    1.5h (kept for 1 hour 30 minutes): "1.5" → 1.5h
    1.5d (kept for 1 day 12 hours): "1.5" → 1.5d
    "#);
    assert_snapshot!(check("version: \"1\"", "cacheTTL: '$0'"), @r#"
    30s (kept for 30 seconds): "" → 30s
    10m (kept for 10 minutes): "" → 10m
    1h (kept for 1 hour): "" → 1h
    1d (kept for 1 day): "" → 1d
    7d (kept for 7 days): "" → 7d
    "#);
    assert_snapshot!(check("version: \"1\"", "cacheTTL: \"3$0 }"), @r#"
    3ms (kept for 3 milliseconds): "3" → 3ms
    3s (kept for 3 seconds): "3" → 3s
    3m (kept for 3 minutes): "3" → 3m
    3h (kept for 3 hours): "3" → 3h
    3d (kept for 3 days): "3" → 3d
    "#);
    assert_snapshot!(check("version: \"1\"", "version: \"3$0\""), @"nothing");
}

#[test]
fn options_are_offered_where_they_are_missing() {
    assert_snapshot!(check("version: \"1\"", "version: \"1\", c$0"), @r#"
    cacheTTL (how long a run is kept): "c" → cacheTTL: "${1:1d}"
    output (the schema of the context that the task returns): "c" → output: $1
    cutoff (equal output leaves the tasks after it cached): "c" → cutoff: ${1:true}
    "#);
    assert_snapshot!(check("version: \"1\"", "version: $0"), @"nothing");
    assert_snapshot!(check(".operation(\"archive\", { run", ".operation(\"archive\", { $0, run"), @r#"
    title (a name for people): "" → title: "$1"
    description (what it does, for its help): "" → description: "$1"
    input (what it asks for): "" → input: $1
    "#);
    assert_snapshot!(check("    remove: async ({ workspace }) => {},", "    $0"), @r#"remove (takes away what `create` made): "" → remove: async ({ workspace$1 }) => {\n	$0\n}"#);
    assert_snapshot!(check("{ repo: {", "{ $0 repo: {"), @"nothing");
}

#[test]
fn a_context_is_looked_into_before_the_first_run() {
    assert_snapshot!(check(PUBLISH, &in_publish("step.ctx.repo.$0")), @r#"
    url (no value yet): "" → url
    my-key (no value yet): "." → ["my-key"]
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("step.ctx.app.repo.$0")), @r#"
    url (no value yet): "" → url
    my-key (no value yet): "." → ["my-key"]
    "#);
    assert_snapshot!(check("remove: async ({ workspace }) => {}", "remove: async ({ workspace }) => { workspace.ctx.$0 }"), @r#"at (no value yet): "" → at"#);
}

#[test]
fn what_is_taken_apart_is_known() {
    assert_snapshot!(check("({ step, providers })", "({ step, $0 })"), @r#"
    host (provider with the id host): "" → host
    other (provider with the id host): "" → other
    providers (the providers in scope, by name): "" → providers
    config (the configuration in scope): "" → config
    "#);
    assert_snapshot!(check("{ step, providers }", "{ step: { $0 } }"), @r#"
    ctx (what the task before this one returned): "" → ctx
    invalidate (marks an earlier task as no longer valid): "" → invalidate
    log (writes to the log of this task): "" → log
    metadata (adds to what is stored with the run): "" → metadata
    signal (fires when the run is cancelled): "" → signal
    nodePath (the path of this task): "" → nodePath
    workflow (the name of the workflow): "" → workflow
    "#);
    assert_snapshot!(check("{ step, providers }", "{ step: { ctx: { $0 } } }"), @r#"
    web (no value yet): "" → web
    app (no value yet): "" → app
    out (no value yet): "" → out
    repo (no value yet): "" → repo
    "#);
    assert_snapshot!(check("{ step, providers }", "{ step: { ctx: { repo: { $0 } } } }"), @r#"url (no value yet): "" → url"#);
    assert_snapshot!(check("{ step, providers }", "{ providers: { $0 } }"), @r#"
    host (provider with the id host): "" → host
    other (provider with the id host): "" → other
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("const { $0 } = step.ctx;")), @r#"
    web (no value yet): "" → web
    app (no value yet): "" → app
    out (no value yet): "" → out
    repo (no value yet): "" → repo
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("const { $0 } = step.ctx.repo;")), @r#"url (no value yet): "" → url"#);
    assert_snapshot!(check(PUBLISH, &in_publish("const { $0 } = step;")), @r#"
    ctx (what the task before this one returned): "" → ctx
    invalidate (marks an earlier task as no longer valid): "" → invalidate
    log (writes to the log of this task): "" → log
    metadata (adds to what is stored with the run): "" → metadata
    signal (fires when the run is cancelled): "" → signal
    nodePath (the path of this task): "" → nodePath
    workflow (the name of the workflow): "" → workflow
    "#);
    assert_snapshot!(check("async ({ workflow, workspace }) =>", "async ({ workflow, $0 }) =>"), @r#"
    host (provider with the id host): "" → host
    other (provider with the id host): "" → other
    workspace (the workspace, with its context): "" → workspace
    step (what the handler knows about its own run): "" → step
    providers (the providers in scope, by name): "" → providers
    local (the developer's machine): "" → local
    "#);
    assert_snapshot!(check("async ({ workflow, workspace }) =>", "async ({ workflow: { ctx: { $0 } } }) =>"), @r#"
    web (no value yet): "" → web
    app (no value yet): "" → app
    out (no value yet): "" → out
    repo (no value yet): "" → repo
    "#);
}

#[test]
fn the_input_of_an_operation_is_known() {
    let operation = "{ run: async ({ step }) => {} }";
    let with =
        |input: &str, run: &str| check(operation, &format!("{{ input: {input}, run: {run} }}"));
    let fields = "(w) => ({ who: w.string(), loud: w.boolean() })";
    assert_snapshot!(with(fields, "async ({ $0 }) => {}"), @r#"
    host (provider with the id host): "" → host
    other (provider with the id host): "" → other
    input (the input, validated, with its defaults): "" → input
    workflow (the name of the workflow): "" → workflow
    step (what the handler knows about its own run): "" → step
    providers (the providers in scope, by name): "" → providers
    local (the developer's machine): "" → local
    "#);
    assert_snapshot!(with(fields, "async ({ input: { $0 } }) => {}"), @r#"
    who (a field of the input): "" → who
    loud (a field of the input): "" → loud
    "#);
    assert_snapshot!(with(fields, "async ({ input }) => input.$0"), @r#"
    who (a field of the input): "" → who
    loud (a field of the input): "" → loud
    "#);
    assert_snapshot!(with(fields, "async ({ input }) => { const { who, $0 } = input; }"), @r#"loud (a field of the input): "" → loud"#);
    let schema = "{ type: \"object\", properties: { who: { type: \"string\" } } }";
    assert_snapshot!(with(schema, "async ({ input }) => input.$0"), @r#"who (a field of the input): "" → who"#);
    assert_snapshot!(with("z.object({ who: z.string() })", "async ({ input }) => input.$0"), @r#"who (a field of the input): "" → who"#);
    let run = "async () => {}";
    assert_snapshot!(with("(w) => ({ who: w.string({ $0 }) })", run), @r#"
    description (shown in the help of the operation): "" → description: "$1"
    position (its place among the positional arguments): "" → position: ${1:0}
    required (whether it must be given): "" → required: ${1:true}
    defaultValue (the value when it is not given): "" → defaultValue: $1
    "#);
    assert_snapshot!(with("(w) => w.workspaceInput({ $0 })", run), @r#"
    name (the name of the field): "" → name: "$1"
    description (shown in the help of the operation): "" → description: "$1"
    position (its place among the positional arguments): "" → position: ${1:0}
    "#);
    assert_snapshot!(with("{ $0 }", run), @r#"
    type (an input is an object): "" → type: "object"
    properties (its fields, each with a JSON Schema): "" → properties: { $1 }
    required (the fields that must be given): "" → required: [$1]
    "#);
    assert_snapshot!(with("{ type: \"object\", properties: { who: { $0 } } }", run), @r#"
    type (what it is): "" → type: "${1:string}"
    enum (the values to choose from): "" → enum: [$1]
    default (the value when it is not given): "" → default: $1
    description (shown in the help of the operation): "" → description: "$1"
    title (a name for people): "" → title: "$1"
    "#);
    assert_snapshot!(with("{ type: \"object\", properties: { who: { type: \"$0\" } } }", run), @r#"
    string (no detail): "" → string
    number (no detail): "" → number
    integer (no detail): "" → integer
    boolean (no detail): "" → boolean
    array (no detail): "" → array
    "#);
}

#[test]
fn every_closed_set_of_options_is_offered() {
    assert_snapshot!(check("version: \"1\"", "cacheTTL: { days: 1, $0 }"), @r#"
    hours (how many hours a run is kept): "" → hours: ${1:1}
    minutes (how many minutes a run is kept): "" → minutes: ${1:1}
    seconds (how many seconds a run is kept): "" → seconds: ${1:1}
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("host.exec(\"true\", { $0 });")), @r#"
    cwd (where it runs): "" → cwd: "$1"
    env (variables added to its environment): "" → env: { $1 }
    stdin (what it reads from its standard input): "" → stdin: "$1"
    timeoutMs (after how many milliseconds it is stopped): "" → timeoutMs: ${1:60_000}
    check (whether another exit code than 0 is an error): "" → check: ${1:true}
    onOutput (receives the output while it runs): "" → onOutput: (data, stream) => {$1}
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("host.writeFile(\"a\", \"b\", { $0 });")), @r#"
    append (adds to the end instead of replacing): "" → append: ${1:true}
    mode (the permission bits): "" → mode: ${1:0o755}
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("host.glob(\"a\", { dot: true, $0 });")), @r#"
    cwd (where patterns start): "" → cwd: "$1"
    ignore (patterns of what to leave out): "" → ignore: ["$1"]
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("step.log(\"a\", { $0 });")), @r#"
    stream (how important it is, or where it comes from): "" → stream: "${1:info}"
    label (shown before the text): "" → label: "$1"
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("step.log(\"a\", { stream: \"$0\" });")), @r#"
    info (no detail): "" → info
    stdout (no detail): "" → stdout
    stderr (no detail): "" → stderr
    warn (no detail): "" → warn
    debug (no detail): "" → debug
    "#);
    assert_snapshot!(check("{ providers: { host: host.provider(), other: host.provider() } }", "{ $0 }"), @r#"providers (providers by name, for everything in the workflow): "" → providers: { $1 }"#);
    assert_snapshot!(check("export const site", "export default defineConfig({ $0 });\nexport const site"), @r#"
    providers (providers by name, for every workflow): "" → providers: { $1 }
    workflows (the workflows of the project): "" → workflows: { $1 }
    "#);
}

#[test]
fn providers_that_may_be_removed_are_those_in_scope() {
    assert_snapshot!(check(".sequence(\"main\")", ".sequence(\"main\").removeProvider(\"$0\")"), @r#"
    host (provider with the id host): "" → host
    other (provider with the id host): "" → other
    "#);
    assert_snapshot!(check(".sequence(\"main\")", ".sequence(\"main\").addProvider(\"more\", host.provider()).removeProvider(\"host\").removeProvider('$0')"), @r#"
    other (provider with the id host): "" → other
    more (provider): "" → more
    "#);
}

#[test]
fn options_are_plain_texts_for_plain_clients() {
    let mut client = TestClient::with(SITE, Capabilities::Least, json!({ "trusted": true }));
    assert_snapshot!(typed(&mut client, "version: \"1\"", "version: \"1\", c$0"), @r#"
    cacheTTL (how long a run is kept): "c" → cacheTTL: 
    output (the schema of the context that the task returns): "c" → output: 
    cutoff (equal output leaves the tasks after it cached): "c" → cutoff:
    "#);
}

#[test]
fn variables_are_offered_once_the_project_is_trusted() {
    assert_snapshot!(check(PUBLISH, &in_publish("env(\"TEST_$0\")")), @r#"
    PATH (set in the environment): "TEST_" → PATH
    TEST_VARIABLE (set in the environment): "TEST_" → TEST_VARIABLE
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("env.secret(\"$0\")")), @r#"
    PATH (set in the environment): "" → PATH
    TEST_VARIABLE (set in the environment): "" → TEST_VARIABLE
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("process.env.$0")), @r#"
    PATH (set in the environment): "" → PATH
    TEST_VARIABLE (set in the environment): "" → TEST_VARIABLE
    "#);
    assert_snapshot!(check(PUBLISH, &in_publish("other(\"$0\")")), @"nothing");
    let mut client = TestClient::with(SITE, Capabilities::Full, json!({}));
    client.diagnostics("rig.config.ts");
    assert_snapshot!(typed(&mut client, PUBLISH, &in_publish("env(\"$0\")")), @"nothing");
}

#[test]
fn nothing_is_offered_where_nothing_is_ours() {
    for code in [
        "step.$0",
        "host.ex$0",
        "// step.ctx.$0",
        "\"step.ctx.$0\"",
        "$0",
        "other(\"$0\")",
    ] {
        assert_eq!(
            check(PUBLISH, &in_publish(&format!("{code}\n"))),
            "nothing",
            "{code}"
        );
    }
}

#[test]
fn other_files_line_ends_and_wide_characters() {
    let fixture = "//- rig.config.ts\r
import { workflow } from \"@rigkit/sdk\";\r
import { clone, build } from \"./parts\";\r
export const site = workflow(\"site\").sequence(\"main\").add(clone).add(build);\r
//- parts.ts\r
import { task } from \"@rigkit/sdk\";\r
export const clone = task(\"😀\", async () => ({ ctx: { repo: \"r\" } }));\r
export const build = task(\"build\", async ({ step }) => { \"😀\"; step.ctx.re; return step.invalidate(\"x\"); });\r
";
    let mut client = opened(fixture);
    let key = client.text("parts.ts").find("re;").unwrap() + 2;
    assert_snapshot!(offered(&mut client, "parts.ts", key), @r#"repo (no value yet): "re" → repo"#);
    let name = client.text("parts.ts").find("x\");").unwrap();
    assert_snapshot!(offered(&mut client, "parts.ts", name), @r#"😀 (● never ran): "x" → 😀"#);
}

/// Asks for hover and completion at a place; an error fails the test.
fn ask(client: &mut TestClient, offset: usize) {
    let at = json!({
        "textDocument": { "uri": client.uri("rig.config.ts") },
        "position": client.position("rig.config.ts", offset),
    });
    client.request("textDocument/hover", &at).unwrap();
    client.request("textDocument/completion", &at).unwrap();
}

#[test]
fn no_place_makes_an_answer_fail() {
    let mut client = opened(SITE);
    client.execute("rigkit.apply", json!({})).unwrap();
    (0..SITE.len())
        .step_by(5)
        .for_each(|offset| ask(&mut client, offset));
    for end in (0..SITE.len()).step_by(11) {
        client.change("rig.config.ts", &SITE[..end]);
        ask(&mut client, end);
        client.change("rig.config.ts", &SITE[end..]);
        ask(&mut client, 0);
    }
}
