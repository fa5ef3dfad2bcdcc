//! Builder calls that are wrong, wherever they are written.

use super::check_problems;

#[test]
fn a_task_needs_a_handler() {
    let config = |call: &str| {
        format!(
            "import {{ sequence, task }} from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").{call};\n"
        )
    };
    check_problems(
        &config("task(\"a\")"),
        &["rig.config.ts:2:36-2:45 missing-handler: the task `a` has no handler"],
    );
    check_problems(
        &config("task(\"a\", {})"),
        &["rig.config.ts:2:36-2:49 missing-handler: the task `a` has no handler"],
    );
    check_problems(
        &config("task(\"a\", { version: \"1\" }, 1)"),
        &["rig.config.ts:2:36-2:66 missing-handler: the task `a` has no handler"],
    );
    check_problems(
        &config("add(task(\"a\", null))"),
        &["rig.config.ts:2:40-2:55 missing-handler: the task `a` has no handler"],
    );
    check_problems(
        &config("task()"),
        &[
            "rig.config.ts:2:36-2:40 empty-name: a task has no name but `undefined`",
            "rig.config.ts:2:36-2:40 missing-handler: a task has no handler",
        ],
    );
}

#[test]
fn what_is_added_has_to_be_a_node() {
    let config = |call: &str| {
        format!(
            "import {{ sequence, task, workflow }} from \"@rigkit/sdk\";\nexport const app = sequence(\"app\")\n  .{call};\n"
        )
    };
    check_problems(
        &config("add(1)"),
        &[
            "rig.config.ts:3:8-3:9 not-a-node: `add` takes a task, a sequence or a fragment, not `1`",
        ],
    );
    check_problems(
        &config("add()"),
        &[
            "rig.config.ts:3:4-3:7 not-a-node: `add` takes a task, a sequence or a fragment, not `undefined`",
        ],
    );
    check_problems(
        &config("add(workflow(\"x\"))"),
        &[
            "rig.config.ts:3:8-3:21 not-a-node: `add` takes a task, a sequence or a fragment, not an object of kind `rigkit.workflow`",
        ],
    );
    check_problems(
        &config("add(() => task(\"a\", () => {}))"),
        &[
            "rig.config.ts:3:8-3:33 not-a-node: `add` takes a task, a sequence or a fragment, not a function",
        ],
    );
    check_problems(
        &config("parallel([task(\"a\", () => {})])"),
        &[
            "rig.config.ts:3:13-3:34 not-a-node: `parallel` takes an object of branches, not an array",
        ],
    );
    check_problems(
        &config("parallel({ web: 1, api: task(\"a\", () => {}) })"),
        &[
            "rig.config.ts:3:20-3:21 not-a-node: the branch `web` is not a task, a sequence or a fragment but `1`",
        ],
    );
    check_problems(
        &config("parallel()"),
        &[
            "rig.config.ts:3:4-3:12 not-a-node: `parallel` takes an object of branches, not `undefined`",
        ],
    );
}

#[test]
fn a_configuration_is_json() {
    let config = |value: &str| {
        format!(
            "import {{ sequence }} from \"@rigkit/sdk\";\nclass Box {{}}\nexport const app = sequence(\"app\").configure({value});\n"
        )
    };
    check_problems(
        &config("{ a: { b: () => 1 } }"),
        &["rig.config.ts:3:56-3:63 not-json: configure input.a.b is a function, which is not JSON"],
    );
    check_problems(
        &config("{ a: [1, { b: undefined }] }"),
        &[
            "rig.config.ts:3:51-3:72 not-json: configure input.a[1].b is undefined, which is not JSON",
        ],
    );
    check_problems(
        &config("{ a: NaN, c: 1 }"),
        &["rig.config.ts:3:51-3:54 not-json: configure input.a is NaN, which is not JSON"],
    );
    check_problems(
        &config("{ a: new Box() }"),
        &[
            "rig.config.ts:3:51-3:60 not-json: configure input.a is an instance of Box, which is not JSON",
        ],
    );
    check_problems(
        &config("[1]"),
        &["rig.config.ts:3:46-3:49 not-json: configure input is an array, which is not JSON"],
    );
    check_problems(
        &config("\"x\""),
        &["rig.config.ts:3:46-3:49 not-json: configure input is a string, which is not JSON"],
    );
    check_problems(
        &config(""),
        &["rig.config.ts:3:36-3:45 not-json: configure input is undefined, which is not JSON"],
    );
    check_problems(
        &config("(() => { const a = {}; a.a = a; return a; })()"),
        &["rig.config.ts:3:36-3:93 not-json: configure input.a is a cycle, which is not JSON"],
    );
    check_problems(
        &config("{ \"a b\": { 1: Symbol() } }"),
        &[
            "rig.config.ts:3:60-3:68 not-json: configure input[\"a b\"][\"1\"] is a symbol, which is not JSON",
        ],
    );
    check_problems(
        &config("{ get a() { throw new RangeError(\"no\"); } }"),
        &["rig.config.ts:3:68-3:78 definition-threw: RangeError: no"],
    );
}

