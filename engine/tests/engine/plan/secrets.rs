//! Secrets and other values of the environment.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use rigkit_engine::{ApplyRequest, EngineError, event::Event};

use crate::support::{TestProject, failure_lines};

/// A provider with a secret in its configuration, and a task that is put in.
fn fixture(handler: &str) -> String {
    format!(
        r#"
//- /rig.config.ts
import {{ env, workflow }} from "@rigkit/sdk";
import {{ vault }} from "./vault";
const token = env.secret("TOKEN");
export const app = workflow("app").sequence("app")
  .addProvider("vault", vault({{ auth: {{ token, host: env("VAULT_HOST", "localhost") }} }}))
  .task("a", async ({{ vault, step }}) => {{ {handler} }});
//- /vault.ts
import {{ defineProvider }} from "@rigkit/sdk";
export const vault = (config) => defineProvider("vault", config, {{
  providerId: "vault",
  createProvider: ({{ provider, storage }}) => ({{
    providerId: "vault",
    runtime: ({{ local, emit }}) => ({{ token: provider.config.auth.token, storage, local, emit }}),
  }}),
}});
"#
    )
}

/// Would break a search that looks only at the text of JSON, or a mask that does.
const SECRETS: &[&str] = &[
    "hunter2-hunter2",
    "quo\"te\\back",
    "line\nbreak",
    "ünïcode→",
    "-----BEGIN KEY-----\nab/+c==\n-----END KEY-----\n",
    "it's $5 & more!",
];

#[test]
fn a_secret_reaches_neither_state_nor_log_nor_event() {
    let handler = r#"
    console.log("the token is", vault.token, { nested: vault.token });
    step.log(`again ${vault.token}`, { label: vault.token });
    step.metadata({ token: vault.token, [vault.token]: 1 });
    await vault.local.command({ argv: ["printf", "%s", vault.token] });
    await vault.local.command({ argv: ["printf", "%s", `$x --token=${vault.token}.`] });
    const forms = [JSON.stringify({ a: JSON.stringify([vault.token]) }), encodeURIComponent(vault.token), btoa(unescape(encodeURIComponent(`user:${vault.token}`)))];
    step.log(forms.join(" "));
    step.metadata({ forms });
    await vault.local.command({ argv: ["printf", "%s", ...forms] });
    const [half, rest] = [vault.token.slice(0, 4), vault.token.slice(4)];
    const slowly = { argv: ["sh", "-c", `printf %s "$A"; sleep 0.05; printf %s "$B"`], env: { A: half, B: rest } };
    await Promise.all([vault.local.command(slowly), vault.local.command(slowly)]);
    vault.emit({ type: "interaction.awaiting_user", nodePath: "a", interactionId: vault.token, label: vault.token, title: vault.token, url: `http://x.y/?t=${encodeURIComponent(vault.token)}`, instructions: vault.token });
    vault.emit({ type: "command.output", commandName: vault.token, stream: "stdout", data: "x" });
    await vault.local.command({ argv: ["sh", "-c", `printf '%s' "$T" >&2`], env: { T: vault.token } });
    return { ctx: { length: vault.token.length } };
"#;
    for secret in SECRETS {
        let project = TestProject::new(&fixture(handler)).with_env("TOKEN", secret);
        let (result, recording) = project.apply_with(&ApplyRequest::default());
        assert_eq!(
            result.unwrap().context["length"],
            secret.encode_utf16().count()
        );
        for record in recording.records() {
            assert_clean(&serde_json::to_value(&record).unwrap(), secret);
        }
        let logs = recording.logs();
        assert_eq!(logs.len(), 3, "{logs:?}");
        assert!(logs.iter().all(|log| log.contains("***")), "{logs:?}");
        assert_no_file(&project, secret);
        assert_eq!(project.plan_lines(), ["a cached"]);
    }
}

