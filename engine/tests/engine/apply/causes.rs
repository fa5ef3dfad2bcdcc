//! What stands behind an error that a config throws, as it is evaluated and in a handler.

use rigkit_engine::error_cause::with_causes;

use crate::support::TestProject;

/// Throws what statements have made, in a definition and in a handler, and tells both alike.
#[track_caller]
fn check(statements: &str, thrown: &str, expected: &str) {
    let make = format!("function make() {{ {statements} return {thrown}; }}");
    let of_definition = TestProject::new(&format!("{make}\nthrow make();"));
    let of_handler = TestProject::new(&format!(
        "import {{ sequence }} from \"@rigkit/sdk\";
{make}
export const app = sequence(\"app\").task(\"a\", () => {{ throw make(); }});"
    ));
    let wrong = of_definition.try_plan().unwrap_err();
    assert_eq!(with_causes(&wrong.to_string(), wrong.causes()), expected);
    let failed = of_handler.try_apply().unwrap_err();
    let told = with_causes(&failed.to_string(), failed.causes());
    assert_eq!(told, format!("`a` failed: {expected}"));
}

#[test]
fn each_cause_is_told_with_its_cause() {
    check(
        "const inner = new RangeError('b', { cause: new Error('c') });",
        "new Error('a', { cause: inner })",
        "a\ncaused by: RangeError: b\ncaused by: c",
    );
    check(
        "class Odd extends Error { name = 'Odd'; constructor() { super('a'); this.cause = new TypeError(); } }",
        "new Odd()",
        "Odd: a\ncaused by: TypeError",
    );
}

#[test]
fn a_cause_that_is_no_error_is_told_as_it_is_printed() {
    for (cause, expected) in [
        ("'text'", "text"),
        ("null", "null"),
        ("{ code: 5 }", "{ code: 5 }"),
        ("[1, 'two']", "[ 1, 'two' ]"),
    ] {
        let thrown = format!("new Error('a', {{ cause: {cause} }})");
        check("", &thrown, &format!("a\ncaused by: {expected}"));
    }
    check("", "new Error('a', { cause: undefined })", "a");
}

#[test]
fn each_member_of_an_aggregate_is_told_with_its_causes() {
    check(
        "const one = new Error('one', { cause: new Error('deep') });",
        "new AggregateError([one, 'two', new AggregateError([new Error('three')])], 'all', { cause: 4 })",
        "AggregateError: all
one of its errors: one
  caused by: deep
one of its errors: two
one of its errors: AggregateError
  one of its errors: three
caused by: 4",
    );
    check(
        "class Many extends Error { errors = [new Error('one'), new TypeError('two')]; }",
        "new Many('all')",
        "all\none of its errors: one\none of its errors: TypeError: two",
    );
    // A list of anything else is data, such as what a schema found.
    check(
        "class Found extends Error { errors = [{ path: ['a'] }]; }",
        "new Found('all')",
        "all",
    );
}

#[test]
fn circles_end() {
    let circle = "an error that is told above";
    check(
        "const a = new Error('a'); a.cause = a;",
        "a",
        &format!("a\ncaused by: {circle}"),
    );
    check(
        "const a = new Error('a'), b = new Error('b', { cause: a }); a.cause = b;",
        "a",
        &format!("a\ncaused by: b\ncaused by: {circle}"),
    );
    check(
        "const a = new AggregateError([], 'a'); a.errors.push(a);",
        "a",
        &format!("AggregateError: a\none of its errors: {circle}"),
    );
}

#[test]
fn what_is_told_is_bounded() {
    let left_out = "further errors, which are left out";
    let names: Vec<String> = (1..=8).map(|n| format!("caused by: {n}")).collect();
    check(
        "let error = new Error('99'); for (let n = 98; n >= 0; n -= 1) error = new Error(`${n}`, { cause: error });",
        "error",
        &format!("0\n{}\ncaused by: {left_out}", names.join("\n")),
    );
    let members: Vec<String> = (0..24).map(|n| format!("one of its errors: {n}")).collect();
    check(
        "const errors = Array.from({ length: 100_000 }, (_, n) => new Error(`${n}`));",
        "new AggregateError(errors, 'all')",
        &format!(
            "AggregateError: all\n{}\none of its errors: {left_out}",
            members.join("\n")
        ),
    );
    let long = format!("{}…", "x".repeat(4 * 1024));
    check(
        "",
        "new Error('a', { cause: new Error('x'.repeat(1_000_000)) })",
        &format!("a\ncaused by: {long}"),
    );
}

#[test]
fn what_cannot_be_read_is_left_out() {
    check(
        "const a = new Error('a'); Object.defineProperty(a, 'cause', { get() { throw a; } });",
        "a",
        "a",
    );
    check(
        "const a = new AggregateError([new Error('b')], 'a'); Object.defineProperty(a.errors, 0, { get() { throw a; } });",
        "a",
        "AggregateError: a",
    );
    check(
        "const a = new AggregateError([], 'a', { cause: new Proxy({}, { get() { throw 1; } }) }); a.errors = new Proxy([], {});",
        "a",
        "AggregateError: a\ncaused by: {}",
    );
}

#[test]
fn a_secret_in_a_cause_is_masked() {
    let fixture = r#"
import { defineProvider, env, workflow } from "@rigkit/sdk";
const vault = defineProvider("vault", { token: env.secret("TOKEN") }, {
  providerId: "vault",
  createProvider: () => ({ providerId: "vault", runtime: () => ({}) }),
});
export const app = workflow("app", { providers: { vault } }).sequence("app").task("a", () => {
  throw new AggregateError([new Error(process.env.TOKEN)], "all", { cause: process.env.TOKEN });
});"#;
    let project = TestProject::new(fixture).with_env("TOKEN", "hunter2-hunter2");
    let failed = project.try_apply().unwrap_err();
    let told = with_causes(&failed.to_string(), failed.causes());
    let expected = "`a` failed: AggregateError: all\none of its errors: ***\ncaused by: ***";
    assert_eq!(told, expected);
    assert!(project.files_with(".rigkit", "hunter2-hunter2").is_empty());
}

#[test]
fn what_is_no_function_is_named() {
    let api = "const api: any = { a: {}, list: [1] };";
    for (call, expected) in [
        ("api.a.missing(1)", "`api.a.missing` is not a function"),
        (
            "(api as { a: any })\n  .a\n  .missing()",
            "`api.a.missing` is not a function",
        ),
        ("(api.list[0] as any)()", "`api.list[0]` is not a function"),
        ("new api.Missing()", "`api.Missing` is not a function"),
        ("api.list.map(api.missing)", "not a function"),
        (
            "api.a.missing(api.a.other())",
            "`api.a.other` is not a function",
        ),
    ] {
        let thrown = format!("(() => {call})()");
        check(api, &thrown, &format!("TypeError: {expected}"));
    }
}
