//! What a module's functions capture, and which edits change their syntax.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::path::Path;

use super::{CaptureSource, FunctionUnit, ModuleFunctions, Uses};
use crate::modules::transpile::{Marks, transpile};

fn functions(text: &str) -> ModuleFunctions {
    let transpiled = transpile(Path::new("a.ts"), text, Marks::All);
    transpiled.expect("the text has no errors").functions
}

fn named<'f>(functions: &'f ModuleFunctions, name: &str) -> &'f FunctionUnit {
    let mut units = functions.units.iter();
    let named = units.find(|unit| unit.name.as_deref() == Some(name));
    named.expect("a unit of that name")
}

fn unit(text: &str, name: &str) -> FunctionUnit {
    named(&functions(text), name).clone()
}

/// Writes what the unit `f` captures.
fn captures(text: &str) -> Vec<String> {
    let functions = functions(text);
    let captures = functions.captures(named(&functions, "f"));
    captures
        .iter()
        .map(|capture| {
            let from = match &capture.source {
                CaptureSource::Local(_) => "local",
                CaptureSource::Module(_) => "module",
                CaptureSource::Text(_) | CaptureSource::Number(_) => "constant",
                CaptureSource::Import { .. } => "import",
                CaptureSource::Global => "global",
                CaptureSource::DynamicImport { .. } => "dynamic",
                CaptureSource::Variable { is_secret: false } => "variable",
                CaptureSource::Variable { is_secret: true } => "secret",
                CaptureSource::ImportMeta => "meta",
                CaptureSource::Hidden(_) => "hidden",
            };
            let members = match &capture.uses {
                Uses::Whole => String::new(),
                Uses::Members(members) => members
                    .iter()
                    .map(|member| {
                        let call = if member.is_called { "()" } else { "" };
                        format!(" .{}{call}", member.path.join("."))
                    })
                    .collect(),
            };
            let assigned = if capture.assigned_at.is_some() {
                " assigned"
            } else {
                ""
            };
            format!("{from} {}{members}{assigned}", capture.name)
        })
        .collect()
}

#[test]
fn a_unit_captures_what_it_does_not_declare() {
    let check = |text: &str, expected: &[&str]| assert_eq!(captures(text), expected, "{text}");
    check("const a = 1; const f = () => a;", &["constant a"]);
    check("let a = 1; const f = () => a;", &["module a"]);
    check(
        "export const a = \"1\"; const f = () => a.length;",
        &["constant a .length"],
    );
    check("function f() { const a = 1; return () => a; }", &[]);
    check(
        "const a = 1; function f(b = a) { const c = b; return c; }",
        &["constant a"],
    );
    check(
        "import { a } from \"./a\"; const f = () => a();",
        &["import a"],
    );
    check(
        "const f = () => Math.max(JSON);",
        &["global Math .max()", "global JSON"],
    );
    check(
        "const v = { a: { b: 1 }, c: [] }; const f = () => [v.a.b, v[\"c\"], v.c.push(1)];",
        &["module v .a.b .c .c.push()"],
    );
    check("const v = {}; const f = () => [v.a, v];", &["module v"]);
    check(
        "let a = 1; const f = () => { a += 1; };",
        &["module a assigned"],
    );
    check(
        "const a = {}; const f = () => { a.b = 1; };",
        &["module a assigned"],
    );
    check(
        "const a = {}; const f = () => { delete a.b; };",
        &["module a assigned"],
    );
    check(
        "function outer(x: number) { const f = () => x; return f; }",
        &["local x"],
    );
    check(
        "function outer() { const f = () => this; return f; }",
        &["local this"],
    );
    check("const f = () => import(\"./a\");", &["dynamic ./a"]);
    check(
        "const f = () => import.meta.dirname;",
        &["meta import.meta"],
    );
    check(
        "import { env } from \"@rigkit/sdk\"; const f = () => [env(\"A\"), env.secret(\"B\", 1)];",
        &["variable A", "secret B"],
    );
    check(
        "import { env } from \"@rigkit/sdk\"; const f = (name) => env(name);",
        &["import env"],
    );
    check(
        "const v = {}; const f = () => { const { a, b: { c }, d = 1 } = v.x; };",
        &["module v .x.a .x.b.c .x.d"],
    );
    check(
        "const v = {}; const f = () => { const { a, ...b } = v; };",
        &["module v"],
    );
    check(
        "const f = () => [globalThis.a.b, globalThis];",
        &["global a .b", "global globalThis"],
    );
    check(
        "const f = () => eval(\"1\");",
        &["hidden eval", "global eval"],
    );
    check("function f() { return arguments.length + this; }", &[]);
    check(
        "function f() { return () => { const a = 1; return () => a; }; }",
        &[],
    );
    check(
        "const a = {}; function f() { return () => () => a; }",
        &["module a"],
    );
    check(
        "const a = []; class f { static b = a; c() { return a; } }",
        &["module a"],
    );
    check("function f() { return f; }", &["module f"]);
    check("enum Kind { A } const f = () => Kind;", &["module Kind"]);
    check(
        "import type { A } from \"./a\"; const f = (a: A): A => a;",
        &[],
    );
    check(
        "for (const a of [1, 2]) { const f = () => a; }",
        &["local a"],
    );
    check("const f = (() => (a => a)(1));", &[]);
}

