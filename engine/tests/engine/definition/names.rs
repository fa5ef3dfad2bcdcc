//! Names that are empty, taken or reserved, at the place they are written.

use super::check_problems;

/// Puts calls behind a sequence; they begin in the second line.
fn on_app(calls: &str) -> String {
    format!(
        "import {{ defineProvider, sequence, task, workflow }} from \"@rigkit/sdk\"; const run = () => {{}};\nexport const app = sequence(\"app\")\n{calls};\n"
    )
}

#[test]
fn empty_names_are_refused() {
    check_problems(
        &on_app("  .task(\"\", run)"),
        &["rig.config.ts:3:9-3:11 empty-name: a task has an empty name"],
    );
    check_problems(
        &on_app("  .add(task(\"\", run))"),
        &["rig.config.ts:3:13-3:15 empty-name: a task has an empty name"],
    );
    check_problems(
        &on_app("  .add(sequence(\"\").task(\"a\", run))"),
        &["rig.config.ts:3:17-3:19 empty-name: a sequence has an empty name"],
    );
    check_problems(
        &on_app("  .parallel({ \"\": task(\"a\", run) })"),
        &["rig.config.ts:3:15-3:17 empty-name: a branch has an empty name"],
    );
    check_problems(
        &on_app("  .operation(\"\", { run })"),
        &["rig.config.ts:3:14-3:16 empty-name: an operation has an empty name"],
    );
    check_problems(
        &on_app("  .workspaceOperation(\"\", { run })"),
        &["rig.config.ts:3:23-3:25 empty-name: an operation has an empty name"],
    );
    check_problems(
        &on_app("  .addProvider(\"\", {})"),
        &["rig.config.ts:3:16-3:18 empty-name: a provider has an empty name"],
    );
    check_problems(
        "import { workflow } from \"@rigkit/sdk\";\nexport const a = workflow(\"\").sequence(\"x\");",
        &["rig.config.ts:2:27-2:29 empty-name: a workflow has an empty name"],
    );
    check_problems(
        "import { workflow } from \"@rigkit/sdk\";\nexport const a = workflow().sequence(\"x\");",
        &["rig.config.ts:2:18-2:26 empty-name: a workflow has no name but `undefined`"],
    );
    check_problems(
        &on_app("  .task(42, run)"),
        &["rig.config.ts:3:9-3:11 empty-name: a task has no name but `42`"],
    );
    check_problems(
        &on_app("  .task(undefined, run)"),
        &["rig.config.ts:3:9-3:18 empty-name: a task has no name but `undefined`"],
    );
}

#[test]
fn two_tasks_of_one_name_are_refused() {
    check_problems(
        &on_app("  .task(\"a\", run)\n  .task(\"b\", run)\n  .step(\"a\", run)"),
        &[
            "rig.config.ts:5:9-5:12 duplicate-task: two tasks are named `a`",
            "  rig.config.ts:3:9-3:12: the first one",
        ],
    );
    check_problems(
        &on_app(
            "  .add(sequence(\"s\").task(\"a\", run))\n  .add(sequence(\"s\").task(\"a\", run))",
        ),
        &[
            "rig.config.ts:4:27-4:30 duplicate-task: two tasks have the path `s.a`",
            "  rig.config.ts:3:27-3:30: the first one",
        ],
    );
    check_problems(
        &on_app("  .parallel({ x: task(\"a\", run) })\n  .add(sequence(\"x\").task(\"a\", run))"),
        &[
            "rig.config.ts:4:27-4:30 duplicate-task: two tasks have the path `x.a`",
            "  rig.config.ts:3:23-3:26: the first one",
        ],
    );
}

#[test]
fn reserved_provider_names_are_refused() {
    for name in ["ctx", "runtime", "providers", "step", "config"] {
        let end = 16 + name.len() + 2;
        check_problems(
            &on_app(&format!(
                "  .addProvider(\"{name}\", defineProvider(\"p\", {{}}, {{}}))"
            )),
            &[&format!(
                "rig.config.ts:3:16-3:{end} reserved-provider-name: a provider cannot be named `{name}`: handlers receive something else under it"
            )],
        );
    }
    check_problems(
        "import { defineConfig, defineProvider, sequence } from \"@rigkit/sdk\";\nexport default defineConfig({\n  providers: { step: defineProvider(\"p\", {}, {}) },\n  workflows: { a: sequence(\"a\") },\n});",
        &[
            "rig.config.ts:3:16-3:20 reserved-provider-name: a provider cannot be named `step`: handlers receive something else under it",
        ],
    );
    check_problems(
        "import { defineProvider, workflow } from \"@rigkit/sdk\";\nexport const a = workflow(\"a\", { providers: { ctx: defineProvider(\"p\", {}, {}) } }).sequence(\"a\");",
        &[
            "rig.config.ts:2:47-2:50 reserved-provider-name: a provider cannot be named `ctx`: handlers receive something else under it",
        ],
    );
}

