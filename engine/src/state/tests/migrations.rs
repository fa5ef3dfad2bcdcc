//! The way from each layout to the newest.

use super::*;
use crate::state::migrations::MIGRATIONS;

/// Gives the layouts there are and one that may come.
fn with_a_later_one() -> Vec<&'static str> {
    let later = "ALTER TABLE applies ADD COLUMN host TEXT;
         CREATE TABLE later (x INTEGER) STRICT;
         INSERT INTO later SELECT count(*) FROM node_runs;";
    [MIGRATIONS, &[later]].concat()
}

fn schema(reader: &StateReader) -> Vec<(String, String, Option<String>)> {
    let sql = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name";
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    reader.rows(sql, (), read).unwrap()
}

#[test]
fn every_older_layout_ends_as_the_newest() {
    let all = with_a_later_one();
    let fresh = Place::new();
    let expected = schema(&State::open_with(&fresh.file(), &all).unwrap());
    for version in 1..all.len() {
        let place = Place::new();
        let mut old = State::open_with(&place.file(), &all[..version]).unwrap();
        record(&mut old, run("a", &[]));
        drop(old);
        let state = State::open_with(&place.file(), &all).unwrap();
        assert_eq!(schema(&state), expected, "from {version}");
        assert_eq!(state.list_runs(None).unwrap().len(), 1);
        assert_eq!(state.integrity_problems().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn an_older_layout_is_read_through_a_copy() {
    let all = with_a_later_one();
    let place = Place::new();
    let mut old = place.open();
    record(&mut old, run("a", &[]));
    for in_use in [true, false] {
        if !in_use {
            place.settle();
        }
        let before = place.content();
        let reader = StateReader::open_existing_with(&place.file(), &all);
        let reader = reader.unwrap().unwrap();
        assert_eq!(reader.list_runs(None).unwrap().len(), 1);
        let counted = reader.row("SELECT x FROM later", (), |row| row.get(0));
        assert_eq!(counted.unwrap(), Some(1));
        let copy = reader.copy.as_ref().unwrap().path().to_owned();
        drop(reader);
        assert!(!copy.exists());
        assert_eq!(place.content(), before);
    }
}

#[test]
fn a_step_that_fails_changes_nothing() {
    let place = Place::new();
    record(&mut place.open(), run("a", &[]));
    let before = schema(&place.open());
    let broken = [
        MIGRATIONS,
        &["CREATE TABLE half (x ANY) STRICT; INSERT INTO nowhere VALUES (1)"],
    ]
    .concat();
    assert!(State::open_with(&place.file(), &broken).is_err());
    assert_eq!(schema(&place.open()), before);
}
