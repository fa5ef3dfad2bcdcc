//! What cannot be seen: each is told at its place, and a `version` takes its place.

use rigkit_engine::diagnostic::Diagnostic;

use super::rows;
use crate::support::TestProject;

/// A project with one task, what it needs, and the warnings at `file:line:column code: message`.
struct Unseen {
    declarations: &'static str,
    task: &'static str,
    warnings: &'static [&'static str],
}

/// Packages that make functions and objects for whoever calls them.
const PACKAGES: &str = r#"
//- /node_modules/limits/package.json
{ "name": "limits", "version": "1.0.0", "type": "module", "exports": "./index.js" }
//- /node_modules/limits/index.js
export default function limit(count) {
  const run = (task) => task(count);
  return run;
}
export const shared = (task) => task();
export class Pool { #size; constructor(size) { this.#size = size; } get size() { return this.#size; } }
//- /node_modules/old-limits/package.json
{ "name": "old-limits", "version": "1.0.0", "main": "index.js" }
//- /node_modules/old-limits/index.js
module.exports = { limit: (count) => (task) => task(count), plain: () => "plain" };
"#;

const UNSEEN: &[Unseen] = &[
    Unseen {
        declarations: "const guarded = new Proxy({ a: 1 }, {});",
        task: "() => void guarded.a",
        warnings: &[
            "4:63 unseen-capture: a change of `guarded` cannot be seen as a whole: it is a Proxy, which may answer anything",
        ],
    },
    Unseen {
        declarations: "class Counter { #count = 0; next() { return (this.#count += 1); } } const counter = new Counter();",
        task: "() => void counter.next()",
        warnings: &[
            "4:63 unseen-capture: a change of `counter` cannot be seen as a whole: it holds state that nobody else can read",
        ],
    },
    Unseen {
        declarations: "class Base { #secret = 1; } class Derived extends Base {} const settings = { inner: [new Derived()] };",
        task: "() => void settings",
        warnings: &[
            "4:63 unseen-capture: a change of `settings` cannot be seen as a whole: it holds state that nobody else can read",
        ],
    },
    Unseen {
        declarations: "class Registry { static #known = []; static add(name) { this.#known.push(name); } } Registry.add(\"a\");",
        task: "() => void Registry",
        warnings: &[
            "4:63 unseen-capture: a change of `Registry` cannot be seen as a whole: it holds state that nobody else can read",
        ],
    },
    Unseen {
        declarations: "const known = new WeakMap();",
        task: "() => void known",
        warnings: &[
            "4:63 unseen-capture: a change of `known` cannot be seen as a whole: it holds state that nobody else can read",
        ],
    },
    Unseen {
        declarations: "const loaded = Promise.resolve(1);",
        task: "async () => void (await loaded)",
        warnings: &[
            "4:76 unseen-capture: a change of `loaded` cannot be seen as a whole: it holds state that nobody else can read",
        ],
    },
    Unseen {
        declarations: "const numbers = (function* () { yield 1; })();",
        task: "() => void numbers.next()",
        warnings: &[
            "4:63 unseen-capture: a change of `numbers` cannot be seen as a whole: it holds state that nobody else can read",
        ],
    },
    Unseen {
        declarations: "const entries = new Map([[1, 2]]).entries();",
        task: "() => void entries.next()",
        warnings: &[
            "4:63 unseen-capture: a change of `entries` cannot be seen as a whole: it holds state that nobody else can read",
        ],
    },
    Unseen {
        declarations: "import limit from \"limits\"; const two = limit(2);",
        task: "() => void two",
        warnings: &[
            "4:63 unseen-capture: a change of `two` cannot be seen as a whole: its code was not written in this project, and it may hold values",
        ],
    },
    Unseen {
        declarations: "import limit from \"limits\"; const tools = { run: limit(2) };",
        task: "() => void tools.run()",
        warnings: &[
            "4:63 unseen-capture: a change of `tools` cannot be seen as a whole: its code was not written in this project, and it may hold values",
        ],
    },
    Unseen {
        declarations: "import old from \"old-limits\"; const two = old.limit(2);",
        task: "() => void two",
        warnings: &[
            "4:63 unseen-capture: a change of `two` cannot be seen as a whole: its code was not written in this project, and it may hold values",
        ],
    },
    Unseen {
        declarations: "import { Pool } from \"limits\"; const pool = new Pool(2);",
        task: "() => void pool.size",
        warnings: &[
            "4:63 unseen-capture: a change of `pool` cannot be seen as a whole: it holds state that nobody else can read",
        ],
    },
    Unseen {
        declarations: "const made = new Function(\"return 1\");",
        task: "() => void made()",
        warnings: &[
            "4:63 unseen-capture: a change of `made` cannot be seen as a whole: its code was not written in this project, and it may hold values",
        ],
    },
    Unseen {
        declarations: "let finish; new Promise((resolve) => { finish = resolve; });",
        task: "() => void finish",
        warnings: &[
            "4:63 unseen-capture: a change of `finish` cannot be seen as a whole: its code was not written in this project, and it may hold values",
        ],
    },
    Unseen {
        declarations: "const hidden = 1;",
        task: "() => void eval(\"hidden\")",
        warnings: &["4:63 unseen-capture: what this `eval` uses cannot be seen"],
    },
    Unseen {
        declarations: "function make() { return () => void arguments[0]; } const made = make(1);",
        task: "made",
        warnings: &["3:37 unseen-capture: the `arguments` of an enclosing function cannot be seen"],
    },
    Unseen {
        declarations: "const name = \"./other\";",
        task: "async () => void (await import(name))",
        warnings: &[
            "4:76 unseen-capture: what this `import()` leads to cannot be seen, because its module is computed",
        ],
    },
    Unseen {
        declarations: "",
        task: "() => void Object.keys(process.env)",
        warnings: &[
            "4:75 unseen-capture: a change of the environment cannot be seen where all of `process.env` is used",
        ],
    },
    Unseen {
        declarations: "import { env } from \"@rigkit/sdk\"; const read = (name) => env(name);",
        task: "() => void read(\"A\")",
        warnings: &[
            "3:59 unseen-capture: a change of the environment cannot be seen where the name given to `env` is computed",
        ],
    },
    Unseen {
        declarations: "import old from \"old-limits\"; import limit, { shared } from \"limits\"; limit.most = 2; old.plain();",
        task: "() => void shared()",
        warnings: &[
            "3:71 unseen-capture: what this changes in `limit` cannot be seen: a package counts by its version",
        ],
    },
    Unseen {
        declarations: "import old from \"old-limits\"; old.limit(2)(String);",
        task: "() => void old.plain()",
        warnings: &[
            "3:31 unseen-capture: what this changes in `old` cannot be seen: a package counts by its version",
        ],
    },
    Unseen {
        declarations: "Array.prototype.last = function () { return this.at(-1); }; globalThis.mine = {}; mine.a = 1;",
        task: "() => void [1].last()",
        warnings: &[
            "3:1 unseen-capture: what this changes in `Array` cannot be seen: the language counts by its names",
        ],
    },
    Unseen {
        declarations: "Object.defineProperty(String.prototype, \"loud\", { value() { return this + \"!\"; } }); Object.assign({}, []);",
        task: "() => void \"a\".loud()",
        warnings: &[
            "3:1 unseen-capture: what this changes in `String` cannot be seen: the language counts by its names",
        ],
    },
    Unseen {
        declarations: "import { env } from \"@rigkit/sdk\"; const read = env;",
        task: "() => void read(\"A\")",
        warnings: &[
            "4:63 unseen-capture: a change of `read` cannot be seen as a whole: it reads the environment, and any variable of it",
        ],
    },
    Unseen {
        declarations: "import { env } from \"@rigkit/sdk\"; const tools = { read: env.bind(null, \"A\") };",
        task: "() => void tools.read()",
        warnings: &[
            "4:63 unseen-capture: a change of `tools` cannot be seen as a whole: it reads the environment, and any variable of it",
        ],
    },
    Unseen {
        declarations: "const { env } = process;",
        task: "() => void env.hasOwnProperty(\"A\")",
        warnings: &[
            "4:63 unseen-capture: a change of `env` cannot be seen as a whole: it reads the environment, and any variable of it",
        ],
    },
    Unseen {
        declarations: "const kept = [process.env];",
        task: "() => void kept",
        warnings: &[
            "4:63 unseen-capture: a change of `kept` cannot be seen as a whole: it reads the environment, and any variable of it",
        ],
    },
    Unseen {
        declarations: "",
        task: "() => void process.env.hasOwnProperty(\"A\")",
        warnings: &[
            "4:63 unseen-capture: a change of the environment cannot be seen where all of `process.env` is used",
        ],
    },
    Unseen {
        declarations: "const name = \"process\";",
        task: "() => void globalThis[name]",
        warnings: &[
            "4:63 unseen-capture: a change of the environment cannot be seen where the names of its variables are computed or it is passed on",
        ],
    },
    Unseen {
        declarations: "",
        task: "async () => { const { env } = await import(\"@rigkit/sdk\"); env(\"A\"); }",
        warnings: &[
            "4:88 unseen-capture: a change of the environment cannot be seen where the name given to `env` is computed",
        ],
    },
    Unseen {
        declarations: "import * as sdk from \"@rigkit/sdk\"; const name = \"A\";",
        task: "() => void sdk.env(name)",
        warnings: &[
            "4:63 unseen-capture: a change of the environment cannot be seen where the name given to `env` is computed",
        ],
    },
    Unseen {
        declarations: "const part = new Blob([\"text\"]);",
        task: "() => void part",
        warnings: &[
            "4:63 unseen-capture: a change of `part` cannot be seen as a whole: it holds state that nobody else can read",
        ],
    },
    Unseen {
        declarations: "let count = 0;",
        task: "() => { count += 1; }",
        warnings: &["4:60 assigned-capture: this changes `count`, which lives outside the handler"],
    },
    Unseen {
        declarations: "const found = { last: \"\" }; const note = (name) => { found.last = name; };",
        task: "() => note(\"a\")",
        warnings: &["3:54 assigned-capture: this changes `found`, which lives outside the handler"],
    },
    Unseen {
        declarations: "const run = function () {}.bind(new Proxy({}, {}));",
        task: "run",
        warnings: &[
            "4:36 unseen-capture: a change of `handler` cannot be seen as a whole: it is a Proxy, which may answer anything",
        ],
    },
    Unseen {
        declarations: "const seen = new WeakSet(); const output = { parse: (value) => { seen.add(value); return value; } };",
        task: "() => {}",
        warnings: &[
            "3:66 unseen-capture: a change of `seen` cannot be seen as a whole: it holds state that nobody else can read",
        ],
    },
    Unseen {
        declarations: "const made = { parse: new Function(\"value\", \"return value\") }; const output = made;",
        task: "() => {}",
        warnings: &[
            "4:48 unseen-capture: a change of `output` cannot be seen as a whole: its code was not written in this project, and it may hold values",
        ],
    },
];

impl Unseen {
    /// Writes the project; the options of its task begin with a text.
    fn project(&self, version: &str) -> TestProject {
        let Self {
            declarations, task, ..
        } = self;
        let output = if declarations.contains("const output") {
            "output"
        } else {
            ""
        };
        let project = TestProject::new(&format!(
            "import {{ sequence }} from \"@rigkit/sdk\";\n// What the task needs.\n{declarations}\nexport const app = sequence(\"app\").task(\"a\", {{ {version}{output} }}, {task});\n"
        ));
        project.write(PACKAGES);
        project
    }
}

fn warnings(project: &TestProject) -> Vec<String> {
    let definition = project.engine().definition();
    let definition = definition.unwrap_or_else(|error| panic!("{error:?}"));
    definition.warnings.iter().map(line).collect()
}

fn line(warning: &Diagnostic) -> String {
    let start = warning.range.as_ref().map(|range| range.start);
    let place = start.map_or("?".to_owned(), |start| {
        format!("{}:{}", start.line, start.column)
    });
    assert!(warning.help.is_some(), "{}", warning.message);
    format!("{place} {}: {}", warning.code, warning.message)
}

#[test]
fn what_cannot_be_seen_is_told_at_its_place() {
    let wrong: Vec<String> = UNSEEN
        .iter()
        .filter_map(|unseen| {
            let found = warnings(&unseen.project(""));
            let is_wrong = found != unseen.warnings;
            is_wrong.then(|| format!("{}\n  {found:#?}", unseen.declarations))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_version_takes_the_place_of_what_cannot_be_seen() {
    for unseen in UNSEEN {
        let found = warnings(&unseen.project("version: \"1\", "));
        assert!(found.is_empty(), "{}: {found:?}", unseen.declarations);
    }
}

#[test]
fn a_warning_knows_the_tasks_it_is_about() {
    let project = TestProject::new(
        r#"
import { sequence } from "@rigkit/sdk";
const cache = new WeakMap();
const read = () => cache.get(Math);
export const app = sequence("app")
  .task("a", () => void read())
  .task("b", { version: "1" }, () => void read())
  .task("c", () => {})
  .task("d", () => void read());
"#,
    );
    let definition = project.engine().definition().unwrap();
    let place = definition.warnings[0].range.clone().unwrap();
    let tasks = definition.tasks_warned_of(&place);
    let names: Vec<&str> = tasks.map(|(_, task)| &*task.name).collect();
    assert_eq!(names, ["a", "d"]);
}

#[test]
fn what_can_be_seen_is_not_warned_of() {
    assert_eq!(warnings(&rows::project()), [""; 0]);
}

#[test]
fn a_provider_that_cannot_be_seen_is_told_where_it_is_in_scope() {
    let project = TestProject::new(
        r#"
import { defineProvider, sequence } from "@rigkit/sdk";
const cache = new WeakMap();
const cloud = defineProvider("cloud", {}, {
  providerId: "cloud",
  createProvider: () => ({ providerId: "cloud", runtime: () => cache }),
});
export const app = sequence("app").addProvider("cloud", cloud).task("a", () => {});
"#,
    );
    let warning = "6:64 unseen-capture: a change of `cache` cannot be seen as a whole: it holds state that nobody else can read";
    assert_eq!(warnings(&project), [warning]);
    project.edit(
        "rig.config.ts",
        "task(\"a\",",
        "task(\"a\", { version: \"1\" },",
    );
    assert_eq!(warnings(&project), [""; 0]);
}
