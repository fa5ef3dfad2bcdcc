//! Opening state files of every sort, and what that leaves behind.

use std::os::unix::fs::PermissionsExt;
use std::thread;

use rusqlite::Connection;

use super::children::{Other, Role};
use super::migrations::with_a_later_one;
use super::*;
use crate::state::migrations::LAYOUTS;

#[test]
fn a_new_file_is_made_with_its_directory() {
    let place = Place::new();
    let path = place.root().join("a/b/state.sqlite");
    let mut state = State::open(&state_file(&path)).unwrap();
    assert_eq!(state.path(), path);
    assert_eq!(state.serial().unwrap(), 0);
    record(&mut state, run("a", &[]));
    assert_eq!(state.serial().unwrap(), 1);
    assert_eq!(
        State::open(&state_file(&path)).unwrap().serial().unwrap(),
        1
    );
    assert_eq!(state.integrity_problems().unwrap(), Vec::<String>::new());
}

#[test]
fn reading_makes_nothing() {
    let place = Place::new();
    assert!(place.read().is_none());
    let missing = place.root().join("missing/state.sqlite");
    assert!(
        StateReader::open_existing(&state_file(&missing))
            .unwrap()
            .is_none()
    );
    assert_eq!(place.content(), BTreeMap::new());
}

/// Rigkit never leaves such a file, so it was another program, and what it held is lost.
#[test]
fn an_empty_file_is_no_state() {
    let place = Place::new();
    let expected = "the state file `/state.sqlite` is empty, and Rigkit did not leave it so";
    fs::write(place.file(), "").unwrap();
    check_refused(&place, expected);
    Connection::open(place.file())
        .unwrap()
        .execute_batch("VACUUM")
        .unwrap();
    check_refused(&place, expected);
}

#[test]
fn reading_changes_nothing() {
    let place = Place::new();
    let id = record(&mut place.open(), run("a", &[]));
    let check = |count: usize| {
        let before = place.content();
        let reader = place.read().unwrap();
        assert_eq!(reader.is_copy(), count == 1);
        assert_eq!(reader.current_runs("web").unwrap()["a"].run_id, id);
        drop(reader);
        assert_eq!(place.content(), before);
        assert_eq!(fs::read_dir(place.root()).unwrap().count(), count);
    };
    check(3); // With what was written still in the log.
    place.open().checkpoint().unwrap();
    check(3); // With an empty log.
    place.settle();
    check(1); // As another program leaves it.
    Connection::open(place.file())
        .unwrap()
        .pragma_update(None, "journal_mode", "DELETE")
        .unwrap();
    check(1); // As another program may have made it.
    drop(place.open());
    check(3);
}

#[test]
fn a_log_without_its_index_is_read() {
    let place = Place::new();
    let id = record(&mut place.open(), run("a", &[]));
    fs::remove_file(place.root().join("state.sqlite-shm")).unwrap();
    let before = place.content();
    let reader = place.read().unwrap();
    assert_eq!(reader.current_runs("web").unwrap()["a"].run_id, id);
    assert_eq!(place.content(), before);
}

#[test]
fn a_reader_sees_one_moment() {
    let place = Place::new();
    let mut state = place.open();
    record(&mut state, run("a", &[]));
    let reader = place.read().unwrap();
    record(&mut state, run("b", &[]));
    state.checkpoint().unwrap();
    assert_eq!(reader.serial().unwrap(), 1);
    assert_eq!(reader.current_runs("web").unwrap().len(), 1);
    let later = place.read().unwrap();
    assert_eq!(later.serial().unwrap(), 2);
    assert_eq!(later.current_runs("web").unwrap().len(), 2);
}

#[test]
fn a_failed_change_leaves_nothing() {
    let place = Place::new();
    let mut state = place.open();
    let twice = run("a", &[]);
    record(&mut state, twice.clone());
    let mut again = run("b", &[]);
    again.run_id = twice.run_id;
    assert!(state.record_run(&again).is_err());
    let mut torn = run("c", &[]);
    torn.components.push(component("handler", None));
    assert!(state.record_run(&torn).is_err());
    assert_eq!(state.list_runs(None).unwrap().len(), 1);
    assert_eq!(state.serial().unwrap(), 1);
}

