//! Every way of reading a variable, wherever it is written: another value of the variable makes the
//! task run again, or a warning says that nobody can tell.

use std::{collections::BTreeSet, fmt::Write as _};

use rigkit_engine::plan::NodeStatus;

use crate::support::TestProject;

/// Statements at the top of a module, and an expression that reads the variable `FLOUR`.
type Form = (&'static str, &'static str);

/// Forms that need nothing but the language.
const OF_PROCESS: &[Form] = &[
    ("", "process.env.FLOUR"),
    ("", "process.env[\"FLOUR\"]"),
    ("", "process.env[`FLOUR`]"),
    ("", "process?.env?.FLOUR"),
    ("", "process[\"env\"].FLOUR"),
    ("", "process.env.FLOUR.trim()"),
    ("", "globalThis.process.env.FLOUR"),
    ("", "globalThis[\"pro\" + \"cess\"].env.FLOUR"),
    ("", "process.env[\"FLO\" + \"UR\"]"),
    ("", "Reflect.get(process.env, \"FLOUR\")"),
    (
        "",
        "Object.entries(process.env).find(([name]) => name === \"FLOUR\")[1]",
    ),
    ("", "({ ...process.env }).FLOUR"),
    (
        "",
        "Object.getOwnPropertyDescriptor(process.env, \"FLOUR\").value",
    ),
    ("const { env } = process;", "env.FLOUR"),
    ("const { env: kept } = process;", "kept.FLOUR"),
    ("const kept = process;", "kept.env.FLOUR"),
    ("const kept = process.env;", "kept.FLOUR"),
    ("const kept = process.env;", "kept[\"FLO\" + \"UR\"]"),
    (
        "const kept = { inner: { variables: process.env } };",
        "kept.inner.variables.FLOUR",
    ),
    ("const kept = globalThis;", "kept.process.env.FLOUR"),
    (
        "const read = (name) => process.env[name];",
        "read(\"FLOUR\")",
    ),
    (
        "const read = (variables) => variables.FLOUR;",
        "read(process.env)",
    ),
    (
        "const read = (variables = process.env) => variables.FLOUR;",
        "read()",
    ),
    (
        "const read = ({ env: { FLOUR } }) => FLOUR;",
        "read(process)",
    ),
    (
        "class Oven { get flour() { return process.env.FLOUR; } }",
        "new Oven().flour",
    ),
    (
        "class Oven { flour = process.env.FLOUR; }",
        "new Oven().flour",
    ),
    (
        "let kept; const fill = () => { kept ??= process.env; return kept; };",
        "fill().FLOUR",
    ),
    ("", "eval(\"process.env.FLOUR\")"),
];

/// Forms that import something.
const OF_SDK: &[Form] = &[
    ("import { env } from \"@rigkit/sdk\";", "env(\"FLOUR\")"),
    ("import { env } from \"@rigkit/sdk\";", "env(`FLOUR`)"),
    (
        "import { env } from \"@rigkit/sdk\";",
        "env(\"FLO\" + \"UR\")",
    ),
    (
        "import { env } from \"@rigkit/sdk\";",
        "env.call(undefined, \"FLOUR\")",
    ),
    (
        "import { env } from \"@rigkit/sdk\";",
        "Reflect.apply(env, undefined, [\"FLOUR\"])",
    ),
    (
        "import { env as read } from \"@rigkit/sdk\";",
        "read(\"FLOUR\")",
    ),
    (
        "import * as sdk from \"@rigkit/sdk\";",
        "sdk.env(\"FLOUR\")",
    ),
    (
        "import * as sdk from \"@rigkit/sdk\";",
        "sdk[\"e\" + \"nv\"](\"FLOUR\")",
    ),
    (
        "import { env } from \"@rigkit/sdk\"; const read = env;",
        "read(\"FLOUR\")",
    ),
    (
        "import * as sdk from \"@rigkit/sdk\"; const { env } = sdk;",
        "env(\"FLOUR\")",
    ),
    (
        "import { env } from \"@rigkit/sdk\"; const kept = { read: env };",
        "kept.read(\"FLOUR\")",
    ),
    (
        "import { env } from \"@rigkit/sdk\"; const read = env.bind(undefined, \"FLOUR\");",
        "read()",
    ),
    (
        "import { env } from \"@rigkit/sdk\"; const use = (read) => read(\"FLOUR\");",
        "use(env)",
    ),
    (
        "import { env } from \"@rigkit/sdk\"; const [read] = [env];",
        "read(\"FLOUR\")",
    ),
    (
        "import { env } from \"./passes-on-name\";",
        "env(\"FLOUR\")",
    ),
    ("import { env } from \"./passes-on-all\";", "env(\"FLOUR\")"),
    (
        "import { read } from \"./passes-on-alias\";",
        "read(\"FLOUR\")",
    ),
    (
        "import tools from \"./passes-on-default\";",
        "tools.env(\"FLOUR\")",
    ),
    (
        "import * as tools from \"./passes-on-name\";",
        "tools.env(\"FLOUR\")",
    ),
    (
        "import { variables } from \"./passes-on-variables\";",
        "variables.FLOUR",
    ),
    ("", "(await import(\"@rigkit/sdk\")).env(\"FLOUR\")"),
    (
        "",
        "await import(\"@rigkit/sdk\").then(({ env }) => env(\"FLOUR\"))",
    ),
    ("", "(await import(\"./passes-on-name\")).env(\"FLOUR\")"),
];

