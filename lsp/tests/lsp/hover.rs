//! Hovers: what the engine knows of the thing at a place.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Capabilities, TestClient};

const SITE: &str = r#"import { host } from "@rigkit/provider-host";
import { env, workflow } from "@rigkit/sdk";
const pinned = "1.0";
const day = 24 * 60 * 60 * 1000;
export const site = workflow("site", { providers: { host: host.provider() } })
  .sequence("main")
  .task("clone", { cacheTTL: "36h" }, async ({ host }) => ({ ctx: { repo: { url: "r", at: pinned } } }))
  .task("build", { cacheTTL: day }, async ({ step, providers }) => {
    await providers.host.exists(step.ctx.repo.url);
    return { ctx: { ...step.ctx, out: "o".repeat(200) } };
  })
  .parallel({
    web: workflow("w").sequence("web").task("pack", async () => ({ ctx: { size: 1 } })),
    app: workflow("a").sequence("app").task("sign", async () => {}),
  })
  .task("publish", async ({ step }) => { if (step.ctx.web.size > 9) return step.invalidate("pack"); })
  .workspace({
    create: async ({ workflow, workspace }) => ({ at: workflow.ctx.out + workspace.name }),
    remove: async ({ workspace }) => { console.log(workspace.ctx.at); },
  })
  .workspaceOperation("open", { title: "Open *it*", run: async () => env("TEST_VARIABLE") })
  .operation("archive", {
    description: "Packs everything.",
    input: (w) => ({ format: w.string({ defaultValue: "zip" }), name: w.string({ description: "Its name" }) }),
    run: async () => [env.secret("NO_SUCH", "x")(), env("NO_SUCH"), process.env.TEST_VARIABLE],
  });
"#;

/// Asks for the hover at the cursor that a text of the config has.
fn hover(client: &mut TestClient, place: &str) -> String {
    let text = place.replacen("$0", "", 1);
    let mut at = client.at("rig.config.ts", &text);
    let start = client.text("rig.config.ts").find(&text).unwrap();
    let offset = start + place.find("$0").unwrap();
    at["position"] = client.position("rig.config.ts", offset);
    let hover = client.request("textDocument/hover", &at).unwrap();
    match hover {
        Value::Null => "nothing".to_owned(),
        hover => hover["contents"]["value"].as_str().unwrap().to_owned(),
    }
}

fn opened(config: &str) -> TestClient {
    let mut client = TestClient::new(config);
    client.diagnostics("rig.config.ts");
    client
}

fn check(place: &str) -> String {
    hover(&mut opened(SITE), place)
}

fn applied() -> TestClient {
    let mut client = opened(SITE);
    client.execute("rigkit.apply", json!({})).unwrap();
    client
}

/// Takes the ages and durations out, which no two runs share.
fn without_times(text: &str) -> String {
    let is_end = |character: char| !character.is_ascii_alphanumeric() && character != '.';
    let words = text.split_inclusive(is_end).map(|part| {
        let word = part.trim_end_matches(is_end);
        let is_time = word.starts_with(|first: char| first.is_ascii_digit()) && word.ends_with('s');
        if is_time {
            format!("[time]{}", &part[word.len()..])
        } else {
            part.to_owned()
        }
    });
    words.collect()
}