#[test]
fn threads_may_make_the_file_at_once() {
    for _ in 0..10 {
        let place = Place::new();
        thread::scope(|scope| {
            for index in 0..8 {
                let place = &place;
                scope.spawn(move || {
                    place.read();
                    record(&mut place.open(), run(&format!("task{index}"), &[]));
                    assert!(place.read().unwrap().serial().unwrap() > 0);
                });
            }
        });
        assert_eq!(place.open().serial().unwrap(), 8);
    }
}

#[test]
fn processes_may_make_the_file_at_once() {
    let place = Place::new();
    let mut others: Vec<Other> = (0..4)
        .map(|_| Other::start(Role::RecordOne, &place.file()))
        .collect();
    for other in &mut others {
        assert_eq!(other.says(), "ready");
    }
    others.iter_mut().for_each(Other::end_input);
    for other in &mut others {
        assert_eq!(other.says(), "recorded");
    }
    let state = place.open();
    assert_eq!(state.list_runs(None).unwrap().len(), 4);
    assert_eq!(state.current_runs("web").unwrap().len(), 1);
    assert_eq!(state.integrity_problems().unwrap(), Vec::<String>::new());
}

#[test]
fn what_a_killed_process_recorded_is_there() {
    let place = Place::new();
    let mut other = Other::start(Role::RecordForEver, &place.file());
    assert_eq!(other.says(), "recorded");
    let while_it_writes = place.read().unwrap().list_runs(None).unwrap().len();
    assert!(while_it_writes > 20);
    other.kill();
    let check = |reader: &StateReader| {
        let runs = reader.list_runs(None).unwrap();
        assert!(runs.len() >= while_it_writes);
        assert_eq!(reader.serial().unwrap(), runs.len() as u64);
        let ids: Vec<RunId> = runs.into_iter().map(|run| run.summary.run_id).collect();
        let components = reader.components(&ids).unwrap();
        assert_eq!(components.len(), ids.len());
        assert!(components.values().all(|of_run| of_run.len() == 2));
        assert_eq!(reader.integrity_problems().unwrap(), Vec::<String>::new());
    };
    let before = place.content();
    check(&place.read().unwrap());
    assert_eq!(place.content(), before);
    check(&place.open());
}

#[test]
fn a_directory_that_may_not_be_written_can_be_read() {
    let place = Place::new();
    let directory = place.root().join("kept");
    let file = directory.join("state.sqlite");
    record(&mut State::open(&state_file(&file)).unwrap(), run("a", &[]));
    set_mode(place.root(), 0o755);
    let everything = ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm"];
    for left in [&everything[..], &everything[..2]] {
        for name in everything.iter().filter(|name| !left.contains(name)) {
            fs::remove_file(directory.join(name)).unwrap();
        }
        for name in left {
            set_mode(&directory.join(name), 0o444);
        }
        set_mode(&directory, 0o555);
        let before = content_of(&directory);
        let mut reader = Other::start_without_rights(Role::CountRuns, &file);
        assert_eq!(reader.says(), "1", "with {left:?}");
        let mut writer = Other::start_without_rights(Role::Open, &file);
        assert_eq!(
            writer.says(),
            format!("`{}` cannot be written", file.display())
        );
        assert_eq!(content_of(&directory), before);
        set_mode(&directory, 0o755);
    }
    fs::remove_dir_all(&directory).unwrap();
    fs::create_dir(&directory).unwrap();
    set_mode(&directory, 0o555);
    let mut writer = Other::start_without_rights(Role::Open, &file);
    let refused = format!("`{}` cannot be written", directory.display());
    assert_eq!(writer.says(), refused);
}

