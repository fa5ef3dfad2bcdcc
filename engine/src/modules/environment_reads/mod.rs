//! The variables of the environment that a module reads, for modules that count with their text.
//!
//! A variable is found by what an expression stands for, through aliases and patterns, and not by
//! how it is spelled. Where the environment, or a function that reads it, goes anywhere else (into
//! a call, an export, an object), nobody can tell which variables are read in the end.

mod meanings;
mod visit;

use std::{collections::BTreeSet, ops::Range, path::Path};

use oxc::{allocator::Allocator, ast_visit::Visit as _, semantic::SemanticBuilder, span::Span};

use self::meanings::Meanings;
use super::transpile::parse;

/// The variables that a module reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct EnvironmentReads {
    /// The variables that it names.
    pub(crate) named: BTreeSet<NamedVariable>,
    /// Where it may read others, the first such place.
    pub(crate) others: Option<Range<u32>>,
}

/// A variable that code names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NamedVariable {
    pub(crate) name: String,
    pub(crate) way: VariableWay,
}

/// The way in which code reads a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum VariableWay {
    /// As a member of `process.env`.
    Process,
    /// By `env` of the SDK.
    Env,
    /// By `env.secret` of the SDK.
    Secret,
}

/// Finds the variables that the text of a module reads. What cannot be parsed may read any.
pub(crate) fn environment_reads(path: &Path, text: &str) -> EnvironmentReads {
    if !may_read(text) {
        return EnvironmentReads::default();
    }
    let allocator = Allocator::default();
    let Ok(parsed) = parse(&allocator, path, text) else {
        return EnvironmentReads {
            others: Some(0..0),
            ..EnvironmentReads::default()
        };
    };
    let program = &parsed.program;
    let semantic = SemanticBuilder::new().build(program).semantic;
    let mut finder = Finder {
        meanings: Meanings::of(program, semantic.scoping()),
        reads: EnvironmentReads::default(),
    };
    finder.visit_program(program);
    finder.reads
}

/// Returns whether a text has one of the words in it without which nothing is read.
fn may_read(text: &str) -> bool {
    // An escape may stand for a letter of such a word.
    const WORDS: [&str; 7] = [
        "process",
        "globalThis",
        "global",
        "@rigkit/sdk",
        "eval",
        "Function",
        "\\u",
    ];
    WORDS.iter().any(|word| text.contains(word))
}

struct Finder<'s> {
    meanings: Meanings<'s>,
    reads: EnvironmentReads,
}

impl Finder<'_> {
    fn note(&mut self, name: &str, way: VariableWay) {
        let name = name.to_owned();
        self.reads.named.insert(NamedVariable { name, way });
    }

    fn note_others(&mut self, span: Span) {
        self.reads.others.get_or_insert(span.start..span.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lists the variables that a module reads, with a star where it may read others.
    fn read(text: &str) -> String {
        let reads = environment_reads(Path::new("late.ts"), text);
        let named = reads.named.iter().map(|variable| match variable.way {
            VariableWay::Process => variable.name.clone(),
            VariableWay::Env => format!("env({})", variable.name),
            VariableWay::Secret => format!("secret({})", variable.name),
        });
        let others = reads.others.map(|_| "*".to_owned());
        named.chain(others).collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(read(text), expected, "{text}");
    }

    #[test]
    fn members_of_the_environment_are_named() {
        check("const a = 1;", "");
        check(
            "a(process.env.B, process.env[\"A\"], process.env[`C`]);",
            "A B C",
        );
        check("process?.env?.A; (process as any).env!.B.trim();", "A B");
        check(
            "globalThis.process.env.A; globalThis[\"process\"].env.B",
            "A B",
        );
        check("const { A, B: { length }, C = 1 } = process.env;", "A B C");
        check(
            "\"A\" in process.env; typeof process; process.platform",
            "A",
        );
        check("subprocess.env.A; const env = { A: 1 }; env.A;", "");
        check("const f = (process) => process.env.A;", "");
        check("type P = typeof process.env; let a: Function;", "");
        check("a instanceof Function; globalThis.a;", "");
    }

    #[test]
    fn aliases_stand_for_what_they_name() {
        check("const p = process; const e = p.env; e.A;", "A");
        check("const { env } = process; env.A; const { B } = env;", "A B");
        check("const { env: { A } } = process;", "A");
        check("var e = process.env; exports.a = () => e.A;", "A");
        check(
            "f(); function f() { return e.A; } var e = process.env;",
            "A",
        );
    }

    #[test]
    fn functions_of_the_sdk_are_followed() {
        let sdk = |text: &str| format!("import {{ env }} from \"@rigkit/sdk\";\n{text}");
        check(&sdk("env(\"A\"), env.secret(\"B\", 1)"), "env(A) secret(B)");
        check(&sdk("const read = env; read(\"A\");"), "env(A)");
        check(&sdk("const { secret } = env; secret(`A`);"), "secret(A)");
        check(
            "import { env as e } from \"@rigkit/sdk\"; e(\"A\")",
            "env(A)",
        );
        check(
            "import * as sdk from \"@rigkit/sdk\"; sdk.env(\"A\"); sdk.task()",
            "env(A)",
        );
        check(
            "const { env } = await import(\"@rigkit/sdk\"); env(\"A\")",
            "env(A)",
        );
        check("import { task } from \"@rigkit/sdk\"; task()", "");
        check("import { env } from \"./own\"; env(\"A\")", "");
    }

    #[test]
    fn what_goes_elsewhere_may_read_anything() {
        for text in [
            "process.env",
            "process.env[name]",
            "const { [name]: a } = process.env;",
            "const { ...rest } = process.env;",
            "process.env.hasOwnProperty(\"A\")",
            "Object.keys(process.env)",
            "f(process)",
            "const e = { process };",
            "let e = process.env; e = {};",
            "export const e = process.env;",
            "export default process;",
            "const e = process.env; export { e };",
            "const f = (e = process.env) => e.A;",
            "globalThis[name]",
            "const g = globalThis; g[name];",
            "this.process.env.A",
            "eval(\"process.env.A\")",
            "new Function(\"return process.env.A\")",
            "p\\u0072ocess.env",
            "const a = ;// process",
            "export { env } from \"@rigkit/sdk\";",
            "export * from \"@rigkit/sdk\";",
            "import(\"@rigkit/sdk\").then(({ env }) => env(\"A\"))",
            "import { env } from \"@rigkit/sdk\"; env(name)",
            "import { env } from \"@rigkit/sdk\"; f(env)",
            "import { env } from \"@rigkit/sdk\"; env.call(null, \"A\")",
            "import * as sdk from \"@rigkit/sdk\"; sdk[name](\"A\")",
            "import { env } from \"@rigkit/sdk\"; export { env as read };",
        ] {
            check(text, "*");
        }
    }
}
