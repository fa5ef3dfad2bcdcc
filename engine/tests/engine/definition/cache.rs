//! Modules that were transpiled before: used again, and never instead of the text.

use std::{fs, path::PathBuf};

use crate::support::TestProject;

const FIXTURE: &str = r#"
//- /rig.config.ts
import { sequence } from "@rigkit/sdk";
import { greeting } from "./greeting";
export const app = sequence("app").task("hello", () => ({ ctx: { greeting } }));
//- /greeting.ts
export const greeting: string = "hello";
"#;

fn entries(project: &TestProject) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(project.path(".rigkit/cache/modules")) else {
        return Vec::new();
    };
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

#[test]
fn unchanged_modules_are_kept_and_changed_ones_are_made_again() {
    let project = TestProject::new(FIXTURE);
    assert!(entries(&project).is_empty());
    project.apply();
    let first = entries(&project);
    assert_eq!(first.len(), 2);
    assert_eq!(project.plan_lines(), ["hello cached"]);
    assert_eq!(entries(&project), first);
    project.edit("greeting.ts", "\"hello\"", "\"good day\"");
    assert!(project.plan_lines()[0].starts_with("hello pending handler-changed"));
    assert_eq!(entries(&project).len(), 3);
}

#[test]
fn errors_have_the_same_places_as_without_it() {
    let project = TestProject::new(FIXTURE);
    project.apply();
    project.edit(
        "rig.config.ts",
        "({ ctx: { greeting } })",
        "{\n  throw new Error(greeting);\n}",
    );
    let place = |project: &TestProject| {
        let error = project.try_apply().unwrap_err();
        error.range().cloned().map(|range| range.start)
    };
    let first = place(&project);
    assert_eq!(first.map(|start| start.line), Some(4));
    assert_eq!(place(&project), first);
}

#[test]
fn it_may_be_deleted_damaged_or_out_of_reach() {
    let project = TestProject::new(FIXTURE);
    project.apply();
    for entry in entries(&project) {
        fs::write(entry, "no module").unwrap();
    }
    assert_eq!(project.plan_lines(), ["hello cached"]);
    fs::remove_dir_all(project.path(".rigkit/cache")).unwrap();
    assert_eq!(project.plan_lines(), ["hello cached"]);
    fs::remove_dir_all(project.path(".rigkit/cache")).unwrap();
    fs::write(project.path(".rigkit/cache"), "a file").unwrap();
    assert_eq!(project.plan_lines(), ["hello cached"]);
}