#[test]
fn a_file_that_may_not_be_read_is_told() {
    let place = Place::new();
    let file = place.file();
    drop(place.open());
    set_mode(place.root(), 0o755);
    set_mode(&file, 0o000);
    for is_settled in [false, true] {
        if is_settled {
            place.settle();
            set_mode(&file, 0o000);
        }
        for role in [Role::CountRuns, Role::Open] {
            let mut other = Other::start_without_rights(role, &file);
            let refused = "Permission denied (os error 13)";
            let expected = format!("failed to read `{}`: {refused}", file.display());
            assert_eq!(other.says(), expected);
        }
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Makes sure that a file is refused by reader and writer alike, and stays as it is.
#[track_caller]
fn check_refused(place: &Place, expected: &str) {
    let before = place.content();
    let reading = StateReader::open_existing(&state_file(&place.file())).map(|_| ());
    let writing = State::open(&state_file(&place.file())).map(|_| ());
    for result in [reading, writing] {
        let error = result.unwrap_err();
        let text = error
            .to_string()
            .replace(place.root().to_str().unwrap(), "");
        assert_eq!(text, expected);
        assert!(error.help().is_some());
    }
    assert_eq!(place.content(), before);
}

#[test]
fn a_damaged_file_is_refused_and_kept() {
    type Damage = fn(&mut Vec<u8>);
    let not_a_database = "the state file `/state.sqlite` is damaged: file is not a database";
    let malformed = "the state file `/state.sqlite` is damaged: database disk image is malformed";
    let damages: [(Damage, &str); 5] = [
        (|content| *content = b"{}".to_vec(), not_a_database),
        (|content| content.fill(b'x'), not_a_database),
        (|content| content[..16].fill(0), not_a_database),
        (|content| content.truncate(content.len() / 2), malformed),
        (|content| content[100..].fill(0xAA), malformed),
    ];
    for (damage, expected) in damages {
        for with_log in [false, true] {
            let place = Place::new();
            record(&mut place.open(), run("a", &[]));
            place.settle();
            if with_log {
                place.open().checkpoint().unwrap();
            }
            let mut content = fs::read(place.file()).unwrap();
            damage(&mut content);
            fs::write(place.file(), content).unwrap();
            check_refused(&place, expected);
        }
    }
}

#[test]
fn damage_that_shows_later_is_told_as_such() {
    let place = Place::new();
    let mut state = place.open();
    for index in 0..200 {
        record(&mut state, run(&format!("task{index}"), &[]));
    }
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'node_runs'";
    let page: Option<u16> = state.row(sql, (), |row| row.get(0)).unwrap();
    drop(state);
    place.settle();
    let mut content = fs::read(place.file()).unwrap();
    let size = 2_048;
    let end = usize::from(page.unwrap()) * size;
    content[end - size..end].fill(0xAA);
    fs::write(place.file(), &content).unwrap();
    let reader = place.read().unwrap();
    let error = reader.list_runs(None).unwrap_err();
    assert!(matches!(error, StateError::Damaged { .. }), "{error:?}");
    assert!(fs::read(place.file()).unwrap() == content);
}

#[test]
fn a_look_through_the_file_finds_what_is_wrong() {
    let place = Place::new();
    let mut state = place.open();
    record(&mut state, run("a", &[&"lineage".into()]));
    assert_eq!(state.integrity_problems().unwrap(), Vec::<String>::new());
    let raw = Connection::open(place.file()).unwrap();
    raw.execute_batch(
        "PRAGMA foreign_keys = OFF; DROP TRIGGER node_runs_are_forgotten; DELETE FROM node_runs",
    )
    .unwrap();
    let missing = |table| format!("a row of {table} refers to a row of node_runs that is missing");
    let found = state.integrity_problems().unwrap();
    let expected = [
        "identity_components",
        "identity_components",
        "current_runs",
        "run_upstreams",
    ];
    assert_eq!(found, expected.map(missing));
}

#[test]
fn content_that_makes_no_sense_is_damage() {
    let place = Place::new();
    let mut state = place.open();
    record(&mut state, run("a", &[]));
    for change in [
        "upstream = '{'",
        "created_at = 9223372036854775807",
        "duration_ms = -1",
        "invalidated_at = 1, invalidated_by = 'x', invalidated_root = 'a'",
    ] {
        let raw = Connection::open(place.file()).unwrap();
        raw.execute(&format!("UPDATE node_runs SET {change}"), ())
            .unwrap();
        let error = state.current_runs("web").unwrap_err();
        assert!(matches!(error, StateError::Damaged { .. }), "{error:?}");
    }
}

#[test]
fn a_newer_file_is_refused_and_kept() {
    let place = Place::new();
    let newer = with_a_later_one("CREATE TABLE later (x ANY) STRICT");
    drop(State::open_with(&state_file(&place.file()), &newer).unwrap());
    let expected = format!(
        "the state file `/state.sqlite` was written by a newer version of Rigkit (its layout is {}, this version knows up to {})",
        newer.steps.len(),
        LAYOUTS.steps.len()
    );
    check_refused(&place, &expected);
    place_without_log(&place);
    check_refused(&place, &expected);
}

/// Leaves the file alone as another program does when it is done with it.
fn place_without_log(place: &Place) {
    let raw = Connection::open(place.file()).unwrap();
    raw.query_row("SELECT count(*) FROM meta", (), |_| Ok(()))
        .unwrap();
    drop(raw);
    assert_eq!(fs::read_dir(place.root()).unwrap().count(), 1);
}

#[test]
fn another_programs_file_is_refused_and_kept() {
    let expected = "`/state.sqlite` is a database, but not a state file of Rigkit";
    for sql in [
        "CREATE TABLE node_runs (id TEXT)",
        "PRAGMA user_version = 1",
        "PRAGMA application_id = 7",
    ] {
        let place = Place::new();
        Connection::open(place.file())
            .unwrap()
            .execute_batch(sql)
            .unwrap();
        check_refused(&place, expected);
    }
}

#[test]
fn a_full_disk_is_told_and_harms_nothing() {
    let place = Place::new();
    let mut state = place.open();
    record(&mut state, run("a", &[]));
    let pages: u32 = state
        .connection
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    state
        .connection
        .pragma_update(None, "max_page_count", pages)
        .unwrap();
    let mut large = run("b", &[]);
    large.output = format!("\"{}\"", "x".repeat(1_000_000));
    let error = state.record_run(&large).unwrap_err();
    assert!(matches!(error, StateError::DiskFull { .. }), "{error:?}");
    assert_eq!(state.list_runs(None).unwrap().len(), 1);
    state
        .connection
        .pragma_update(None, "max_page_count", 1_000_000)
        .unwrap();
    state.record_run(&large).unwrap();
}

#[test]
fn writing_what_may_only_be_read_is_told() {
    let place = Place::new();
    let mut state = place.open();
    state
        .connection
        .pragma_update(None, "query_only", true)
        .unwrap();
    let error = state.record_run(&run("a", &[])).unwrap_err();
    assert!(matches!(error, StateError::ReadOnly { .. }), "{error:?}");
}

#[test]
fn a_lock_held_too_long_is_told() {
    let place = Place::new();
    let mut state = place.open();
    let other = place.open();
    other.connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    state.connection.busy_timeout(Duration::ZERO).unwrap();
    let error = state.record_run(&run("a", &[])).unwrap_err();
    assert!(matches!(error, StateError::Busy { .. }), "{error:?}");
}

#[test]
fn a_reader_does_not_hold_up_a_checkpoint() {
    let place = Place::new();
    let mut state = place.open();
    record(&mut state, run("a", &[]));
    let reader = place.read().unwrap();
    record(&mut state, run("b", &[]));
    state.checkpoint().unwrap();
    drop(reader);
    state.checkpoint().unwrap();
    assert_eq!(place.content()["state.sqlite-wal"].length, 0);
    assert_eq!(place.read().unwrap().serial().unwrap(), 2);
}
