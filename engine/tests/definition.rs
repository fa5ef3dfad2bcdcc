//! Configs and what they define, or what is wrong with them.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, sync::Arc};

use rigkit_engine::{
    definition::Definition,
    project::{LoadError, LoadOptions, Project, load},
    sandbox::Variables,
};

/// Writes the files of a fixture (`//- /path` begins one) and loads the project.
fn load_fixture(fixture: &str) -> (tempfile::TempDir, Result<Definition, LoadError>) {
    let directory = tempfile::tempdir().unwrap();
    let with_header = if fixture.trim_start().starts_with("//- ") {
        fixture.to_owned()
    } else {
        format!("//- /rig.config.ts\n{fixture}")
    };
    for part in with_header.split("//- /").skip(1) {
        let (path, text) = part.split_once('\n').unwrap();
        let path = directory.path().join(path.trim());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let project = Project::find(directory.path()).unwrap();
    let variables = Variables::new(Arc::new(BTreeMap::from([("HOME".to_owned(), "/home/me".to_owned())])));
    let loaded = load(&LoadOptions::new(&project, variables));
    (directory, loaded)
}

fn check_paths(fixture: &str, expected: &[&str]) {
    let (_directory, loaded) = load_fixture(fixture);
    let definition = loaded.expect("the fixture is valid");
    let paths: Vec<&str> = definition.workflows.iter().flat_map(|workflow| &workflow.tasks).map(|task| &*task.path).collect();
    assert_eq!(paths, expected);
}

fn check_problem(fixture: &str, expected: &str) {
    let (directory, loaded) = load_fixture(fixture);
    let root = directory.path().canonicalize().unwrap();
    let Err(LoadError::Invalid(problems)) = loaded else {
        panic!("the fixture is valid, but should give: {expected}");
    };
    let lines: Vec<String> = problems
        .iter()
        .map(|problem| {
            let place = problem.range.as_ref().map_or("?".to_owned(), |range| {
                let file = range.file.strip_prefix(&root).unwrap_or(&range.file);
                format!("{}:{}:{}-{}:{}", file.display(), range.start.line, range.start.column, range.end.line, range.end.column)
            });
            format!("{place} {}: {}", problem.code, problem.message)
        })
        .collect();
    assert_eq!(lines.join("\n"), expected);
}

#[test]
fn paths_leave_the_root_out_and_repeat_nothing() {
    check_paths(
        r#"
import { workflow, task, sequence } from "@rigkit/sdk";
type Ctx = { a: string };
const w = workflow("app");
const noop = async (): Promise<void> => {};
export const app = w.sequence("root")
  .task("first", noop)
  .add(w.sequence("base").task("install", noop))
  .parallel({ web: w.sequence("web").task("build", noop), api: task("build", noop), x: sequence("y").task("z", noop) })
  .task("join", { version: "1", cacheTTL: "1h" }, noop);
"#,
        &["first", "base.install", "web.build", "api.build", "x.y.z", "join"],
    );
}

#[test]
fn refusals_have_places() {
    check_problem(
        r#"import { workflow } from "@rigkit/sdk";
export const app = workflow("app").sequence("app")
  .task("a", () => {})
  .task("a", () => {})
  .task("", () => {})
  .task("b", { cacheTTL: "1 week", cutof: true }, () => {})
  .configure({ a: { b: [() => 1] } });
"#,
        "",
    );
    check_problem("throw new TypeError('no');", "");
    check_problem("import { x } from './y';\nimport z from 'nothing';\nlet a: = 1", "");
    check_problem("while (true) {}", "");
    check_problem("const a = []; for (;;) a.push(new Array(1000).fill(a))", "");
}
