//! A stranger's definition evaluates in a process of its own and is the same definition; and what
//! it costs is bounded, there and in the process of who trusts it.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, sync::Arc, thread, time::Duration};

use rigkit_engine::{
    Engine, EngineOptions,
    confined::Evaluator,
    project::{Environment, Loading},
    sandbox::SandboxLimits,
    trust::{OwnerRule, Trust},
};
use rigkit_tests::{Bounds, Output, Project};
use serde_json::Value;

/// The kernel ends a child together with the thread that has started it, if the child asks for
/// that. Which thread wants an evaluation must not matter.
#[test]
#[cfg(target_os = "linux")]
fn a_process_that_waits_outlives_the_thread_that_prepared_it() {
    let project = Project::of_stranger(DEFINITIONS[0]);
    let (program, starts) = (
        project.outside().join("rig"),
        project.outside().join("starts"),
    );
    let script = format!(
        "#!/bin/sh\necho >>'{}'\nexec '{}' \"$@\"\n",
        starts.display(),
        rigkit_tests::rig().display()
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let evaluator = Evaluator::new(Some(program), SandboxLimits::default());
    let prepared = Arc::clone(&evaluator);
    let preparing = thread::spawn(move || {
        prepared.prepare();
        while !has_confined_child() {
            thread::yield_now();
        }
        nix::unistd::gettid()
    });
    let thread = preparing.join().unwrap();
    while Path::new(&format!("/proc/self/task/{thread}")).exists() {
        thread::yield_now();
    }
    let engine = Engine::new(EngineOptions {
        project: rigkit_engine::project::Project::find(&project.root()).unwrap(),
        state_path: None,
        environment: Environment::default(),
        trust: Trust::Untrusted,
        limits: SandboxLimits::default(),
        evaluator: Some(evaluator),
        loading: Loading::default(),
        buffers: Arc::default(),
        owners: OwnerRule::default(),
        host_storage_dir: project.outside().join("host"),
        host_dir: project.home().join(".rigkit"),
        who: "tester".to_owned(),
    });
    assert_eq!(engine.definition().unwrap().workflows.len(), 1);
    assert_eq!(fs::read_to_string(&starts).unwrap(), "\n");
}

/// Returns whether this process has a child that evaluates and has given up all files.
#[cfg(target_os = "linux")]
fn has_confined_child() -> bool {
    let parent = format!("PPid:\t{}\n", std::process::id());
    let is_one = |process: &Path| {
        let read = |name| fs::read_to_string(process.join(name)).unwrap_or_default();
        let has_no_files = |line: &str| {
            let numbers = line.strip_prefix("Max open files").unwrap_or_default();
            numbers.split_whitespace().next() == Some("0")
        };
        read("status").contains(&parent)
            && read("cmdline").contains("__evaluate")
            && read("limits").lines().any(has_no_files)
    };
    let mut entries = fs::read_dir("/proc").unwrap();
    entries.any(|entry| entry.is_ok_and(|entry| is_one(&entry.path())))
}

/// Definitions whose parts are easily lost on the way from one process to another.
const DEFINITIONS: &[&str] = &[
    r#"
//- /rig.config.ts
import { sequence, task } from "@rigkit/sdk";
const far = [1e21, -0, NaN, Infinity, 5e-324, 0.1, 123456789012345680000, 2n ** 70n, Symbol("x")];
const odd = { text: "\u{1f600}\ud800 \u0000", at: new Date(0), set: new Set([1, [2]]), map: new Map([[{}, 1]]), re: /a\/b/giu };
const shared = { one: 1 }; const twice = [shared, shared]; const round = {}; round.self = round;
export const site = sequence("site")
  .task("a", async () => ({ ctx: { far: far.length, odd, twice, round } }))
  .task("b", { version: String(0.1 + 0.2) }, async () => {});
"#,
    r#"
//- /rig.config.ts
import { defineProvider, task, workflow, host } from "@rigkit/sdk";
import { z } from "./schema";
import common from "./common.cjs";
console.log("built", { nested: [1, { two: common.two }] });
console.error("\u{1b}[31mred");
class Tool { #name = "x"; static kind = common.kind; run() { return this.#name; } }
const tool = new Tool();
const cloud = defineProvider("cloud", { region: common.region }, {
  providerId: "cloud",
  createProvider: () => ({ providerId: "cloud", runtime: () => ({ up: () => tool.run() }) }),
});
export const site = workflow("site", { providers: { cloud } })
  .sequence("main", { input: z })
  .task("make", async ({ cloud }) => ({ ctx: { name: cloud.up(), stage: process.env.STAGE } }))
  .workspace({ create: () => ({ ctx: {} }), remove: () => {} })
  .operation("show", { title: "Show", description: "Shows it", input: z, run: () => tool })
  .workspaceOperation("open", { run: () => {} });
//- /schema.ts
export const z = { type: "object", properties: { port: { type: "integer", default: 1e3 } } } as const;
//- /common.cjs
exports.two = 2; exports.kind = require("./more").kind; exports.region = "eu";
//- /more.js
module.exports = { kind: "tool" };
//- /.env
STAGE=here
"#,
    r#"
//- /rig.config.ts
import { sequence } from "@rigkit/sdk";
let seen = 0;
export const a = sequence("a").parallel({
  left: sequence("left").task("x", () => { seen += 1; }),
  right: sequence("right").task("y", () => seen),
});
export const b = sequence("b").task("z", () => new Date(new Date(2020, 5, 1).getTimezoneOffset()));
//- /unused.ts
throw new Error("never imported");
"#,
    // Those that are wrong are wrong in the same way, at the same place.
    "//- /rig.config.ts\nimport { sequence } from \"@rigkit/sdk\";\nimport { x } from \"./lib\";\nexport const s = sequence(\"s\").task(\"t\", x);\n//- /lib.ts\nfunction fail() { throw new TypeError(\"no\\u0007\"); }\nexport const x = fail();\n",
    "//- /rig.config.ts\nimport { missing } from \"./lib\";\nexport default missing;\n//- /lib.ts\nexport {};\n",
    "//- /rig.config.ts\nimport { sequence } from \"@rigkit/sdk\";\nexport const s = sequence(\"s\").task(\"t\", 1).task(\"t\", () => {});\n",
    "//- /rig.config.ts\nthrow { odd: [1, { two: 2 }] };\n",
    "//- /rig.config.ts\nawait new Promise(() => {});\n",
    "//- /rig.config.ts\nexport const x = ;\n",
];

/// What shows a definition and what its tasks count by.
const LINES: &[&str] = &["graph --format json", "cache explain --json", "plan --json"];

/// Makes sure that a stranger's definition is told as a trusted one is.
fn check_same(trusted: &Project, stranger: &Project) {
    for line in LINES {
        for zone in ["UTC", "America/New_York"] {
            let told = |project: &Project| {
                let output = project.command(line).env("TZ", zone).run();
                told_by(project, &output)
            };
            assert_eq!(told(stranger), told(trusted), "{line}");
        }
    }
}

/// Returns what was told, but for the folder and for what trust decides.
fn told_by(project: &Project, output: &Output) -> (i32, Value, String) {
    let folder = project.root().canonicalize().unwrap();
    let neutral = |text: &str| text.replace(folder.to_str().unwrap(), "ROOT");
    let stdout = neutral(&output.stdout);
    let mut document = serde_json::from_str(&stdout).unwrap_or(Value::String(stdout));
    let workflows = document.get_mut("workflows").and_then(Value::as_array_mut);
    for workflow in workflows.into_iter().flatten() {
        let workflow = workflow.as_object_mut().unwrap();
        workflow.remove("checksAsked");
    }
    (output.code, document, neutral(&output.stderr))
}

fn copy_below(source: &Path, project: &Project, below: &Path) {
    for entry in fs::read_dir(source.join(below))
        .unwrap()
        .map(Result::unwrap)
    {
        let path = below.join(entry.file_name());
        if path.starts_with(".rigkit") {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            copy_below(source, project, &path);
        } else {
            project.write(path.to_str().unwrap(), fs::read(entry.path()).unwrap());
        }
    }
}

#[test]
fn a_strangers_definition_is_the_same() {
    for fixture in DEFINITIONS {
        check_same(&Project::new(fixture), &Project::of_stranger(fixture));
    }
}

#[test]
fn a_strangers_example_is_the_same() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    for example in fs::read_dir(examples).unwrap().map(Result::unwrap) {
        if !example.path().join("rig.config.ts").is_file() {
            continue;
        }
        let (trusted, stranger) = (Project::new(""), Project::of_stranger(""));
        for project in [&trusted, &stranger] {
            copy_below(&example.path(), project, Path::new(""));
        }
        check_same(&trusted, &stranger);
    }
}

/// Where it is evaluated says the process itself: it has no time zone but the one it was given, and
/// no file to read another from.
#[test]
fn a_strangers_definition_reaches_no_file_by_its_time_zone() {
    let project = Project::of_stranger(
        "//- /rig.config.ts\nconsole.log(new Date(2020, 6, 1).getTimezoneOffset());\nexport {};\n",
    );
    let zone = project.home().join("zone");
    fs::copy("/usr/share/zoneinfo/Asia/Tokyo", &zone).unwrap_or_default();
    for zone in [
        zone.to_str().unwrap().to_owned(),
        format!(":{}", zone.display()),
    ] {
        let output = project.command("plan").env("TZ", &zone).run();
        assert!(!output.stderr.contains("-540"), "{}", output.transcript());
    }
}

/// Texts that a parser reads again and again, at each of thousands of levels; or never ends to go deeper.
fn costly_texts() -> Vec<String> {
    let alone = [
        ("a<", 3_000, "1"),
        ("a<", 20_000, "1"),
        ("a<", 400_000, "1"),
        ("`${a<", 3_000, ""),
        ("({a=[", 3_000, ""),
        ("a?(b)=>(c):d=>", 2_000, "1"),
        ("a?(b):c=>", 2_000, "1"),
        ("async<", 3_000, ""),
        ("(a=(", 3_000, ""),
        ("x=>", 100_000, "1"),
        ("!", 1_000_000, "1"),
    ];
    let alone = alone.map(|(part, count, end)| format!("const a={}{end};", part.repeat(count)));
    let closed = [("(", ")"), ("[", "]"), ("{a:", "}")].map(|(open, close)| {
        let count = 1_000_000;
        format!("const a={}1{};", open.repeat(count), close.repeat(count))
    });
    let namespaces = format!("namespace {}a {{ x; }}", "a.".repeat(1_000_000));
    alone
        .into_iter()
        .chain(closed)
        .chain([namespaces])
        .collect()
}

/// Definitions that use far more than they may, by every way there is.
const COSTLY: &[&str] = &[
    // Time.
    "for (;;);",
    "await null; for (;;) { try { for (;;); } catch {} }",
    "Array.prototype.reverse.call({ length: 2 ** 53 - 1 });",
    "Array.from({ length: 2 ** 32 - 1 });",
    "[...{ [Symbol.iterator]: () => ({ next: () => ({ value: 1, done: false }) }) }];",
    "/(a*)*b/.test(\"a\".repeat(60));",
    "2n ** (2n ** 30n);",
    "export const x = sequence(\"x\").task(\"t\", { get version() { for (;;); } }, () => {});",
    "export const x = sequence(\"x\").task(\"t\", { version: { toString() { for (;;); } } }, () => {});",
    "const p = new Proxy({}, { ownKeys() { for (;;); } }); export const x = sequence(\"x\").task(\"t\", () => p);",
    "const p = new Proxy({}, { get: (t, k, r) => r[k], ownKeys: () => [\"a\"] }); export const x = sequence(\"x\").task(\"t\", () => p);",
    "throw { get message() { for (;;); }, toString() { for (;;); } };",
    "throw Object.defineProperty(new Error(\"x\"), \"stack\", { get() { for (;;); } });",
    "console.log({ get a() { for (;;); } });",
    "export const then = (resolve) => { for (;;); };",
    "const loop = async () => { for (;;) await null; }; void loop();",
    // Memory of the language.
    "const a = []; for (;;) a.push({});",
    "const a = []; for (;;) a.push(\"x\".repeat(1e6) + a.length);",
    "new ArrayBuffer(2 ** 31);",
    "new Uint8Array(1e9).fill(1);",
    "Promise.resolve().then(() => { const a = []; for (;;) a.push([]); }); export {};",
    "\"x\".padEnd(2 ** 30 - 25).split(\"\");",
    "JSON.stringify(Array(3e5).fill(\"x\".repeat(1e4)));",
    // Memory of what the engine copies out.
    "const s = \"x\".repeat(1e6); export const x = sequence(\"x\").task(\"t\", { version: JSON.stringify(Array(200).fill(s)) }, () => {});",
    "const s = \"x\".repeat(1e5); const a = Array(1e5).fill(s); export const x = sequence(\"x\").task(\"t\", () => a);",
    "let o = {}; for (let i = 0; i < 60; i += 1) o = [o, o]; export const x = sequence(\"x\").task(\"t\", () => o);",
    "let o = {}; for (let i = 0; i < 60; i += 1) o = { a: o, b: o }; console.log(o); export {};",
    "let s = { type: \"string\" }; for (let i = 0; i < 45; i += 1) s = { allOf: [s, s] }; export const x = sequence(\"x\").task(\"t\", { output: s }, () => {});",
    "let s = {}; for (let i = 0; i < 60; i += 1) s = { anyOf: [s, s] }; export const x = sequence(\"x\", { input: s }).task(\"t\", () => {});",
    "for (;;) console.log(\"x\".repeat(1e7));",
    "for (;;) console.log(\"x\");",
    "for (let i = 0; i < 1e5; i += 1) console.log(\"x\".repeat(1e5));",
    "throw new Error(\"x\".repeat(1e8));",
    "throw Object.assign(new Error(\"x\"), { name: \"y\".repeat(1e8), help: \"z\".repeat(1e8) });",
    "throw \"x\".repeat(1e8);",
    "throw Array(1e7).fill(\"xxxxxxxxxx\");",
    "let e = new Error(\"x\"); for (let i = 0; i < 1e6; i += 1) e = new Error(\"x\", { cause: e }); throw e;",
    "throw new AggregateError(Array(1e6).fill(new Error(\"x\".repeat(1e4))));",
    "let s = sequence(\"n\".repeat(1e6)); for (let i = 0; i < 100; i += 1) s = sequence(\"n\".repeat(1e6) + i).sequence(s); export const x = s;",
    "let s = sequence(\"x\"); for (let i = 0; i < 2e5; i += 1) s = s.task(\"t\" + i, () => {}); export const x = s;",
    "let s = sequence(\"x\"); const d = \"d\".repeat(1e6); for (let i = 0; i < 2e3; i += 1) s = s.task(\"t\" + i, { description: d }, () => {}); export const x = s;",
    "export const x = workflow(\"x\", { providers: Object.fromEntries(Array.from({ length: 1e6 }, (_, i) => [\"p\" + i, {}])) });",
    "const s = \"x\".repeat(1e6); export const x = sequence(\"x\").task(\"t\", () => {}).operation(\"o\", { title: s, description: s, input: { type: \"object\", properties: Object.fromEntries(Array.from({ length: 1e3 }, (_, i) => [\"p\" + i, { default: s }])) }, run: () => {} });",
    "const m = new Map(); for (let i = 0; i < 3e6; i += 1) m.set(i, {}); export const x = sequence(\"x\").task(\"t\", () => m);",
    "export const x = sequence(\"x\").task(\"t\", { output: { type: \"string\", pattern: \"a?\".repeat(8e6) } }, () => {});",
    "export const x = sequence(\"x\").task(\"t\", { output: { patternProperties: { [\"a|\".repeat(2e6)]: {} } } }, () => {});",
    "export const x = sequence(\"x\").task(\"t\", { output: { enum: Array.from({ length: 5e5 }, (_, i) => ({ a: i })) } }, () => {});",
    "export const x = sequence(\"x\").task(\"t\", { output: { properties: Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [\"p\" + i, { type: \"object\", properties: { a: {} } }])) } }, () => {});",
    "const a = []; for (let i = 0; i < 1e6; i += 1) a.push(new Date(i)); export const x = sequence(\"x\").task(\"t\", () => a);",
    // Depth.
    "let o = {}; for (let i = 0; i < 1e6; i += 1) o = { o }; export const x = sequence(\"x\").task(\"t\", () => o);",
    "let o = {}; for (let i = 0; i < 1e6; i += 1) o = { o }; console.log(o); export {};",
    "let o = {}; for (let i = 0; i < 1e6; i += 1) o = { o }; throw o;",
    "let s = {}; for (let i = 0; i < 1e5; i += 1) s = { not: s }; export const x = sequence(\"x\").task(\"t\", { output: s }, () => {});",
    "const f = () => f(); f();",
    "let s = sequence(\"x\"); for (let i = 0; i < 2e4; i += 1) s = s.parallel({}); export const x = s;",
    "let s = sequence(\"x\").task(\"t\", () => {}); for (let i = 0; i < 60; i += 1) s = s.parallel({ a: sequence(\"a\"), b: sequence(\"b\") }); export const x = s.task(\"u\", () => {});",
    "let s = sequence(\"x\"); for (let i = 0; i < 60; i += 1) s = s.parallel({ a: sequence(\"a\"), b: sequence(\"b\") }); export const x = s.task(\"u\", () => {}).task(\"v\", () => {});",
    "let s = sequence(\"x\").task(\"t\", () => {}); for (let i = 0; i < 1e4; i += 1) s = sequence(\"y\").sequence(s); export const x = s;",
    "let s = sequence(\"x\").task(\"t\", () => {}); for (let i = 0; i < 1e4; i += 1) s = sequence(\"y\").parallel({ a: s }); export const x = s;",
];

fn costly(definition: &str) -> String {
    format!(
        "//- /rig.config.ts\nimport {{ sequence, workflow }} from \"@rigkit/sdk\";\nvoid [sequence, workflow];\n{definition}\n"
    )
}

fn check_bounded(project: &Project, definition: &str) {
    // Debug builds are slow at what they do beside the language.
    let bounds = Bounds {
        time: Duration::from_mins(1),
        memory_mib: 640,
    };
    for line in ["plan", "plan --json"] {
        let output = project.command(line).run_within(bounds);
        let told = output.transcript();
        assert!((0..=1).contains(&output.code), "{definition}: {told}");
        assert!(!told.contains("panicked"), "{definition}: {told}");
        assert!(
            told.len() < 8 << 20,
            "{definition} tells {} bytes",
            told.len()
        );
    }
}

#[test]
fn what_a_strangers_definition_costs_is_bounded() {
    for definition in COSTLY {
        check_bounded(&Project::of_stranger(&costly(definition)), definition);
    }
    for text in costly_texts() {
        check_bounded(&Project::of_stranger(&costly(&text)), &text[..20]);
    }
}

#[test]
fn what_a_trusted_definition_costs_is_bounded() {
    for definition in COSTLY {
        check_bounded(&Project::new(&costly(definition)), definition);
    }
    for text in costly_texts() {
        check_bounded(&Project::new(&costly(&text)), &text[..20]);
    }
}

/// Files of a project that take far more memory than they have bytes.
#[test]
fn what_a_strangers_files_cost_is_bounded() {
    let import = |specifier: &str| format!("import \"{specifier}\";\n");
    let many = |count: usize, specifier: &dyn Fn(usize) -> String| {
        let imports: String = (0..count).map(|index| import(&specifier(index))).collect();
        Project::of_stranger(&costly(&imports))
    };
    let manifests = many(12, &|index| format!("p{index}"));
    for index in 0..12 {
        let folder = format!("node_modules/p{index}");
        let body = "{},".repeat(1_300_000);
        manifests.write(&format!("{folder}/i.js"), "export {};");
        manifests.write(
            &format!("{folder}/package.json"),
            format!("{{\"name\":\"p{index}\",\"version\":\"1\",\"type\":\"module\",\"exports\":\"./i.js\",\"x\":[{body}0]}}"),
        );
    }
    check_bounded(&manifests, "manifests");
    for (name, text) in [
        (
            "texts",
            format!("export const a = \"{}\";", "x".repeat(4_000_000)),
        ),
        (
            "comments",
            format!("// {}\nexport {{}};", "x".repeat(4_000_000)),
        ),
        (
            "arrows",
            format!("export const a = [{}];", "()=>1,".repeat(600_000)),
        ),
    ] {
        let modules = many(24, &|index| format!("./m{index}"));
        for index in 0..24 {
            modules.write(&format!("m{index}.ts"), &text);
        }
        check_bounded(&modules, name);
    }
    let folders = Project::of_stranger(&costly("export {};"));
    let deep: String = (0..14).map(|_| format!("{}/", "n".repeat(250))).collect();
    for index in 0..12_000 {
        fs::create_dir_all(folders.path(&format!("{deep}{index}"))).unwrap();
    }
    // Below a project there is nothing to look for.
    let start = folders.path(&"n".repeat(250));
    let listed = folders.command("projects").directory(start);
    let listed = listed.run_within(Bounds::default());
    assert!((0..=1).contains(&listed.code), "{}", listed.transcript());
}