/// Lists the ways in which a secret may have come somewhere.
fn forms(secret: &str) -> Vec<String> {
    let escaped = |text: &str| {
        let quoted = serde_json::Value::from(text).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    };
    let mut forms = vec![
        secret.to_owned(),
        escaped(secret),
        escaped(&escaped(secret)),
        secret.replace('\'', r"'\''"),
        shlex::try_quote(secret).unwrap().into_owned(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
    ];
    forms.push(forms[5].replace('+', "%20"));
    // Without the characters at the ends, which what stands around a secret may change.
    for before in 0..3 {
        let encoded =
            BASE64_STANDARD.encode([vec![b' '; before].as_slice(), secret.as_bytes()].concat());
        forms.push(encoded[4..(encoded.len() - 4)].to_owned());
    }
    forms
}

/// Makes sure that no text within a value shows a secret.
fn assert_clean(value: &serde_json::Value, secret: &str) {
    match value {
        serde_json::Value::String(text) => assert_clean_text(text, secret),
        serde_json::Value::Array(items) => items.iter().for_each(|item| assert_clean(item, secret)),
        serde_json::Value::Object(members) => {
            for (key, member) in members {
                assert_clean_text(key, secret);
                assert_clean(member, secret);
            }
        }
        _ => {}
    }
}

fn assert_clean_text(text: &str, secret: &str) {
    for form in forms(secret) {
        assert!(!text.contains(&form), "{text:?} shows {form:?}");
    }
}

/// Makes sure that no file of the project or of its machine shows a secret.
#[track_caller]
fn assert_no_file(project: &TestProject, secret: &str) {
    for form in forms(secret) {
        for directory in [".rigkit", "home"] {
            let found = project.files_with(directory, &form);
            assert_eq!(found, Vec::<std::path::PathBuf>::new(), "{form:?}");
        }
    }
}

#[test]
fn a_context_with_a_secret_is_refused() {
    for secret in SECRETS {
        let project = TestProject::new(&fixture(
            "return { ctx: { deep: [`Bearer ${vault.token}`] } };",
        ))
        .with_env("TOKEN", secret);
        let error = project.try_apply().unwrap_err();
        assert_eq!(
            failure_lines(&project.root(), &error),
            [
                "a @ rig.config.ts:6: the context contains the secret `TOKEN`, and contexts are stored"
            ],
            "{secret:?}"
        );
        assert_no_file(&project, secret);
    }
}

#[test]
fn a_context_with_a_secret_in_another_form_is_refused() {
    for form in [
        "JSON.stringify({ pem: vault.token })",
        "encodeURIComponent(vault.token)",
        "btoa(`user:${vault.token}`)",
        "`'${vault.token.replaceAll(\"'\", `'\\\\''`)}'`",
    ] {
        let handler = format!("return {{ ctx: {{ form: {form} }} }};");
        let project =
            TestProject::new(&fixture(&handler)).with_env("TOKEN", "it's \"a\"\nsecret/+");
        let error = project.try_apply().unwrap_err();
        assert!(
            error.to_string().contains("contains the secret `TOKEN`"),
            "{form}: {error}"
        );
    }
}

#[test]
fn an_output_that_its_schema_refuses_shows_no_secret() {
    for secret in SECRETS {
        let project = TestProject::new(&fixture("return { ctx: { token: vault.token } };").replace(
            ".task(\"a\", ",
            ".task(\"a\", { output: { type: \"object\", properties: { token: { const: 1 } } } }, ",
        ))
        .with_env("TOKEN", secret);
        let (result, recording) = project.apply_with(&ApplyRequest::default());
        let error = result.unwrap_err();
        assert_clean_text(&format!("{error} {error:?}"), secret);
        for record in recording.records() {
            assert_clean(&serde_json::to_value(&record).unwrap(), secret);
        }
        assert_no_file(&project, secret);
    }
}

#[test]
fn a_malformed_check_shows_no_secret() {
    for check in [
        "{ id: token, label: \"x\", status: token }",
        "{ id: \"x\", label: \"x\", status: token }",
        "token",
    ] {
        let project = TestProject::new(&format!(
            r#"
import {{ defineProvider, env, sequence }} from "@rigkit/sdk";
const vault = defineProvider("vault", {{}}, {{
  providerId: "vault",
  createProvider: () => ({{
    providerId: "vault",
    runtime: () => ({{}}),
    checks: () => {{ const token = env.secret("TOKEN")(); return {check}; }},
  }}),
}});
export const app = sequence("app").addProvider("vault", vault).task("a", () => {{}});
"#
        ))
        .with_env("TOKEN", "hunter2");
        let error = project.try_apply().unwrap_err();
        assert!(
            error.to_string().contains("malformed check"),
            "{check}: {error}"
        );
        assert_clean_text(&format!("{error} {error:?}"), "hunter2");
        assert_no_file(&project, "hunter2");
    }
}

#[test]
fn a_context_with_a_secret_as_a_key_is_refused() {
    let project = TestProject::new(&fixture("return { ctx: { [vault.token]: 1 } };"))
        .with_env("TOKEN", "hunter2");
    assert_eq!(project.try_apply().unwrap_err().code(), "failed");
}

#[test]
fn a_secret_in_an_error_is_masked() {
    for secret in SECRETS {
        let project = TestProject::new(&fixture("throw new Error(`refused: ${vault.token}`);"))
            .with_env("TOKEN", secret);
        let error = project.try_apply().unwrap_err();
        // The line break that a key ends with is none of its secrets.
        let lines = failure_lines(&project.root(), &error);
        let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
        assert_eq!(lines, ["a @ rig.config.ts:6: refused: ***"]);
        assert_eq!(error.to_string().trim_end(), "`a` failed: refused: ***");
        assert_eq!(
            project.files_with(".rigkit", secret),
            Vec::<std::path::PathBuf>::new()
        );
    }
}

#[test]
fn a_secret_in_the_error_of_a_definition_is_masked() {
    let project = TestProject::new(
        "import { env } from \"@rigkit/sdk\";\nthrow new Error(`refused: ${env.secret(\"TOKEN\")}`);\n",
    )
    .with_env("TOKEN", "hunter2");
    for error in [
        project.try_plan().unwrap_err(),
        project.engine().definition().err().unwrap(),
    ] {
        assert_eq!(error.to_string(), "refused: ***");
        assert_eq!(error.diagnostics()[0].message, "refused: ***");
    }
}

#[test]
fn a_secret_in_the_error_of_a_configuration_is_masked() {
    let project = TestProject::new(&fixture("").replace(
        "host: env(\"VAULT_HOST\", \"localhost\")",
        "host: () => { throw new Error(`refused: ${token}`); }",
    ))
    .with_env("TOKEN", "hunter2");
    let error = project.try_plan().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the provider `vault` cannot be configured: refused: ***"
    );
}