const PASSES_ON: &str = r#"
//- /passes-on-name.ts
export { env } from "@rigkit/sdk";
//- /passes-on-all.ts
export * from "@rigkit/sdk";
//- /passes-on-alias.ts
import { env } from "@rigkit/sdk";
export const read = env;
//- /passes-on-default.ts
import { env } from "@rigkit/sdk";
export default { env };
//- /passes-on-variables.ts
export const { env: variables } = process;
"#;

/// Where a form is written, seen from the handler.
#[derive(Debug, Clone, Copy)]
enum Place {
    Handler,
    ImportedModule,
    LateModule,
    ModuleOfLateModule,
    CommonJs,
    LateCommonJs,
}

/// Writes a module that defines the task `t`.
fn task_module(place: Place, number: usize) -> String {
    let by_import = |from: &str| {
        format!(
            "import {{ flour }} from \"{from}\";\nexport const t = task(\"t{number}\", async () => ({{ ctx: {{ value: await flour() }} }}));"
        )
    };
    let late = |from: &str| {
        format!(
            "export const t = task(\"t{number}\", async () => {{\n  const {{ flour }} = await import(\"{from}\");\n  return {{ ctx: {{ value: await flour() }} }};\n}});"
        )
    };
    match place {
        Place::Handler => String::new(),
        Place::ImportedModule => by_import(&format!("./read{number}")),
        Place::LateModule => late(&format!("./read{number}")),
        Place::ModuleOfLateModule => late(&format!("./outer{number}")),
        Place::CommonJs => by_import(&format!("./read{number}.cjs")),
        Place::LateCommonJs => late(&format!("./read{number}.cjs")),
    }
}

/// Writes the files of one task.
fn files(place: Place, number: usize, (top, expression): &Form) -> String {
    let task = task_module(place, number);
    let sdk = "import { task } from \"@rigkit/sdk\";";
    let read = format!("async () => {expression}");
    match place {
        Place::Handler => format!(
            "//- /task{number}.ts\n{sdk}\n{top}\nexport const t = task(\"t{number}\", async () => ({{ ctx: {{ value: {expression} }} }}));\n"
        ),
        Place::ImportedModule | Place::LateModule => format!(
            "//- /task{number}.ts\n{sdk}\n{task}\n//- /read{number}.ts\n{top}\nexport const flour = {read};\n"
        ),
        Place::ModuleOfLateModule => format!(
            "//- /task{number}.ts\n{sdk}\n{task}\n//- /outer{number}.ts\nexport {{ flour }} from \"./read{number}\";\n//- /read{number}.ts\n{top}\nexport const flour = {read};\n"
        ),
        Place::CommonJs | Place::LateCommonJs => format!(
            "//- /task{number}.ts\n{sdk}\n{task}\n//- /read{number}.cjs\n{top}\nexports.flour = {read};\n"
        ),
    }
}

fn project(place: Place, forms: &[Form]) -> TestProject {
    let mut config = "//- /rig.config.ts\nimport { sequence } from \"@rigkit/sdk\";\n".to_owned();
    let mut tasks = String::new();
    let mut all = PASSES_ON.to_owned();
    for (number, form) in forms.iter().enumerate() {
        writeln!(
            config,
            "import {{ t as t{number} }} from \"./task{number}\";"
        )
        .unwrap();
        write!(tasks, " b{number}: t{number},").unwrap();
        all.push_str(&files(place, number, form));
    }
    writeln!(
        config,
        "export const app = sequence(\"app\").parallel({{{tasks} }});"
    )
    .unwrap();
    TestProject::new(&format!("{config}{all}"))
}

#[track_caller]
fn check(place: Place, forms: &[Form]) {
    let project = project(place, forms).with_env("FLOUR", "rye");
    let outcome = project
        .try_apply()
        .unwrap_or_else(|error| panic!("{place:?}: {error:?}"));
    for number in 0..forms.len() {
        assert_eq!(outcome.context[&format!("b{number}")]["value"], "rye");
    }
    assert!(
        project
            .plan()
            .nodes
            .iter()
            .all(|node| node.status == NodeStatus::Cached)
    );

    let project = project.with_env("FLOUR", "spelt");
    let definition = project.engine().definition().unwrap();
    let places = definition
        .warnings
        .iter()
        .filter_map(|warning| warning.range.as_ref());
    let warned: BTreeSet<&str> = places
        .flat_map(|range| definition.tasks_warned_of(range))
        .map(|(_, task)| &*task.name)
        .collect();
    let plan = project.plan();
    let runs_again = |number: usize| plan.nodes[number].status != NodeStatus::Cached;
    let silent: Vec<&Form> = forms
        .iter()
        .enumerate()
        .filter(|(number, _)| {
            !runs_again(*number) && !warned.contains(format!("t{number}").as_str())
        })
        .map(|(_, form)| form)
        .collect();
    assert!(silent.is_empty(), "{place:?}: {silent:#?}");
}

#[test]
fn in_a_handler() {
    check(Place::Handler, OF_PROCESS);
    check(Place::Handler, OF_SDK);
}

#[test]
fn in_a_module_that_the_config_imports() {
    check(Place::ImportedModule, OF_PROCESS);
    check(Place::ImportedModule, OF_SDK);
}

#[test]
fn in_a_module_that_a_handler_imports() {
    check(Place::LateModule, OF_PROCESS);
    check(Place::LateModule, OF_SDK);
}

#[test]
fn in_a_module_that_a_late_module_imports() {
    check(Place::ModuleOfLateModule, OF_PROCESS);
    check(Place::ModuleOfLateModule, OF_SDK);
}

#[test]
fn in_common_js() {
    check(Place::CommonJs, OF_PROCESS);
    check(Place::LateCommonJs, OF_PROCESS);
}
