//! Changes are noticed from outside.

use std::fs::File;
use std::time::{Duration, SystemTime};

use super::*;

/// Takes a stamp as if the last change were long ago.
fn old_stamp(place: &Place) -> StateStamp {
    let long_ago = SystemTime::now() - Duration::from_mins(1);
    for entry in fs::read_dir(place.root()).unwrap() {
        let file = File::open(entry.unwrap().path()).unwrap();
        file.set_modified(long_ago).unwrap();
    }
    StateStamp::of(&place.file())
}

#[test]
fn every_change_shows() {
    let place = Place::new();
    let nothing = StateStamp::of(&place.file());
    assert!(StateStamp::of(&place.file()).is_unchanged_since(&nothing));
    let mut state = place.open();
    assert!(!StateStamp::of(&place.file()).is_unchanged_since(&nothing));

    let before = old_stamp(&place);
    place.read();
    assert!(
        StateStamp::of(&place.file()).is_unchanged_since(&before),
        "reading"
    );
    record(&mut state, run("a", &[]));
    assert!(
        !StateStamp::of(&place.file()).is_unchanged_since(&before),
        "writing"
    );
    let before = old_stamp(&place);
    state.checkpoint().unwrap();
    assert!(
        !StateStamp::of(&place.file()).is_unchanged_since(&before),
        "checkpoint"
    );

    let before = old_stamp(&place);
    fs::remove_file(place.file()).unwrap();
    assert!(
        !StateStamp::of(&place.file()).is_unchanged_since(&before),
        "removing"
    );
}

#[test]
fn a_stamp_of_just_now_proves_nothing() {
    let place = Place::new();
    record(&mut place.open(), run("a", &[]));
    let log = File::open(place.root().join("state.sqlite-wal")).unwrap();
    log.set_modified(SystemTime::now() + Duration::from_mins(1))
        .unwrap();
    let now = StateStamp::of(&place.file());
    assert!(!StateStamp::of(&place.file()).is_unchanged_since(&now));
}