#[test]
fn a_task_that_never_ran_says_what_is_around_it() {
    assert_snapshot!(check("\"bu$0ild\""), @r#"
    **`build`** ● never ran

    runs after `clone` and before `web.pack` and `app.sign`
    "#);
    assert_snapshot!(check(".ta$0sk(\"publish\""), @r#"
    **`publish`** ● never ran

    runs after `web.pack` and `app.sign`
    "#);
    assert_snapshot!(check("invalidate(\"pa$0ck\")"), @r#"
    **`web.pack`** ● never ran

    runs after `build` and before `publish`
    "#);
}

#[test]
fn a_task_that_ran_shows_its_run_and_what_changed() {
    let mut client = applied();
    assert_snapshot!(without_times(&hover(&mut client, "\"clo$0ne\"")), @r#"
    **`clone`** ✓ cached [time] ago

    last run [time] ago, took [time], kept for 1 day 12 hours

    runs before `build`

    context it left:
    ```json
    {
      "repo": {
        "url": "r",
        "at": "1.0"
      }
    }
    ```
    "#);
    client.replace("rig.config.ts", "\"1.0\"", "\"2.0\"");
    client.diagnostics("rig.config.ts");
    assert_snapshot!(without_times(&hover(&mut client, "\"clo$0ne\"")), @r#"
    **`clone`** ● something the handler uses changed

    - `pinned: "1.0" → "2.0"`

    last run [time] ago, took [time], kept for 1 day 12 hours

    runs before `build`

    context it left:
    ```json
    {
      "repo": {
        "url": "r",
        "at": "1.0"
      }
    }
    ```
    "#);
    assert_snapshot!(without_times(&hover(&mut client, "\"publ$0ish\"")), @r#"
    **`publish`** ● `clone` has to run first

    - `clone`: something the handler uses changed
      - `pinned: "1.0" → "2.0"`

    last run [time] ago, took [time]

    runs after `web.pack` and `app.sign`

    context it left:
    ```json
    {
      "repo": {
        "url": "r",
        "at": "1.0"
      },
      "out": "oooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooo…
      "web": {
        "size": 1
      },
      "app": {
        "repo": {
          "url": "r",
          "at": "1.0"
        },
        "out": "oooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooo…
      }
    }
    ```
    "#);
}

#[test]
fn tasks_of_one_call_are_listed() {
    let mut client = opened(
        r#"import { workflow } from "@rigkit/sdk";
let site = workflow("site").sequence("main");
for (const name of ["a", "b"]) site = site.task(name, async () => {});
export { site };
"#,
    );
    assert_snapshot!(hover(&mut client, "site.ta$0sk"), @r#"
    2 tasks:
    - `a` of `site`: ● never ran
    - `b` of `site`: ● never ran
    "#);
}

#[test]
fn providers_say_whose_they_are_and_who_sees_them() {
    let expected = check("{ ho$0st: host.provider()");
    assert_snapshot!(expected, @r#"
    provider `host` with the id `host`, built into `rig`

    - in scope of 5 tasks of `site`
    "#);
    assert_eq!(check("async ({ ho$0st })"), expected);
    assert_eq!(check("providers.ho$0st.exists"), expected);
    assert_eq!(check("import { ho$0st }"), "nothing");
}

#[test]
fn operations_say_what_they_ask_for() {
    assert_snapshot!(check("\"op$0en\""), @r#"
    **Open \*it\***: works on a workspace of `site`

    `rig run <workspace> open`
    "#);
    assert_snapshot!(check(".oper$0ation("), @r#"
    **archive**: belongs to `site`

    Packs everything.

    `rig do archive`

    - `format` string, `"zip"` by default
    - `name` string, required: Its name
    "#);
}

#[test]
fn times_are_told_in_words() {
    let check_ttl = |written: &str| {
        let option = format!("cacheTTL: {written}");
        let config = SITE.replacen("cacheTTL: \"36h\"", &option, 1);
        hover(&mut opened(&config), "cache$0TTL: ")
    };
    assert_eq!(check("cacheTTL: \"36$0h\""), "kept for 1 day 12 hours");
    assert_eq!(check("cacheTTL: d$0ay"), "kept for 1 day");
    assert_eq!(check_ttl("90_000"), "kept for 1 minute 30 seconds");
    assert_eq!(
        check_ttl("{ hours: 1, minutes: 5 }"),
        "kept for 1 hour 5 minutes"
    );
    assert_eq!(check_ttl("0"), "runs every time");
    assert_eq!(check_ttl("\"3 fortnights\""), "nothing");
    assert_eq!(check_ttl("-1"), "nothing");
}

#[test]
fn variables_are_set_or_not_and_never_shown() {
    assert_snapshot!(check("env(\"TEST_$0VARIABLE\")"), @"environment variable `TEST_VARIABLE`: set");
    assert_snapshot!(check("env.secret(\"NO_$0SUCH\""), @"secret environment variable `NO_SUCH`: not set; the fallback is used");
    assert_snapshot!(check("env(\"NO_$0SUCH\""), @"environment variable `NO_SUCH`: not set, and there is no fallback");
    assert_snapshot!(check("process.env.TEST_$0VARIABLE"), @"environment variable `TEST_VARIABLE`: set");
    let mut client = TestClient::with(SITE, Capabilities::Full, json!({}));
    client.diagnostics("rig.config.ts");
    assert_snapshot!(hover(&mut client, "env(\"TEST_$0VARIABLE\")"), @"environment variable `TEST_VARIABLE`: not read: the workspace is not trusted");
}

#[test]
fn only_the_env_of_the_sdk_reads_variables() {
    let config = SITE.replacen("{ env, workflow }", "{ workflow }", 1);
    let mut client = opened(&format!(
        "const env: any = (x: string) => () => x;\n{config}"
    ));
    assert_eq!(hover(&mut client, "env(\"TEST_$0VARIABLE\")"), "nothing");
}

#[test]
fn context_keys_show_what_they_held() {
    assert_snapshot!(check("step.ctx.re$0po.url"), @"`repo`: no value yet, will come from `clone`");
    let mut client = applied();
    assert_snapshot!(without_times(&hover(&mut client, "step.ctx.re$0po.url")), @r#"`repo`: `{"url":"r","at":"1.0"}` from `clone`, [time] ago"#);
    assert_snapshot!(without_times(&hover(&mut client, "step.ctx.repo.u$0rl")), @r#"`url`: `"r"` from `clone`, [time] ago"#);
    assert_snapshot!(without_times(&hover(&mut client, "step.ctx.we$0b.size")), @r#"`web`: `{"size":1}` from the branch `web`"#);
    assert_snapshot!(without_times(&hover(&mut client, "step.ctx.web.si$0ze")), @"`size`: `1` from `web.pack`, [time] ago");
    assert_snapshot!(without_times(&hover(&mut client, "workflow.ctx.o$0ut")), @r#"`out`: `"ooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooo…` from `build`, [time] ago"#);
    assert_eq!(
        hover(&mut client, "workspace.ctx.a$0t"),
        "`at`: no value yet"
    );
    client
        .execute("rigkit.createWorkspace", json!({ "workspace": "w" }))
        .unwrap();
    assert_snapshot!(hover(&mut client, "workspace.ctx.a$0t"), @r#"`at`: `"ooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooo…` from the workspace `w`"#);
}

#[test]
fn names_are_followed_to_what_the_handler_is_given() {
    let check = |handler: &str| {
        let (old, new) = (
            "async ({ step }) => { if (step.ctx.web.size > 9) return step.invalidate(\"pack\"); }",
            handler.replacen("$0", "", 1),
        );
        hover(&mut opened(&SITE.replace(old, &new)), handler)
    };
    let expected = "`repo`: no value yet, will come from `clone`";
    assert_eq!(
        check("async ({ step: { ctx } }) => { ctx.re$0po; }"),
        expected
    );
    assert_eq!(
        check("async ({ step }) => { const { re$0po } = step.ctx; }"),
        expected
    );
    assert_eq!(
        check("async (given) => { const { ctx: { re$0po: r } } = given.step; }"),
        expected
    );
    assert_eq!(
        check("async ({ step }) => { const all = step.ctx; all[\"re$0po\"]; }"),
        expected
    );
    assert_eq!(
        check("async () => { const step = other(); step.ctx.re$0po; }"),
        "nothing"
    );
    let provider = check("async ({ host: machine }) => { mach$0ine.exists(\"x\"); }");
    assert!(provider.starts_with("provider `host`"), "{provider}");
}

#[test]
fn nobody_is_told_where_a_key_comes_from_that_was_made_long_ago() {
    let mut client = opened(
        r#"import { workflow } from "@rigkit/sdk";
let site = workflow("site").sequence("main").task("first", async () => ({ ctx: { old: 1 } }));
for (let i = 0; i < 260; i++) site = site.task(`t${i}`, async () => {});
const done = site.task("last", async ({ step }) => { step.ctx.old; });
export { done };
"#,
    );
    client.execute("rigkit.apply", json!({})).unwrap();
    assert_snapshot!(hover(&mut client, "step.ctx.o$0ld"), @"`old`: `1`");
}

#[test]
fn broken_code_and_comments() {
    let mut client = applied();
    client.replace(
        "rig.config.ts",
        "if (step.ctx.web",
        "const x = ; // step.ctx.out\n    if (step.ctx.web",
    );
    assert_snapshot!(without_times(&hover(&mut client, "step.ctx.web.si$0ze")), @"`size`: `1` from `web.pack`, [time] ago");
    assert_eq!(hover(&mut client, "// step.ctx.o$0ut"), "nothing");
    assert_ne!(hover(&mut client, "\"publ$0ish\""), "nothing");
}

#[test]
fn tasks_in_other_files_and_wide_characters() {
    let fixture = "//- rig.config.ts\r
import { workflow } from \"@rigkit/sdk\";\r
import { clone } from \"./parts\";\r
export const site = workflow(\"s😀\").sequence(\"main\").add(clone).task(\"b😀\", async ({ step }) => { step.ctx.repo; });\r
//- parts.ts\r
import { task } from \"@rigkit/sdk\";\r
const work = async () => ({ ctx: { repo: \"r\" } });\r
export const clone = task(\"clone\", work);\r
";
    let mut client = opened(fixture);
    assert_snapshot!(hover(&mut client, "\"b😀$0\""), @r#"
    **`b😀`** ● never ran

    runs after `clone`
    "#);
    assert_snapshot!(hover(&mut client, "step.ctx.re$0po"), @"`repo`: no value yet, will come from `clone`");
    let at = client.at("parts.ts", "lone\", work");
    let hover = client.request("textDocument/hover", &at).unwrap();
    assert_snapshot!(hover["contents"]["value"].as_str().unwrap(), @r#"
    **`clone`** ● never ran

    runs before `b😀`
    "#);
    assert_eq!(
        hover["range"]["start"],
        json!({ "line": 2, "character": 26 })
    );
    assert_eq!(hover["range"]["end"], json!({ "line": 2, "character": 33 }));
}

const CLOUD: &str = r#"import { defineProvider, workflow } from "@rigkit/sdk";
const cloud = defineProvider("cloud", { region: "eu" }, {
  createProvider: () => ({
    providerId: "cloud",
    runtime: () => ({ make: () => ({ provider: "cloud", kind: "machine", id: "m-1" }) }),
  }),
});
export const site = workflow("site").sequence("main")
  .addProvider("sky", cloud)
  .task("make", async ({ sky }) => ({ ctx: { machine: sky.make(), "my-key": 1 } }))
  .task("fail", async () => { throw new Error("no `room`"); });
"#;

#[test]
fn artifacts_and_failures_are_told() {
    let mut client = opened(CLOUD);
    client.execute("rigkit.apply", json!({})).unwrap_err();
    assert_snapshot!(without_times(&hover(&mut client, "\"ma$0ke\"")), @r#"
    **`make`** ✓ cached [time] ago

    last run [time] ago, took [time]

    runs before `fail`

    artifacts:
    - `machine` of `cloud`: `{"provider":"cloud","kind":"machine","id":"m-1"}`

    context it left:
    ```json
    {
      "machine": {
        "provider": "cloud",
        "kind": "machine",
        "id": "m-1"
      },
      "my-key": 1
    }
    ```
    "#);
    assert_snapshot!(without_times(&hover(&mut client, "\"fa$0il\"")), @r#"
    **`fail`** ✗ failed [time] ago

    `` no `room` ``

    runs after `make`
    "#);
}

#[test]
fn providers_of_the_project_are_known_by_the_name_they_were_added_under() {
    let mut client = opened(CLOUD);
    let expected = hover(&mut client, "addProvider(\"s$0ky\"");
    assert_snapshot!(expected, @r#"
    provider `sky` with the id `cloud`

    - in scope of 2 tasks of `site`
    "#);
    assert_eq!(hover(&mut client, "{ s$0ky }"), expected);
    assert_eq!(hover(&mut client, "machine: s$0ky.make"), expected);
    assert_eq!(hover(&mut client, "const cl$0oud"), "nothing");
    assert_eq!(hover(&mut client, "sky.ma$0ke"), "nothing");
}