#[test]
fn a_secret_in_the_storage_of_the_project_is_refused() {
    let handlers = [
        "vault.storage.set(\"token\", { deep: [vault.token] });",
        "vault.storage.set(`a ${vault.token}`, 1);",
        "vault.storage.set(\"json\", JSON.stringify({ pem: vault.token }));",
    ];
    for (secret, handler) in SECRETS
        .iter()
        .flat_map(|secret| handlers.map(|handler| (secret, handler)))
    {
        let project = TestProject::new(&fixture(handler)).with_env("TOKEN", secret);
        let error = project.try_apply().unwrap_err();
        assert_eq!(
            failure_lines(&project.root(), &error),
            ["a @ rig.config.ts:6: a storage of the project cannot keep the secret `TOKEN`"]
        );
        assert_no_file(&project, secret);
    }
}

#[test]
fn another_secret_makes_runs_stale() {
    let mut project = TestProject::new(&fixture("")).with_env("TOKEN", "hunter2");
    project.apply();
    assert_eq!(project.plan_lines(), ["a cached"]);
    let changed = [r#"a pending provider-changed {"name":"vault","what":"config"}"#];
    project
        .environment
        .insert("TOKEN".to_owned(), "hunter3".to_owned());
    assert_eq!(project.plan_lines(), changed);
    project
        .environment
        .insert("TOKEN".to_owned(), "hunter2".to_owned());
    project
        .environment
        .insert("VAULT_HOST".to_owned(), "elsewhere".to_owned());
    assert_eq!(project.plan_lines(), changed);
}

#[test]
fn the_digest_of_a_secret_depends_on_the_machine() {
    let project = TestProject::new(&fixture("")).with_env("TOKEN", "hunter2");
    project.apply();
    std::fs::remove_dir_all(project.path("home")).unwrap();
    assert_eq!(
        project.plan_lines(),
        [r#"a pending provider-changed {"name":"vault","what":"config"}"#]
    );
    assert!(!project.exists("home"), "a plan makes no key");
}

#[test]
fn a_missing_variable_is_named_with_who_wanted_it() {
    let project = TestProject::new(&fixture(""));
    let error = project.try_plan().unwrap_err();
    assert_eq!(error.code(), "provider-config");
    assert_eq!(
        error.to_string(),
        "the provider `vault` cannot be configured: the environment variable `TOKEN` is not set"
    );
    let EngineError::ProviderConfig {
        needed_by, range, ..
    } = error
    else {
        panic!()
    };
    assert_eq!(needed_by, "a");
    assert_eq!(range.unwrap().file, project.path("vault.ts"));

    let task = r#"
import { env, workflow } from "@rigkit/sdk";
export const app = workflow("app").sequence("app").task("a", () => { env("PORT"); });
"#;
    let project = TestProject::new(task);
    let error = project.try_apply().unwrap_err();
    assert_eq!(
        failure_lines(&project.root(), &error),
        ["a @ rig.config.ts:3: the environment variable `PORT` is not set"]
    );
}

#[test]
fn a_variable_without_a_value_takes_its_fallback() {
    let project = TestProject::new(
        r#"
import { env, workflow } from "@rigkit/sdk";
const secret = env.secret("S", "fallback-secret");
export const app = workflow("app").sequence("app")
  .task("a", () => { console.log(`${secret}`); return { ctx: { port: env("PORT", "80") } }; });
"#,
    );
    let (result, recording) = project.apply_with(&ApplyRequest::default());
    assert_eq!(result.unwrap().context["port"], "80");
    assert_eq!(recording.logs(), ["a info ***"]);
}

#[test]
fn a_version_with_a_secret_is_kept_as_a_keyed_digest() {
    let fixture = |key: &str| {
        let project = TestProject::new(
            r#"
import { env, workflow } from "@rigkit/sdk";
const version = env.secret("TOKEN")();
export const app = workflow("app").sequence("app").configure({ version }).task("a", { version }, () => {});
"#,
        )
        .with_env("TOKEN", "hunter2");
        std::fs::create_dir_all(project.path("home")).unwrap();
        project.apply();
        assert_eq!(
            project.files_with(".rigkit", "hunter2"),
            Vec::<std::path::PathBuf>::new(),
            "{key}"
        );
        project.query("SELECT hex(hash) FROM identity_components WHERE name IN ('version', 'config') ORDER BY name")
    };
    // Each project has a machine of its own, and so another key.
    let (one, two) = (fixture("one"), fixture("two"));
    assert_ne!(one[0], two[0]);
    assert_ne!(one[1], two[1]);
}

#[test]
fn what_a_check_says_is_masked_and_still_tells_one_secret_from_another() {
    let mut project = TestProject::new(
        r#"
import { defineProvider, env, sequence } from "@rigkit/sdk";
// What is found out while rig runs is no part of the code.
const found = (name) => env.secret(name)();
const vault = defineProvider("vault", {}, {
  providerId: "vault",
  createProvider: () => ({
    providerId: "vault",
    runtime: () => ({}),
    checks: () => {
      const token = found("TOKEN");
      return { id: "token", label: `token ${token}`, status: process.env.STATUS ?? "ok", value: { token }, message: `renew ${token}`, fingerprint: token };
    },
  }),
});
export const app = sequence("app").addProvider("vault", vault).task("a", () => {});
"#,
    )
    .with_env("TOKEN", "quo\"te");
    project.apply();
    assert_eq!(project.plan_lines(), ["a cached"]);
    let plan = serde_json::to_string(&project.plan()).unwrap();
    assert!(
        !plan.contains("quo") && plan.contains("renew ***"),
        "{plan}"
    );
    assert!(project.files_with(".rigkit", "quo").is_empty());
    project
        .environment
        .insert("TOKEN".to_owned(), "other".to_owned());
    assert_eq!(
        project.plan_lines(),
        [r#"a pending provider-changed {"name":"vault","what":"checks"}"#]
    );
    project
        .environment
        .insert("STATUS".to_owned(), "required".to_owned());
    let error = project.try_apply().unwrap_err();
    assert_eq!(
        error.to_string(),
        "a provider is not ready: token ***: renew ***"
    );
}

#[test]
fn a_secret_that_a_handler_captures_shows_nowhere_and_still_counts() {
    for secret in SECRETS {
        let mut project = TestProject::new(
            r#"
import { env, sequence } from "@rigkit/sdk";
const token = env.secret("TOKEN")();
const headers = { authorization: `Bearer ${token}`, [token]: JSON.stringify([token]) };
export const app = sequence("app").task("a", () => ({ ctx: { length: token.length + Object.keys(headers).length } }));
"#,
        )
        .with_env("TOKEN", secret);
        let (result, recording) = project.apply_with(&ApplyRequest::default());
        result.unwrap();
        for record in recording.records() {
            assert_clean(&serde_json::to_value(&record).unwrap(), secret);
        }
        assert_no_file(&project, secret);
        project
            .environment
            .insert("TOKEN".to_owned(), format!("{secret} and another one"));
        let plan = serde_json::to_value(project.plan()).unwrap();
        assert_clean(&plan, secret);
        assert_eq!(
            plan["nodes"][0]["reason"]["code"], "handler-changed",
            "{plan}"
        );
    }
}

/// A key as editors and tools write it, whose lines mean nothing to a reader.
const KEY: &str = "-----BEGIN TEST KEY-----\nbWVhZG93LWxhcmstMDA5OS1jb3Bw\nZXItYmVsbC03NzEyLWFtYmVyLWdh\ndGU=\n-----END TEST KEY-----\n";

#[test]
fn a_secret_shows_nowhere_in_the_forms_in_which_it_travels() {
    let handler = r#"
    const lines = vault.token.trim().split("\n");
    for (const line of lines) step.log(line);
    step.metadata({ trimmed: vault.token.trim(), indented: lines.map((line) => `  ${line}\r\n`).join("") });
    const run = (argv) => vault.local.command({ argv, stdin: vault.token, env: { T: vault.token.trim() } });
    await run(["base64", "-w", "20"]);
    await run(["sh", "-c", "printf 'user:%s' \"$T\" | base64"]);
    await run(["od", "-An", "-v", "-tx1"]);
    await run(["sh", "-c", "while read -r line; do printf '> %s\\n' \"$line\" >&2; done"]);
    throw new Error(`it was ${lines[1]}`);
"#;
    let base64 = BASE64_STANDARD.encode(KEY);
    let hex: Vec<String> = KEY.bytes().map(|byte| format!("{byte:02x}")).collect();
    let pieces = [
        KEY.lines().nth(1).unwrap().to_owned(),
        KEY.lines().nth(2).unwrap().to_owned(),
        base64[20..40].to_owned(),
        BASE64_STANDARD.encode(format!("user:{}", KEY.trim()))[24..48].to_owned(),
        hex[32..48].join(" "),
    ];
    let project = TestProject::new(&fixture(handler)).with_env("TOKEN", KEY);
    let (result, recording) = project.apply_with(&ApplyRequest::default());
    let mut shown = result.unwrap_err().to_string();
    for record in recording.records() {
        shown.push_str(&serde_json::to_string(&record).unwrap());
    }
    assert!(shown.contains("it was ***"), "{shown}");
    for piece in pieces {
        assert!(!shown.contains(&piece), "{piece:?} in {shown}");
        assert!(
            project.files_with(".rigkit", &piece).is_empty(),
            "{piece:?}"
        );
    }
}

#[test]
fn a_context_with_a_secret_without_its_line_break_is_refused() {
    for context in [
        "{ session: `bearer ${vault.token.trim()}` }",
        "{ line: vault.token.trim().split(\"\\n\")[1] }",
        "{ list: [btoa(vault.token).replaceAll(/.{10}/g, \"$&\\n\")] }",
    ] {
        let handler = format!("return {{ ctx: {context} }};");
        let project = TestProject::new(&fixture(&handler)).with_env("TOKEN", KEY);
        let error = project.try_apply().unwrap_err().to_string();
        assert!(
            error.contains("contains the secret `TOKEN`"),
            "{context}: {error}"
        );
    }
}

#[test]
fn a_secret_that_is_no_different_from_text_is_masked_alone_and_warned_of() {
    let project = TestProject::new(
        r#"
import { env, sequence } from "@rigkit/sdk";
const pin = env.secret("PIN");
export const gate = sequence("gate").task("open", async ({ step }) => {
  step.log(`pin ${pin()}`);
  step.log("listening on port 8717");
  return { ctx: { port: 8717 } };
});
"#,
    )
    .with_env("PIN", "7\n");
    let (result, recording) = project.apply_with(&ApplyRequest::default());
    assert_eq!(result.unwrap().context["port"], 8717);
    assert_eq!(
        recording.logs(),
        ["open info pin ***\n", "open info listening on port 8717"]
    );
    let warnings: Vec<String> = recording
        .records()
        .into_iter()
        .filter_map(|record| match record.event {
            Event::DefinitionWarning { warning } => Some(format!(
                "{} {}: {}",
                warning.code,
                warning.range.unwrap().start.line,
                warning.message
            )),
            _ => None,
        })
        .collect();
    assert_eq!(
        warnings,
        [
            "weak-secret 3: the value of the secret `PIN` is too short to be told from text: it is masked only where it stands alone"
        ]
    );
}

#[test]
fn a_context_with_a_short_secret_of_its_own_is_refused() {
    let project =
        TestProject::new(&fixture("return { ctx: { attempts: 7 } };")).with_env("TOKEN", "7");
    let error = project.try_apply().unwrap_err().to_string();
    assert!(error.contains("contains the secret `TOKEN`"), "{error}");
}

#[test]
fn nobody_is_warned_of_a_fallback_that_the_code_shows() {
    let project = TestProject::new(
        r#"
import { env, sequence } from "@rigkit/sdk";
const password = env.secret("PASSWORD", "development");
export const app = sequence("app").task("a", () => console.log(`${password()} developments`));
"#,
    );
    let (result, recording) = project.apply_with(&ApplyRequest::default());
    result.unwrap();
    assert_eq!(recording.logs(), ["a info *** developments"]);
    let is_warning = |event: &Event| matches!(event, Event::DefinitionWarning { .. });
    assert!(
        !recording
            .records()
            .iter()
            .any(|record| is_warning(&record.event))
    );
}