#[test]
fn several_problems_are_told_at_once() {
    check_problems(
        r#"import { sequence, task } from "@rigkit/sdk";
export const app = sequence("app")
  .task("a", { cacheTTL: "soon", cutof: true }, () => {})
  .task("a", () => {})
  .configure({ x: NaN })
  .addProvider("step", 1)
  .parallel({ "": task("b", () => {}), c: 1 })
  .operation("run", { run: () => {} })
  .task("", () => {});
export const other = sequence("other").task("x");
"#,
        &[
            "rig.config.ts:3:34-3:39 invalid-option: a task has no option `cutof`",
            "rig.config.ts:3:26-3:32 invalid-cache-ttl: `cacheTTL` cannot be read: `soon` is not a number and a unit",
            "rig.config.ts:4:9-4:12 duplicate-task: two tasks are named `a`",
            "  rig.config.ts:3:9-3:12: the first one",
            "rig.config.ts:5:19-5:22 not-json: configure input.x is NaN, which is not JSON",
            "rig.config.ts:6:16-6:22 reserved-provider-name: a provider cannot be named `step`: handlers receive something else under it",
            "rig.config.ts:7:15-7:17 empty-name: a branch has an empty name",
            "rig.config.ts:7:43-7:44 not-a-node: the branch `c` is not a task, a sequence or a fragment but `1`",
            "rig.config.ts:8:14-8:19 reserved-operation: `run` cannot be the id of an operation: it is a command of rig",
            "rig.config.ts:9:9-9:11 empty-name: a task has an empty name",
            "rig.config.ts:10:40-10:49 missing-handler: the task `x` has no handler",
        ],
    );
}

#[test]
fn a_call_in_a_factory_a_loop_or_another_file_has_its_own_place() {
    check_problems(
        r#"
//- /rig.config.ts
import { sequence } from "@rigkit/sdk";
import { withTasks, named } from "./lib/tasks";
let app = withTasks(sequence("app"), ["a", "b", "a"]);
for (const name of ["c", ""]) {
  app = app
    .task(name, () => {});
}
app = app.add(named("d")).add(named("d"));
export { app };
//- /lib/tasks.ts
import { task } from "@rigkit/sdk";
type Names = string[];
export const withTasks = (start, names: Names) =>
  names.reduce((sequence, name) => sequence.task(name, () => {}), start);
export function named(name: string) { return task(name, { cacheTTL: -1 }, () => {}); }
"#,
        &[
            "lib/tasks.ts:4:50-4:54 duplicate-task: two tasks are named `a`",
            "  lib/tasks.ts:4:50-4:54: the first one",
            "rig.config.ts:6:11-6:15 empty-name: a task has an empty name",
            "lib/tasks.ts:5:69-5:71 invalid-cache-ttl: `cacheTTL` must be a finite duration of zero or more",
            "lib/tasks.ts:5:51-5:55 duplicate-task: two tasks are named `d`",
            "  lib/tasks.ts:5:51-5:55: the first one",
        ],
    );
}

#[test]
fn a_call_through_a_package_is_placed_at_the_call_of_the_package() {
    check_problems(
        r#"
//- /rig.config.ts
import { app as made } from "maker";
import { sequence } from "@rigkit/sdk";
export const app = made(
  sequence,
);
//- /node_modules/maker/package.json
{ "name": "maker", "version": "1.0.0", "type": "module", "main": "index.js" }
//- /node_modules/maker/index.js
export const app = (sequence) => sequence("app").task("a", () => {}).task("a", () => {});
"#,
        &[
            "rig.config.ts:4:3-4:11 duplicate-task: two tasks are named `a`",
            "  rig.config.ts:4:3-4:11: the first one",
        ],
    );
}

#[test]
fn columns_count_characters_and_types_do_not_shift_them() {
    check_problems(
        "import { sequence } from \"@rigkit/sdk\";\ninterface Wide { a: string; }\nconst x: Wide = { a: \"é→😀\" }; export const app = sequence<Wide>(\"é😀\" as string).task(\"\", (): void => {});\n",
        &["rig.config.ts:3:86-3:88 empty-name: a task has an empty name"],
    );
    check_problems(
        "import { sequence } from \"@rigkit/sdk\";\r\nexport const app = sequence(\"a\")\r\n\t.task(\"\", () => {});\r\n",
        &["rig.config.ts:3:8-3:10 empty-name: a task has an empty name"],
    );
    check_problems(
        "\u{feff}import { sequence } from \"@rigkit/sdk\";export const app = sequence(\"a\").task(\"\", () => {});",
        &["rig.config.ts:1:78-1:80 empty-name: a task has an empty name"],
    );
}

#[test]
fn spread_arguments_and_aliases_have_places_too() {
    check_problems(
        "import { sequence as s, task as t } from \"@rigkit/sdk\";\nconst args = [\"\", () => {}];\nexport const app = s(\"a\")\n  .task(...args)\n  .add(t(\"\", () => {}));\n",
        &[
            "rig.config.ts:4:9-4:16 empty-name: a task has an empty name",
            "rig.config.ts:5:8-5:9 empty-name: a task has an empty name",
        ],
    );
}
