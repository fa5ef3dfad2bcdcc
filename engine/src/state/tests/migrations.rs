//! The way from each layout to the newest, and what each of them holds.

use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::state::migrations::{LAYOUTS, Layouts};
use crate::state::schema;

/// Returns the layouts there are and one that may come.
pub(super) fn with_a_later_one(step: &'static str) -> Layouts<'static> {
    let steps: &[&str] = [LAYOUTS.steps, &[step]].concat().leak();
    let last: &str = described(steps).unwrap_or_default().leak();
    Layouts {
        steps,
        schemas: [LAYOUTS.schemas, &[last]].concat().leak(),
    }
}

fn with_more_and_a_table() -> Layouts<'static> {
    with_a_later_one(
        "ALTER TABLE applies ADD COLUMN host TEXT;
         CREATE TABLE later (x INTEGER) STRICT;
         INSERT INTO later SELECT count(*) FROM node_runs;",
    )
}

/// Returns the description of what some steps make.
fn described(steps: &[&str]) -> Option<String> {
    let connection = Connection::open_in_memory().unwrap();
    for step in steps {
        connection.execute_batch(step).ok()?;
    }
    Some(schema::describe(&connection).unwrap())
}

/// Where this fails after a step was added, the text it shows belongs into the step's `.schema`.
#[test]
fn the_schema_of_each_layout_is_what_its_steps_make() {
    assert_eq!(LAYOUTS.steps.len(), LAYOUTS.schemas.len());
    for (index, expected) in LAYOUTS.schemas.iter().enumerate() {
        let found = described(&LAYOUTS.steps[..=index]).unwrap();
        assert_eq!(&found, expected, "layout {}:\n{found}", index + 1);
    }
}

fn first(layouts: &Layouts<'static>, count: usize) -> Layouts<'static> {
    Layouts {
        steps: &layouts.steps[..count],
        schemas: &layouts.schemas[..count],
    }
}

fn objects(reader: &StateReader) -> Vec<(String, String, Option<String>)> {
    let sql = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name";
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    reader.rows(sql, (), read).unwrap()
}

#[test]
fn every_older_layout_ends_as_the_newest() {
    let all = with_more_and_a_table();
    let fresh = Place::new();
    let expected = objects(&State::open_with(&state_file(&fresh.file()), &all).unwrap());
    for version in 1..all.steps.len() {
        let place = Place::new();
        let mut old = State::open_with(&state_file(&place.file()), &first(&all, version)).unwrap();
        record(&mut old, run("a", &[]));
        drop(old);
        let state = State::open_with(&state_file(&place.file()), &all).unwrap();
        assert_eq!(objects(&state), expected, "from {version}");
        assert_eq!(state.list_runs(None).unwrap().len(), 1);
        assert_eq!(state.integrity_problems().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn an_older_layout_is_read_through_a_copy() {
    let all = with_more_and_a_table();
    let place = Place::new();
    let mut old = place.open();
    record(&mut old, run("a", &[]));
    for in_use in [true, false] {
        if !in_use {
            place.settle();
        }
        let before = place.content();
        let copies = tempfile::tempdir().unwrap();
        let folder = copies.path().join("tmp");
        let file = state_file(&place.file()).copied_to(folder.clone());
        let reader = StateReader::open_existing_with(&file, &all);
        let reader = reader.unwrap().unwrap();
        assert!(reader.is_copy());
        // It has no name any more, so that nothing is left however this process ends.
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        let mode = folder.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert_eq!(reader.list_runs(None).unwrap().len(), 1);
        let counted = reader.row("SELECT x FROM later", (), |row| row.get(0));
        assert_eq!(counted.unwrap(), Some(1));
        drop(reader);
        assert_eq!(place.content(), before);
    }
}

#[test]
fn a_step_that_fails_changes_nothing() {
    let place = Place::new();
    record(&mut place.open(), run("a", &[]));
    let before = objects(&place.open());
    let broken =
        with_a_later_one("CREATE TABLE half (x ANY) STRICT; INSERT INTO nowhere VALUES (1)");
    assert!(State::open_with(&state_file(&place.file()), &broken).is_err());
    assert_eq!(objects(&place.open()), before);
}