#[test]
fn syntax_is_the_same_however_it_is_written() {
    let check = |left: &str, right: &str, is_same: bool| {
        let (first, second) = (unit(left, "f").syntax, unit(right, "f").syntax);
        assert_eq!(first == second, is_same, "{left}\n{right}");
    };
    let same = |left: &str, right: &str| check(left, right, true);
    let other = |left: &str, right: &str| check(left, right, false);
    same("const f = () => 1;", "const f = (): number => (1); // one");
    same("const f = (a) => a;", "const f = (b: string) => b;");
    same(
        "const f = async () => { await 1; };",
        "const f = async () => {\n\n  await 1;\n}",
    );
    same("const f = () => 'a';", "const f = () => \"a\";");
    same("const f = () => [1, 2];", "const f = () => [1, 2,];");
    same("const f = (x) => ({ x });", "const f = (y) => ({ x: y });");
    same(
        "const a = 1; const f = () => a;",
        "const b = 1; const f = () => b;",
    );
    same(
        "const f = () => { const a = (x) => x; return a; };",
        "const f = () => { const b = (y) => (y); return b; };",
    );
    same(
        "import { a } from \"./a\"; const f = () => a;",
        "import { a as b } from \"./c\"; const f = () => b;",
    );
    same(
        "const f = () => ({ a: 1 });",
        "const f = () => ({ \"a\": 1 });",
    );
    same("const f = ({ a }) => a;", "const f = ({ \"a\": b }) => b;");
    same(
        "const f = () => import(\"./a\");",
        "const f = () => import(\"./b\");",
    );
    other(
        "const f = () => [import(\"./a\"), import(\"./b\")];",
        "const f = () => [import(\"./a\"), import(\"./a\")];",
    );
    other(
        "const f = () => ({ a: 1 });",
        "const f = () => ({ \"a-b\": 1 });",
    );
    same(
        "const f = (s) => s.add(1);",
        "t.add(2); const f = (s) => s.add(1);",
    );
    same(
        "let a; const f = () => { ({ x: a } = {}); };",
        "let x; const f = () => { ({ x } = {}); };",
    );
    same(
        "let a; const f = () => { ({ \"x\": a = 1 } = {}); };",
        "let x; const f = () => { ({ x = 1 } = {}); };",
    );
    other("const f = () => \"a\" + \"b\";", "const f = () => \"ab\";");
    other("const f = () => 1;", "const f = () => 2;");
    other("const f = () => 1;", "const f = async () => 1;");
    other("const f = () => 1;", "function f() { return 1; }");
    other("const f = (a, b) => a;", "const f = (a, b) => b;");
    other(
        "const f = () => { const a = () => 1; };",
        "const f = () => { const a = () => 2; };",
    );
    other(
        "const [a, b] = []; const f = () => { const g = () => a; return b; };",
        "const [a, b] = []; const f = () => { const g = () => b; return b; };",
    );
    other(
        "const [a, b] = []; const f = () => [a, b];",
        "const [a, b] = []; const f = () => [a, a];",
    );
    other("const f = () => a;", "const f = () => b;");
    other("class f { x = 1; }", "class f { x = 2; }");
    other(
        "const f = () => ({ a() { return 1; } });",
        "const f = () => ({ a() { return 2; } });",
    );
    other("const f = () => /a/;", "const f = () => /a/i;");
    other("const f = () => `a${1}`;", "const f = () => `a${2}`;");
}

