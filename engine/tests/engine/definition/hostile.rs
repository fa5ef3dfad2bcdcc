//! Configs that loop, grow or are made to break the reader: an error, never a hang or a crash.

use std::time::Duration;

use rigkit_engine::{
    ApplyRequest, Engine, EngineError, EngineOptions, diagnostic::DiagnosticCode,
    sandbox::SandboxLimits,
};

use super::{check_problems, problems};
use crate::support::{Recording, TestProject};

#[track_caller]
fn check_code(config: &str, expected: DiagnosticCode) {
    let project = TestProject::new(config);
    let found = problems(&project);
    assert_eq!((found.len(), found[0].code), (1, expected), "{found:?}");
}

fn with_limits(project: &TestProject, limits: SandboxLimits) -> Engine {
    Engine::new(EngineOptions {
        limits,
        ..project.engine().options().clone()
    })
}

/// Where code is stopped depends on how often the language looked at the clock before, which
/// the calls in front of the loop change.
#[test]
fn a_loop_that_is_stopped_is_placed_at_the_loop() {
    for calls in 0..4 {
        for body in ["", "Math.max(1, 2);", "Math.max(1, 2); Math.min(1, 2);"] {
            let calls = "Math.abs(1);\n".repeat(calls);
            let config = format!("String(1);\n{calls}for (;;) {{ {body} }}\n");
            let project = TestProject::new(&config);
            let limits = SandboxLimits {
                cpu: Duration::from_millis(20),
                ..SandboxLimits::default()
            };
            let error = with_limits(&project, limits).definition().err().unwrap();
            let range = error.diagnostics()[0].range.clone().unwrap();
            let line = config
                .lines()
                .position(|line| line.starts_with("for"))
                .unwrap()
                + 1;
            assert_eq!(range.start.line as usize, line, "{config}: {range:?}");
        }
    }
}

#[test]
fn a_loop_ends_at_the_time_limit() {
    for config in [
        "const x = 1;\nwhile (true) {}",
        "function f() {\n  for (;;);\n}\nf();",
        "await null;\nfor (;;) { try { for (;;); } catch {} }",
        "const loop = async () => { for (;;) await null; };\nawait loop();",
        "const loop = async () => { for (;;) await null; };\nvoid loop();",
        "/(a*)*b/.test('a'.repeat(40));\n",
        "try { while (true) {} } finally { while (true) {} }",
    ] {
        let project = TestProject::new(config);
        let limits = SandboxLimits {
            cpu: Duration::from_millis(200),
            ..SandboxLimits::default()
        };
        let error = with_limits(&project, limits).definition().err().unwrap();
        let found = &error.diagnostics()[0];
        assert_eq!(found.code, DiagnosticCode::TimeLimit, "{config}: {found:?}");
        assert_eq!(
            found.message,
            "the config used more than 0.2 s of processor time"
        );
        assert!(found.range.is_some(), "{config}");
    }
}

/// Loops within the language's own library, which looks at no limit; they would take minutes
/// or for ever with a few more digits, and no test is to leave such threads behind.
const LIBRARY_LOOPS: &[&str] = &[
    "Array.prototype.reverse.call({ length: 2 ** 25 });",
    "new Array(2 ** 27).join(\"\");",
    "\"a\".repeat(6e5).indexOf(\"a\".repeat(3e5) + \"b\");",
];

#[test]
fn a_loop_within_the_library_ends_at_the_time_limit() {
    let limits = SandboxLimits {
        cpu: Duration::from_millis(100),
        ..SandboxLimits::default()
    };
    for config in LIBRARY_LOOPS {
        let project = TestProject::new(config);
        let engine = with_limits(&project, limits);
        let applied = engine.apply(&ApplyRequest::default(), &Recording::default().session());
        for error in [engine.definition().err().unwrap(), applied.unwrap_err()] {
            let found = &error.diagnostics()[0];
            assert_eq!(found.code, DiagnosticCode::TimeLimit, "{config}: {found:?}");
            assert_eq!(
                found.message,
                "the config used more than 0.1 s of processor time"
            );
            let range = found.range.as_ref().unwrap();
            assert_eq!(range.file, project.path("rig.config.ts"), "{config}");
        }
    }
}

#[test]
fn a_load_that_does_not_end_can_be_cancelled() {
    let project = TestProject::new(LIBRARY_LOOPS[0]);
    let limits = SandboxLimits {
        cpu: Duration::from_hours(1),
        ..SandboxLimits::default()
    };
    let recording = Recording::default();
    recording.cancel.cancel();
    let error = with_limits(&project, limits)
        .apply(&ApplyRequest::default(), &recording.session())
        .unwrap_err();
    assert!(matches!(error, EngineError::Cancelled), "{error:?}");
}

