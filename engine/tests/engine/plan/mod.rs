//! What a plan says of tasks that have run before, after something changed.

mod causes;
mod cutoff;
mod expiry;
mod history;
mod identity_properties;
mod own_config;
mod providers;
mod reasons;
mod records;
mod schemas;
mod secrets;
mod shape;
mod time_limit;
mod untrusted;
mod walk_properties;

use crate::support::TestProject;

/// Is one change of a file: its name, what is replaced, and by what.
type Edit<'a> = (&'a str, &'a str, &'a str);

/// Applies a fixture, changes it, and compares what the plan says then.
#[track_caller]
fn check_edit(fixture: &str, edits: &[Edit<'_>], expected: &[&str]) -> TestProject {
    let project = TestProject::new(fixture);
    project.apply();
    for (file, from, to) in edits {
        project.edit(file, from, to);
    }
    assert_eq!(project.plan_lines(), expected);
    project
}