#[test]
fn what_is_no_provider_is_refused() {
    check_problems(
        &on_app("  .addProvider(\"p\", 1)"),
        &["rig.config.ts:3:21-3:22 not-a-provider: `p` is not a provider but `1`"],
    );
    check_problems(
        &on_app("  .addProvider(\"p\", { providerId: \"p\" })"),
        &["rig.config.ts:3:21-3:40 not-a-provider: `p` is not a provider but an object"],
    );
    check_problems(
        &on_app("  .addProvider(\"p\")"),
        &["rig.config.ts:3:4-3:20 not-a-provider: `p` is not a provider but `undefined`"],
    );
    check_problems(
        &on_app("  .addProvider(\"p\", defineProvider(\"p\", {}))"),
        &["rig.config.ts:3:21-3:44 provider-without-plugin: the provider `p` has no plugin"],
    );
    check_problems(
        &on_app("  .addProvider(\"p\", defineProvider(undefined, {}, { createProvider: run }))"),
        &["rig.config.ts:3:36-3:45 not-a-provider: the provider `p` has no id"],
    );
    check_problems(
        &on_app("  .addProvider(\"p\", defineProvider(\"p\", {}, {}))"),
        &[
            "rig.config.ts:3:45-3:47 provider-without-plugin: the plugin of the provider `p` has no function `createProvider`",
        ],
    );
    check_problems(
        &on_app("  .removeProvider(\"p\")"),
        &["rig.config.ts:3:19-3:22 unknown-provider: no provider `p` is in scope here"],
    );
    check_problems(
        "import { defineConfig, sequence } from \"@rigkit/sdk\";\nexport default defineConfig({\n  providers: { p: 1 },\n  workflows: { a: sequence(\"a\") },\n});",
        &["rig.config.ts:3:19-3:20 not-a-provider: `p` is not a provider but `1`"],
    );
}

#[test]
fn reserved_operation_ids_are_refused() {
    for id in [
        "apply",
        "completion",
        "create",
        "doctor",
        "fork",
        "help",
        "init",
        "ls",
        "plan",
        "projects",
        "remove",
        "run",
        "version",
    ] {
        for (method, column) in [("operation", 14), ("workspaceOperation", 23)] {
            let end = column + id.len() + 2;
            check_problems(
                &on_app(&format!("  .{method}(\"{id}\", {{ run }})")),
                &[&format!(
                    "rig.config.ts:3:{column}-3:{end} reserved-operation: `{id}` cannot be the id of an operation: it is a command of rig"
                )],
            );
        }
    }
}

#[test]
fn operations_have_ids_of_their_own() {
    check_problems(
        &on_app("  .operation(\"up\", { run })\n  .operation(\"up\", { run })"),
        &[
            "rig.config.ts:4:14-4:18 duplicate-operation: two operations have the id `up`",
            "  rig.config.ts:3:14-3:18: the first one",
        ],
    );
    check_problems(
        &on_app("  .workspaceOperation(\"up\", { run })\n  .workspaceOperation(\"up\", { run })"),
        &[
            "rig.config.ts:4:23-4:27 duplicate-operation: two operations have the id `up`",
            "  rig.config.ts:3:23-3:27: the first one",
        ],
    );
    check_problems(
        &on_app("  .workspaceOperation(\"a/b\", { run })"),
        &[
            "rig.config.ts:3:23-3:28 invalid-operation-id: the id of a workspace operation cannot have a `/`: `a/b`",
        ],
    );
    super::check_paths(
        &on_app(
            "  .operation(\"up\", { run }).workspaceOperation(\"up\", { run }).operation(\"a/b\", { run })",
        ),
        &[],
    );
}