#[test]
fn eating_memory_ends_at_the_memory_limit() {
    for config in [
        "const a = []; for (;;) a.push(new Array(1000).fill(a))",
        "new ArrayBuffer(1e9);",
        "const m = new Map(); for (let i = 0; ; i += 1) m.set(i, `${i}`.repeat(100));",
        "new Array(1e9).fill(0).map(String);",
        "'x'.repeat(2 ** 29);",
        "void Promise.resolve().then(() => 'x'.repeat(2 ** 29));\nexport default 1;",
        "try { new ArrayBuffer(1e9); } catch {}\nexport default 1;",
        "(() => { const a = []; for (;;) a.push({}); })();",
        "await Promise.all([1, 2].map(async () => { await null; new ArrayBuffer(1e9); })).catch(() => {});",
    ] {
        let project = TestProject::new(config);
        let limits = SandboxLimits {
            memory: 32 << 20,
            cpu: Duration::from_secs(20),
            ..SandboxLimits::default()
        };
        let error = with_limits(&project, limits).definition().err().unwrap();
        let found = &error.diagnostics()[0];
        assert_eq!(
            found.code,
            DiagnosticCode::MemoryLimit,
            "{config}: {found:?}"
        );
        assert_eq!(found.message, "the config used more than 32 MiB of memory");
        assert!(found.help.is_some());
    }
}

#[test]
fn a_definition_has_two_seconds_and_256_mebibytes() {
    let expected = SandboxLimits {
        cpu: Duration::from_secs(2),
        memory: 256 << 20,
        question: Duration::from_secs(10),
    };
    let project = TestProject::new("");
    assert_eq!(project.engine().options().limits, expected);
    for (config, message) in [
        (
            "while (true);",
            "the config used more than 2 s of processor time",
        ),
        (
            "new ArrayBuffer(257 << 20);",
            "the config used more than 256 MiB of memory",
        ),
    ] {
        let project = TestProject::new(config);
        assert_eq!(problems(&project)[0].message, message);
    }
    check_code("new ArrayBuffer(200 << 20);", DiagnosticCode::NoWorkflow);
}

#[test]
fn waiting_for_nothing_is_told() {
    check_code(
        "await new Promise(() => {});",
        DiagnosticCode::DefinitionNeverSettles,
    );
    check_code(
        "const a = new Promise((resolve) => { globalThis.r = resolve; });\nexport const x = await a;",
        DiagnosticCode::DefinitionNeverSettles,
    );
}

#[test]
fn endless_recursion_is_an_error() {
    check_problems(
        "function f() { return f() + 1; }\nf();",
        &["rig.config.ts:1:23-1:24 definition-threw: RangeError: Maximum call stack size exceeded"],
    );
    check_code(
        "const o = { get a() { return this.a; } };\no.a;",
        DiagnosticCode::DefinitionThrew,
    );
    check_code(
        "let a = []; for (let i = 0; i < 1e5; i += 1) a = [a];\nJSON.stringify(a);",
        DiagnosticCode::DefinitionThrew,
    );
    check_code(
        "const p = new Proxy({}, { get: (t, k, r) => r[k] });\np.x;",
        DiagnosticCode::DefinitionThrew,
    );
}

#[test]
fn a_source_of_five_mebibytes_is_refused() {
    check_problems(
        &format!("export const x = 1;\n//{}", "x".repeat(5 << 20)),
        &["rig.config.ts:1:1-1:1 module-too-large: `ROOT/rig.config.ts` is larger than 4 MiB"],
    );
    let project = TestProject::new("import \"./big\";\nexport default 1;");
    std::fs::write(project.path("big.ts"), "\n".repeat(5 << 20)).unwrap();
    let found = super::lines(&project.root(), &problems(&project));
    assert_eq!(
        found,
        ["rig.config.ts:1:8-1:15 module-too-large: `ROOT/big.ts` is larger than 4 MiB"]
    );
}

#[test]
fn text_that_nests_without_end_is_an_error_and_no_crash() {
    let deep = 100_000;
    for text in [
        "(".repeat(deep),
        "!".repeat(deep),
        "[".repeat(deep),
        "{".repeat(deep),
        "a=>".repeat(deep),
        "a?".repeat(deep),
        "`${".repeat(deep),
        "<".repeat(deep),
        "if(a)".repeat(deep),
        "x[".repeat(deep),
        "type A = ".to_owned() + &"[".repeat(deep),
        "let x: ".to_owned() + &"(".repeat(deep),
        "({a:".repeat(deep),
        "class A{a=".repeat(deep),
        "function f(a=".repeat(deep),
        "await ".repeat(deep),
        "/".repeat(deep),
        "@".repeat(deep),
    ] {
        let project = TestProject::new("");
        std::fs::write(project.path("rig.config.ts"), &text).unwrap();
        let found = problems(&project);
        assert!(!found.is_empty());
    }
}

