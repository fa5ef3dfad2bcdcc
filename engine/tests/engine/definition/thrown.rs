//! Configs that throw, with a stack that points into the text as it was written.

use rigkit_engine::diagnostic::DiagnosticCode;

use super::{check_paths, check_problems, problems};
use crate::support::TestProject;

#[test]
fn a_thrown_error_has_a_place() {
    check_problems(
        "\n\n   throw new TypeError('no');",
        &["rig.config.ts:3:14-3:23 definition-threw: TypeError: no"],
    );
    check_problems(
        "throw 'text';",
        &["rig.config.ts:1:1-1:1 definition-threw: thrown: text"],
    );
    check_problems(
        "throw { a: 1 };",
        &["rig.config.ts:1:1-1:1 definition-threw: thrown: { a: 1 }"],
    );
    check_problems(
        "null.x;",
        &["rig.config.ts:1:1-1:5 definition-threw: TypeError: cannot read property 'x' of null"],
    );
    check_problems(
        "missing();",
        &["rig.config.ts:1:1-1:8 definition-threw: ReferenceError: missing is not defined"],
    );
    check_problems(
        "const x = 1; x = 2;",
        &["rig.config.ts:1:14-1:15 definition-threw: TypeError: 'x' is read-only"],
    );
    check_problems(
        "await Promise.reject(new Error('later'));",
        &["rig.config.ts:1:26-1:31 definition-threw: later"],
    );
    check_problems(
        "class Odd extends Error { name = 'OddError' }\nthrow new Odd('x');",
        &[
            "rig.config.ts:1:45-1:46 definition-threw: OddError: x",
            "  rig.config.ts:2:11-2:14: called from here",
        ],
    );
}

#[test]
fn whatever_is_thrown_is_told_as_that() {
    for (thrown, expected) in [
        ("null", "thrown: null"),
        ("undefined", "thrown: undefined"),
        ("7n", "thrown: 7n"),
        ("Symbol('x')", "thrown: Symbol(x)"),
        ("new Error('out of memory')", "out of memory"),
        (
            "new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 }, getPrototypeOf() { throw 3 } })",
            "thrown: ",
        ),
        ("{ get a() { throw new Error('b') } }", "thrown: "),
        (
            "{ toString() { throw 1 }, [Symbol.toPrimitive]() { throw 2 } }",
            "thrown: ",
        ),
        ("Object.create(null)", "thrown: "),
        (
            "Object.defineProperty(new Error('x'), 'message', { get() { throw null } })",
            "",
        ),
        (
            "Object.defineProperty(new Error('x'), 'name', { get() { for (;;); } })",
            "",
        ),
        ("Promise.reject(null)", "thrown: Promise"),
    ] {
        for config in [
            format!("throw {thrown};"),
            format!("await Promise.reject({thrown});"),
            format!("const f = () => {{ throw {thrown}; }};\nexport default f();"),
        ] {
            let project = TestProject::new(&config);
            let found = problems(&project);
            let [found] = found.as_slice() else {
                panic!("{config}: {found:?}");
            };
            assert_ne!(found.code, DiagnosticCode::MemoryLimit, "{config}");
            assert!(found.message.starts_with(expected), "{config}: {found:?}");
        }
    }
}

#[test]
fn a_stack_points_into_typescript() {
    check_problems(
        r#"
//- /rig.config.ts
interface Wide {
  some: string;
  more: number;
}
import { fail } from "./lib/fail";
type T = { a: string; b: Wide };
function outer(x: T | undefined, y?: Array<Record<string, Wide>>): void { const z: number = 1; inner(z as any); }
function inner(n: number) {
  fail<number>(n);
}
outer(undefined);
//- /lib/fail.ts
/** Types above
 *  shift every line. */
export interface A { b: string }
declare const nothing: A;
enum Kind { One, Two }
export function fail<T>(value: T): never {
  const text: string = `kind ${Kind.Two}`;
  throw new Error(text);
}
"#,
        &[
            "lib/fail.ts:8:19-8:23 definition-threw: kind 1",
            "  rig.config.ts:9:16-9:17: called from here",
            "  rig.config.ts:7:102-7:103: called from here",
            "  rig.config.ts:11:7-11:16: called from here",
        ],
    );
}

#[test]
fn modules_in_a_circle_work_where_nothing_is_used_too_early() {
    check_paths(
        r#"
//- /rig.config.ts
import { sequence } from "@rigkit/sdk";
import { names } from "./a";
let app = sequence("app");
for (const name of names()) app = app.task(name, () => {});
export { app };
//- /a.ts
import { more } from "./b";
export const first = "one";
export const names = () => [first, ...more()];
//- /b.ts
import { first } from "./a";
export const more = () => [`${first}-b`];
"#,
        &["one", "one-b"],
    );
}

#[test]
fn a_circle_that_uses_a_value_too_early_is_explained() {
    let project = TestProject::new(
        r#"
//- /rig.config.ts
import { a } from "./a";
export default a;
//- /a.ts
import { b } from "./b";
export const a = b + 1;
//- /b.ts
import { a } from "./a";
export const b = a + 1;
"#,
    );
    let found = problems(&project);
    assert_eq!(
        super::lines(&project.root(), &found)[0],
        "b.ts:2:18-2:19 definition-threw: ReferenceError: a is not initialized"
    );
    assert!(found[0].help.as_deref().unwrap().contains("in a circle"));
}
