//! Checks every row of the table.

use super::outcomes::{OUTCOMES, Outcome};

/// Gives what is wrong with the rows of a topic.
fn mistakes(topic: &str) -> Vec<String> {
    let outcomes = OUTCOMES.iter().filter(|outcome| outcome.topic == topic);
    outcomes.flat_map(mistakes_of).collect()
}

fn mistakes_of(outcome: &Outcome) -> Vec<String> {
    let Outcome {
        row, pending, told, ..
    } = outcome;
    let mut mistakes = Vec::new();
    if *pending != row.pending {
        mistakes.push(format!(
            "{}: runs {pending:?}, not {:?}",
            row.name, row.pending
        ));
    }
    if !row.told.is_empty() && *told != row.told {
        mistakes.push(format!(
            "{}: tells {told:#?}, not {:#?}",
            row.name, row.told
        ));
    }
    mistakes
}

#[track_caller]
fn check(topic: &str) {
    let mistakes = mistakes(topic);
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[test]
fn the_way_it_is_written() {
    check("syntax");
}

#[test]
fn captured_values() {
    check("values");
}

#[test]
fn captured_functions() {
    check("functions");
}

#[test]
fn scopes_and_closures() {
    check("closures");
}

#[test]
fn values_from_other_files() {
    check("modules");
}

#[test]
fn enums_namespaces_and_classes() {
    check("types");
}

#[test]
fn installed_packages() {
    check("packages");
}

#[test]
fn variables_and_globals() {
    check("environment");
}

#[test]
fn schemas_configuration_and_providers() {
    check("components");
}