/// Bodies of functions that all do something else.
const BODIES: &[&str] = &[
    "for (; a;) b();",
    "for (a; ;) b();",
    "for (; ; a) b();",
    "for (a in b);",
    "for (a of b);",
    "for await (a of b);",
    "while (a) b();",
    "do b(); while (a);",
    "if (a) b();",
    "if (a) b(); else c();",
    "if (a) { b(); c(); }",
    "if (a) { b(); } c();",
    "return;",
    "return a;",
    "throw a;",
    "a;",
    "{ a; }",
    ";",
    "",
    "debugger;",
    "x: for (;;) break;",
    "x: for (;;) break x;",
    "x: for (;;) continue;",
    "x: for (;;) continue x;",
    "switch (a) { case b: c(); }",
    "switch (a) { case b: default: c(); }",
    "switch (a) { default: c(); }",
    "switch (a) { case b: } c();",
    "try { a(); } catch { b(); }",
    "try { a(); } catch (c) { b(); }",
    "try { a(); } finally { b(); }",
    "try { a(); } catch { } finally { b(); }",
    "[a] = b;",
    "[, a] = b;",
    "[...a] = b;",
    "[a, ,] = b;",
    "[a = 1] = b;",
    "let x, y; ({ x } = b); c(x);",
    "let x, y; ({ y } = b); c(y);",
    "let x, y; ({ ...x } = b); c(x);",
    "let x, y; ({ x = 1 } = b); c(x);",
    "let x, y; ({ [x]: x } = b); c(x);",
    "const [x] = b; c(x);",
    "const [, x] = b; c(x);",
    "const [...x] = b; c(x);",
    "const [x = 1] = b; c(x);",
    "const { x } = b; c(x);",
    "const { y } = b; c(y);",
    "const { ...x } = b; c(x);",
    "const { x = 1 } = b; c(x);",
    "let { x } = b; c(x);",
    "var { x } = b; c(x);",
    "let x; c(x);",
    "let x = undefined; c(x);",
    "let x, y; c(x);",
    "let x, y; c(y);",
    "a.b;",
    "a?.b;",
    "a[b];",
    "a?.[b];",
    "a[\"b\"];",
    "a();",
    "a?.();",
    "a(b);",
    "a(...b);",
    "new a;",
    "new a(b);",
    "a?.b.c;",
    "(a?.b).c;",
    "a, b;",
    "a + b;",
    "a - b;",
    "a && b;",
    "a || b;",
    "a ?? b;",
    "a ? b : c;",
    "a = b;",
    "a += b;",
    "a ||= b;",
    "a++;",
    "++a;",
    "a--;",
    "!a;",
    "-a;",
    "typeof a;",
    "void a;",
    "delete a.b;",
    "a in b;",
    "a instanceof b;",
    "1;",
    "1n;",
    "\"1\";",
    "-1;",
    "null;",
    "true;",
    "false;",
    "this;",
    "\"use strict\"; a;",
    "/a/;",
    "/a/g;",
    "/b/;",
    "`a`;",
    "`b`;",
    "`${a}`;",
    "`${a}${b}`;",
    "`${a}b${c}`;",
    "a`b`;",
    "a`\\u0062`;",
    "[a];",
    "[[a]];",
    "[a, b];",
    "[, a];",
    "[a, ,];",
    "[...a];",
    "({ a: b });",
    "({ c: b });",
    "({ [a]: b });",
    "({ ...a });",
    "({ a() { return b; } });",
    "({ get a() { return b; } });",
    "({ set a(x) { b(x); } });",
    "({ a: function () { return b; } });",
    "({ a: () => { return b; } });",
    "({ a: () => b });",
    "({ async a() { return b; } });",
    "({ *a() { return b; } });",
    "({ async *a() { return b; } });",
    "({ __proto__: a });",
    "let __proto__ = a; ({ __proto__ });",
    "let __proto__ = a; ({ __proto__: __proto__ });",
    "function g() { return b; } c(g);",
    "const g = function () { return b; }; c(g);",
    "const g = function h() { return h; }; c(g);",
    "c(function () { return b; });",
    "c(function (x) { return b; });",
    "c(function (x, y) { return x; });",
    "c(function (x, y) { return y; });",
    "c(function (...x) { return x; });",
    "c(function (x = 1) { return x; });",
    "c(function ([x]) { return x; });",
    "c(async () => await b);",
    "c(function* () { yield; });",
    "c(function* () { yield b; });",
    "c(function* () { yield* b; });",
    "(() => b)();",
    "(function () { return b; })();",
    "let x, y; c(() => x, () => y);",
    "let x, y; c(() => x, () => x);",
    "let x, y; c(() => y, () => y);",
    "new.target;",
    "import.meta;",
    "import(\"./a\");",
    "import(\"./a\", b);",
    "c(class { });",
    "c(class A { });",
    "class A { } c(A);",
    "c(class extends a { });",
    "c(class { a = 1; });",
    "c(class { static a = 1; });",
    "c(class { [a] = 1; });",
    "c(class { a; });",
    "c(class { #a = 1; });",
    "c(class { #b = 1; });",
    "c(class { #a = 1; b() { return this.#a; } });",
    "c(class { #a = 1; b() { return this?.#a; } });",
    "c(class { #a = 1; b() { return #a in this; } });",
    "c(class { a() { return 1; } });",
    "c(class { static a() { return 1; } });",
    "c(class { get a() { return 1; } });",
    "c(class { set a(x) { } });",
    "c(class { constructor() { b(); } });",
    "c(class extends a { constructor() { super(); } });",
    "c(class extends a { b() { return super.b; } });",
    "c(class { static { a(); } });",
    "c(class { accessor a = 1; });",
];

