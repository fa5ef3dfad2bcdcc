//! What a definition can see and do: the language, and nothing else.

use super::{check_problems, load, paths};
use crate::support::TestProject;

/// Defines one task whose name is the value of an expression.
fn value_of(expression: &str) -> String {
    let project = TestProject::new(&format!(
        "import {{ sequence }} from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").task(String({expression}), () => {{}});\n"
    ))
    .with_env("MODE", "test");
    paths(&load(&project)).remove(0)
}

#[test]
fn there_are_no_timers_files_processes_or_network() {
    for name in [
        "setTimeout",
        "setInterval",
        "setImmediate",
        "fetch",
        "XMLHttpRequest",
        "WebSocket",
        "require",
        "module",
        "Deno",
        "Bun",
        "AbortController",
        "crypto",
        "std",
        "os",
        "print",
        "scriptArgs",
        "Worker",
        "__dirname",
        "process.exit",
        "process.binding",
        "process.cwd",
    ] {
        assert_eq!(value_of(&format!("typeof {name}")), "undefined", "{name}");
    }
}

#[test]
fn there_is_the_language_and_a_little_more() {
    for name in [
        "console.log",
        "URL",
        "URLSearchParams",
        "TextEncoder",
        "TextDecoder",
        "structuredClone",
        "queueMicrotask",
        "atob",
        "btoa",
        "DOMException",
        "Blob",
        "FormData",
        "Headers",
        "Promise",
        "Map",
        "Proxy",
        "WeakRef",
    ] {
        assert_eq!(value_of(&format!("typeof {name}")), "function", "{name}");
    }
    assert_eq!(
        value_of("new URL(\"../b\", \"http://x.y/a/c\").href"),
        "http://x.y/b"
    );
    assert_eq!(
        value_of("new TextDecoder().decode(new TextEncoder().encode(\"é→😀\"))"),
        "é→😀"
    );
    assert_eq!(
        value_of("structuredClone(new Map([[1, { a: 2n }]])).get(1).a"),
        "2"
    );
}

#[test]
fn the_environment_is_a_record_that_cannot_be_written() {
    assert_eq!(value_of("process.env.MODE"), "test");
    assert_eq!(value_of("process.env.GONE"), "undefined");
    assert_eq!(value_of("\"MODE\" in process.env"), "true");
    assert_eq!(
        value_of("Object.keys(process.env).includes(\"MODE\")"),
        "true"
    );
    assert_eq!(value_of("({ ...process.env }).MODE"), "test");
    for change in [
        "process.env.MODE = \"x\"",
        "delete process.env.MODE",
        "process.env.NEW = \"1\"",
        "process.env = {}",
    ] {
        let project = TestProject::new(&format!("{change};")).with_env("MODE", "test");
        assert!(project.engine().definition().is_err(), "{change}");
    }
}

#[test]
fn a_variable_is_a_text_and_decides_what_is_defined() {
    let project = TestProject::new(
        "import { env, sequence } from \"@rigkit/sdk\";\nconst mode = env(\"MODE\");\nconst app = sequence(\"app\").task(typeof mode, () => {}).task(mode, { version: mode }, () => {});\nexport const web = mode === \"test\" ? app.task(env(\"GONE\", \"x\"), () => {}) : app;\n",
    )
    .with_env("MODE", "test");
    assert_eq!(paths(&load(&project)), ["string", "test", "x"]);
    let project = project.with_env("MODE", "live");
    assert_eq!(paths(&load(&project)), ["string", "live"]);
    check_problems(
        "import { env } from \"@rigkit/sdk\";\nexport const x = `${env(\"MISSING\")}`;",
        &[
            "rig.config.ts:2:21-2:24 definition-threw: the environment variable `MISSING` is not set",
        ],
    );
}

#[test]
fn the_engine_s_own_doors_are_shut_while_defining() {
    // What handlers reach the world through does not exist yet.
    for name in [
        "startOperation",
        "operation",
        "storage",
        "finish",
        "fail",
        "emit",
        "log",
    ] {
        assert_eq!(
            value_of(&format!("typeof globalThis.__rigkit?.{name}")),
            "undefined",
            "{name}"
        );
    }
}

#[test]
fn a_definition_leaves_nothing_for_the_next() {
    let project = TestProject::new(
        "import { sequence } from \"@rigkit/sdk\";\nglobalThis.count = (globalThis.count ?? 0) + 1; Array.prototype.extra ??= []; Array.prototype.extra.push(1);\nexport const app = sequence(\"app\").task(`${count} ${[].extra.length}`, () => {});\n",
    );
    for _ in 0..2 {
        assert_eq!(paths(&load(&project)), ["1 1"]);
    }
}

#[test]
fn env_files_come_from_the_root_down_and_the_process_wins() {
    let project = TestProject::new(
        r#"
//- /rig.config.ts
export default 1;
//- /.env
A=outer
B=outer
C=outer
//- /sub/rig.config.ts
import { sequence } from "@rigkit/sdk";
const { A, B, C } = process.env;
export const app = sequence("app").task(`${A} ${B} ${C}`, () => {});
//- /sub/.env
B=inner
C=inner
"#,
    );
    let process = [("C".to_owned(), "process".to_owned())];
    let environment = rigkit_engine::project::Environment::of_project(
        &project.path("sub"),
        &rigkit_engine::trust::OwnerRule::default(),
        process,
    );
    let options = rigkit_engine::EngineOptions {
        project: rigkit_engine::project::Project::find(&project.path("sub")).unwrap(),
        environment,
        ..project.engine().options().clone()
    };
    let definition = rigkit_engine::Engine::new(options).definition().unwrap();
    assert_eq!(paths(&definition), ["outer inner process"]);
}