#[test]
fn text_that_nests_deep_and_is_whole_loads_or_is_refused() {
    let deep = 100_000;
    for text in [
        format!(
            "export const x = {}1{};",
            "(".repeat(deep),
            ")".repeat(deep)
        ),
        format!("export const x = {}1;", "!".repeat(deep)),
        format!("export const x = {}{};", "[".repeat(deep), "]".repeat(deep)),
        format!("export const x = 1{};", "+1".repeat(deep)),
        format!(
            "export const x = a{};\nfunction a() {{ return a; }}",
            "()".repeat(deep)
        ),
        format!("export const x = {{}}{};", "?.a".repeat(deep)),
        format!("{}{}", "{".repeat(deep), "}".repeat(deep)),
        format!("export type X = {}1{};", "[".repeat(deep), "]".repeat(deep)),
        "if (0) {} else ".repeat(deep) + ";",
    ] {
        let project = TestProject::new("");
        std::fs::write(project.path("rig.config.ts"), &text).unwrap();
        let found = problems(&project);
        // Whatever it is, it says where.
        assert!(found[0].range.is_some(), "{}: {:?}", &text[..40], found[0]);
    }
}

#[test]
fn json_that_nests_without_end_is_refused() {
    let project = TestProject::new("import data from \"./data.json\";\nexport default data;");
    std::fs::write(
        project.path("data.json"),
        "[".repeat(100_000) + &"]".repeat(100_000),
    )
    .unwrap();
    assert_eq!(problems(&project).len(), 1);
}

#[test]
fn nodes_that_stand_for_more_tasks_than_anyone_can_list_end_at_the_time_limit() {
    check_code(
        "import { sequence, task } from \"@rigkit/sdk\";\nlet node = task(\"t\", () => {});\nfor (let i = 0; i < 60; i += 1) node = sequence(\"s\").parallel({ a: node, b: node });\nexport default node;\n",
        DiagnosticCode::TimeLimit,
    );
}

#[test]
fn a_definition_in_a_circle_or_made_by_hand_is_an_error() {
    let node = "{ kind: \"rigkit.workflow-node\", nodeKind: \"sequence\", name: \"a\", workflow: { name: \"a\" }";
    for config in [
        format!("const n = {node} }}; n.last = {{ type: \"node\", value: n }}; export default n;"),
        format!("const l = {{ type: \"other\" }}; l.previous = l; export default {node}, last: l }};"),
        format!("export default {node}, last: {{ type: 1, value: 2, previous: 3 }} }};"),
        format!("export default {node}, last: {{}} }};"),
        format!("export default {node}, get last() {{ throw new Error(\"x\"); }} }};"),
        "export default new Proxy({}, { get() { throw new Error(\"x\"); } });".to_owned(),
        "export default { kind: \"rigkit.config\", workflows: { a: { kind: \"rigkit.workflow-node\", nodeKind: \"other\", name: \"x\" } } };".to_owned(),
        "export default { kind: \"rigkit.config\", site: 1e300, workflows: 1 };".to_owned(),
        "export default { kind: \"rigkit.workflow-node\", nodeKind: \"task\", name: \"x\", site: -1, handler: 1 };".to_owned(),
    ] {
        let project = TestProject::new(&config);
        let limits = SandboxLimits {
            cpu: Duration::from_millis(500),
            ..SandboxLimits::default()
        };
        let result = with_limits(&project, limits).definition();
        let error = result.err().unwrap_or_else(|| panic!("{config}"));
        assert!(!error.diagnostics().is_empty(), "{config}: {error:?}");
    }
}

/// What is wrong is told up to a number of problems, and looked for no further.
#[test]
fn twenty_thousand_imports_that_lead_nowhere_are_told_in_part() {
    for specifier in ["./missing", "missing", "/missing", "../missing", "#missing"] {
        let imports: String = (0..20_000)
            .map(|index| format!("import \"{specifier}-{index}\";\n"))
            .collect();
        let found = problems(&TestProject::new(&imports));
        assert_eq!(found.len(), 101, "{specifier}");
        let last = &found[100];
        assert_eq!(
            last.message,
            "there are more problems than these 100, which are not shown"
        );
        assert!(last.range.is_some());
    }
}

#[test]
fn more_modules_than_there_may_be_are_refused() {
    let project = TestProject::new("import \"./a0\";\n");
    for index in 0..20_000 {
        let import = format!("import \"./a{}\";\n", index + 1);
        std::fs::write(project.path(&format!("a{index}.ts")), import).unwrap();
    }
    std::fs::write(project.path("a20000.ts"), "").unwrap();
    let found = problems(&project);
    assert_eq!(found.len(), 1, "{found:?}");
    let limits = [
        "the config imports more than 20000 modules",
        "reading the config and what it imports took more than 10 s of processor time",
    ];
    assert!(limits.contains(&&*found[0].message), "{found:?}");
    assert!(found[0].range.is_some());
}

/// The passes over the syntax take time in proportion to the square of some depths.
#[test]
fn code_that_nests_in_a_costly_way_is_refused() {
    let names = "a.".repeat(200_000);
    let bodies = "namespace a { ".repeat(50_000) + &"}".repeat(50_000);
    let classes = "(class { static { ".repeat(50_000) + &"} })".repeat(50_000);
    for text in [format!("namespace {names}a {{ x; }}"), bodies, classes] {
        let project = TestProject::new("");
        std::fs::write(project.path("rig.config.ts"), &text).unwrap();
        let found = problems(&project);
        assert!(found[0].range.is_some(), "{}: {:?}", &text[..40], found[0]);
    }
}