#[test]
fn no_two_functions_that_do_something_else_have_one_syntax() {
    let mut known = std::collections::HashMap::new();
    for body in BODIES {
        let text = format!("let a, b, c; async function f() {{ {body} }}");
        let syntax = unit(&text, "f").syntax;
        if let Some(other) = known.insert(syntax, body) {
            panic!("one syntax for\n{other}\n{body}");
        }
    }
}

#[test]
fn a_function_has_the_same_syntax_whatever_is_around_it() {
    for body in BODIES {
        let alone = format!("let a, b, c; async function f() {{ {body} }}");
        let among = format!(
            "let d, e; const g = (x) => {{ let a; return [a, d]; }};\nlet c, b, a;\nasync function f() {{ {body} }}\nasync function twin() {{ {body} }}"
        );
        let renamed = alone.replace("f()", "someName()");
        let syntax = unit(&alone, "f").syntax;
        assert_eq!(syntax, unit(&among, "f").syntax, "{body}");
        assert_eq!(syntax, unit(&among, "twin").syntax, "{body}");
        assert_eq!(syntax, unit(&renamed, "someName").syntax, "{body}");
    }
}

#[test]
fn the_marks_leave_the_code_what_it_is() {
    let check = |text: &str, expected: &str| {
        let transpiled = transpile(Path::new("a.ts"), text, Marks::All);
        assert_eq!(transpiled.expect("no errors").code, expected);
    };
    check(
        "const a = [];\nexport default function () { return a; }",
        "import.meta.scope(() => [a]);\nimport.meta.made(0, __rigkit_default, 0, \"default\");\nconst a = [];\nexport default function __rigkit_default() {\nreturn a;\n}\n",
    );
    check(
        "const f = (x) => ({ m() { return x; }, g: () => 1 });",
        "const f = import.meta.made(0, (x) => import.meta.members({\nm() {\nreturn x;\n},\ng: import.meta.made(2, () => 1, 0, \"g\")\n}, [[\n1,\n\"m\",\n(__rigkit_n) => x\n]]), 0, \"f\");\n",
    );
    check(
        "class A {}\n(() => 1)();",
        "class A {}\nimport.meta.madeClass(0, A);\n(() => 1)();\n",
    );
}