#[test]
fn operations_and_workspaces_are_whole_and_at_the_root() {
    check_problems(
        &on_app("  .operation(\"up\", {})"),
        &["rig.config.ts:3:4-3:23 invalid-operation: the operation `up` has no function `run`"],
    );
    check_problems(
        &on_app("  .operation(\"up\", { run: 1 })"),
        &["rig.config.ts:3:27-3:28 invalid-operation: the operation `up` has no function `run`"],
    );
    check_problems(
        &on_app("  .operation(\"up\", run)"),
        &["rig.config.ts:3:4-3:24 invalid-operation: the operation `up` has no function `run`"],
    );
    check_problems(
        &on_app("  .operation(\"up\", { run, title: 1 })"),
        &["rig.config.ts:3:34-3:35 invalid-option: `title` must be a text, not `1`"],
    );
    check_problems(
        &on_app("  .operation(\"up\", { run, titel: \"Up\" })"),
        &["rig.config.ts:3:27-3:32 invalid-option: an operation has no option `titel`"],
    );
    check_problems(
        &on_app("  .workspaceOperation(\"up\", { rnu: run, colour: 1 })"),
        &[
            "rig.config.ts:3:31-3:34 invalid-option: an operation has no option `rnu`",
            "rig.config.ts:3:41-3:47 invalid-option: an operation has no option `colour`",
        ],
    );
    check_problems(
        &on_app("  .workspace({ creat: run, remove: run, open: run })"),
        &[
            "rig.config.ts:3:16-3:21 invalid-option: a workspace has no option `creat`",
            "rig.config.ts:3:41-3:45 invalid-option: a workspace has no option `open`",
        ],
    );
    check_problems(
        &on_app("  .workspace({ create: run })"),
        &["rig.config.ts:3:4-3:30 invalid-workspace: the workspace has no function `remove`"],
    );
    check_problems(
        &on_app("  .workspace({})"),
        &[
            "rig.config.ts:3:4-3:17 invalid-workspace: the workspace has no function `create`",
            "rig.config.ts:3:4-3:17 invalid-workspace: the workspace has no function `remove`",
        ],
    );
    check_problems(
        &on_app("  .workspace()"),
        &[
            "rig.config.ts:3:4-3:13 invalid-workspace: the workspace has no function `create`",
            "rig.config.ts:3:4-3:13 invalid-workspace: the workspace has no function `remove`",
        ],
    );
    check_problems(
        &on_app(
            "  .workspace({ create: run, remove: run })\n  .workspace({ create: run, remove: run })",
        ),
        &[
            "rig.config.ts:4:4-4:43 misplaced-workspace: the workflow defines a workspace twice",
            "  rig.config.ts:3:4-3:43: the first one",
        ],
    );
    check_problems(
        &on_app(
            "  .add(sequence(\"s\")\n    .workspace({ create: run, remove: run })\n    .operation(\"up\", { run }))",
        ),
        &[
            "rig.config.ts:4:6-4:45 misplaced-workspace: a nested sequence cannot define a workspace",
            "rig.config.ts:5:6-5:30 misplaced-operation: a nested sequence cannot define an operation",
        ],
    );
    check_problems(
        &on_app("  .operation(\"up\", { run, input: 1 })"),
        &["rig.config.ts:3:34-3:35 invalid-schema: `input` of `up` is not a schema but `1`"],
    );
    check_problems(
        &on_app("  .operation(\"up\", { run, input: { type: \"array\" } })"),
        &["rig.config.ts:3:34-3:51 invalid-schema: the input of an operation must be an object"],
    );
    check_problems(
        &on_app("  .operation(\"up\", { run, input: { type: \"nonsense\" } })"),
        &[
            "rig.config.ts:3:34-3:54 invalid-schema: `input` is not a JSON Schema: \"nonsense\" is not valid under any of the schemas listed in the 'anyOf' keyword",
        ],
    );
    check_problems(
        &on_app("  .operation(\"up\", { run, input: (w) => w.input({ x: { kind: \"date\" } }) })"),
        &[
            "rig.config.ts:3:34-3:73 invalid-schema: `input` has a field that is none: unknown variant `date`, expected one of `workspace`, `string`, `boolean`, `number`, `rest`",
        ],
    );
    check_problems(
        &on_app(
            "  .operation(\"up\", { run, input: { \"~standard\": { version: 1, vendor: \"x\", validate: run } } })",
        ),
        &[
            "rig.config.ts:3:34-3:93 invalid-schema: this schema cannot give a JSON Schema, which the command line needs for its flags",
        ],
    );
}
