//! State files that somebody made to harm whoever reads them, and what lies beside them.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use proptest::prelude::*;
use rusqlite::Connection;

use super::*;

/// Makes a state file with a few runs in it, as a process that has ended leaves it.
fn stored(place: &Place) {
    let mut state = place.open();
    let first = record(&mut state, run("a", &[]));
    record(&mut state, run("b", &[&first]));
    state.checkpoint().unwrap();
}

/// Reads all that can be read of a state, for whoever wants it to fail.
fn read_everything(file: &StateFile) -> Result<Option<usize>, StateError> {
    let Some(reader) = StateReader::open_existing(file)? else {
        return Ok(None);
    };
    let runs = reader.list_runs(None)?;
    let ids: Vec<RunId> = runs.iter().map(|run| run.summary.run_id.clone()).collect();
    reader.outputs(&ids)?;
    reader.components(&ids)?;
    reader.artifacts(&ids)?;
    for run in reader.current_runs("web")?.values() {
        reader.newest_run("web", "a", &run.identity)?;
    }
    reader.list_workspaces(None)?;
    reader.list_applies(100)?;
    reader.stored_entries("provider", "")?;
    reader.integrity_problems()?;
    Ok(Some(runs.len()))
}

/// Reads a state in every way there is; all have to end.
fn read_in_every_way(place: &Place) -> [Result<Option<usize>, StateError>; 2] {
    let path = place.file();
    [
        read_everything(&untrusted(&path)),
        read_everything(&state_file(&path)),
    ]
}

/// Changes a state with another program, and makes sure that it is refused with its path.
#[track_caller]
fn check_schema(sql: &str, expected: &str) {
    let place = Place::new();
    stored(&place);
    let raw = Connection::open(place.file()).unwrap();
    raw.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)
        .unwrap();
    raw.execute_batch(sql).unwrap();
    drop(raw);
    let writing = State::open(&state_file(&place.file())).map(|_| None);
    for result in read_in_every_way(&place).into_iter().chain([writing]) {
        let error = result.unwrap_err();
        assert!(error.help().is_some());
        let text = error.to_string();
        assert!(text.contains("state.sqlite"), "{text}");
        assert!(text.contains(expected), "{sql}: {text}");
    }
}

#[test]
fn only_the_schema_of_rigkit_is_read() {
    let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";
    for table in ["meta", "node_runs", "applies", "workspaces", "current_runs"] {
        check_schema(
            &format!(
                "PRAGMA foreign_keys = OFF; DROP TABLE {table};
                 CREATE VIEW {table} AS {endless} SELECT 'serial' AS key, max(i) AS value FROM n;"
            ),
            "it has view",
        );
    }
    let many: String = (0..2_000)
        .map(|n| format!("CREATE TABLE t{n} (a);"))
        .collect();
    for (sql, expected) in [
        (
            "DROP TABLE meta; CREATE TABLE meta (key TEXT, value INTEGER AS (length(hex(zeroblob(1e8)))))",
            "it has table \"meta\"",
        ),
        (
            "CREATE TRIGGER t AFTER INSERT ON applies BEGIN DELETE FROM workspaces; END",
            "it has trigger \"t\"",
        ),
        (
            "CREATE INDEX i ON applies (length(hex(zeroblob(100))))",
            "it has index \"i\"",
        ),
        ("DROP TRIGGER node_runs_are_forgotten", "it has no trigger"),
        ("DROP TABLE artifacts", "it has no"),
        (
            "ALTER TABLE meta ADD COLUMN more INTEGER",
            "it has table \"meta\"",
        ),
        ("ANALYZE", "it has table"),
        (&many, "it has table"),
        (
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '')",
            "it has table",
        ),
        (
            "PRAGMA user_version = 1",
            "it has index \"node_runs_by_identity\"",
        ),
    ] {
        check_schema(sql, expected);
    }
}

#[test]
fn values_are_bounded() {
    let place = Place::new();
    stored(&place);
    let raw = Connection::open(place.file()).unwrap();
    let huge = "UPDATE node_runs SET metadata = '\"' || hex(zeroblob(12000000)) || '\"'";
    raw.execute_batch(huge).unwrap();
    drop(raw);
    for result in read_in_every_way(&place) {
        let error = result.unwrap_err();
        assert!(matches!(error, StateError::ValueTooLarge { .. }), "{error}");
    }
    let mut large = run("c", &[]);
    large.output = format!("\"{}\"", "x".repeat(20 << 20));
    let place = Place::new();
    let error = place.open().record_run(&large).unwrap_err();
    assert!(matches!(error, StateError::ValueTooLarge { .. }), "{error}");
    assert!(error.help().is_some());
}

#[test]
fn all_that_is_read_of_a_stranger_is_bounded() {
    let place = Place::new();
    let mut state = place.open();
    for index in 0..20 {
        let mut run = run(&format!("task{index}"), &[]);
        run.output = format!("{{\"a\":\"{}\"}}", "x".repeat(1 << 20));
        record(&mut state, run);
    }
    let [stranger, own] = read_in_every_way(&place);
    let error = stranger.unwrap_err();
    assert!(matches!(error, StateError::ValueTooLarge { .. }), "{error}");
    assert_eq!(own.unwrap(), Some(20));
}

/// A tree whose pages lead to one page again and again holds more rows than can ever be read.
#[test]
fn a_tree_that_leads_back_to_itself_ends() {
    let place = Place::new();
    let mut state = place.open();
    for index in 0..3_000 {
        record(&mut state, run(&format!("task{index}"), &[]));
    }
    state.checkpoint().unwrap();
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'node_runs'";
    let root: Option<u16> = state.row(sql, (), |row| row.get(0)).unwrap();
    drop(state);
    place.settle();
    let mut content = fs::read(place.file()).unwrap();
    bend_tree(&mut content, usize::from(root.unwrap()));
    fs::write(place.file(), content).unwrap();
    for result in read_in_every_way(&place) {
        assert!(result.is_err());
    }
}

/// Makes every child of an inner page the same one, and so below it.
fn bend_tree(content: &mut [u8], page: usize) {
    const PAGE: usize = 2_048;
    const INNER_TABLE: u8 = 5;
    let start = (page - 1) * PAGE;
    if content[start] != INNER_TABLE {
        return;
    }
    let number =
        |content: &[u8], at: usize| usize::from(u16::from_be_bytes([content[at], content[at + 1]]));
    let cells = number(content, start + 3);
    let cell = |content: &[u8], index: usize| start + number(content, start + 12 + 2 * index);
    let first = cell(content, 0);
    let child: [u8; 4] = content[first..first + 4].try_into().unwrap();
    for index in 0..cells {
        let at = cell(content, index);
        content[at..at + 4].copy_from_slice(&child);
    }
    content[start + 8..start + 12].copy_from_slice(&child);
    bend_tree(content, u32::from_be_bytes(child) as usize);
}

/// Something that can lie where a file should.
#[derive(Debug, Clone, Copy)]
enum Odd {
    Pipe,
    Folder,
    LinkOut,
    LinkNowhere,
    LinkToItself,
    Device,
    Socket,
    Garbage,
    Giant,
    Unreadable,
}

const ODDS: [Odd; 10] = [
    Odd::Pipe,
    Odd::Folder,
    Odd::LinkOut,
    Odd::LinkNowhere,
    Odd::LinkToItself,
    Odd::Device,
    Odd::Socket,
    Odd::Garbage,
    Odd::Giant,
    Odd::Unreadable,
];

fn put(odd: Odd, path: &Path, outside: &Path) {
    let _gone = fs::remove_file(path);
    match odd {
        Odd::Pipe => mkfifo(path, Mode::S_IRWXU).unwrap(),
        Odd::Folder => fs::create_dir(path).unwrap(),
        Odd::LinkOut => symlink(outside, path).unwrap(),
        Odd::LinkNowhere => symlink("/no/such/place", path).unwrap(),
        Odd::LinkToItself => symlink(path, path).unwrap(),
        Odd::Device => symlink("/dev/zero", path).unwrap(),
        Odd::Socket => drop(UnixListener::bind(path).unwrap()),
        Odd::Garbage => fs::write(path, [0xA5; 5_000]).unwrap(),
        Odd::Giant => fs::File::create(path).unwrap().set_len(3 << 30).unwrap(),
        Odd::Unreadable => {
            fs::write(path, "x").unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
        }
    }
}

#[test]
fn whatever_lies_beside_a_state_nobody_waits_and_nothing_outside_is_touched() {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        for odd in ODDS {
            for is_settled in [false, true] {
                let place = Place::new();
                let outside = tempfile::NamedTempFile::new().unwrap();
                fs::write(outside.path(), "precious").unwrap();
                stored(&place);
                if is_settled {
                    place.settle();
                }
                let path = place.root().join(format!("state.sqlite{suffix}"));
                put(odd, &path, outside.path());
                let results = read_in_every_way(&place);
                let written = State::open(&state_file(&place.file())).map(|_| None);
                for result in results.into_iter().chain([written]) {
                    if let Err(error) = result {
                        let text = error.to_string();
                        assert!(text.contains("state.sqlite"), "{suffix} {odd:?}: {text}");
                    }
                }
                let kept = fs::read_to_string(outside.path()).unwrap();
                assert_eq!(kept, "precious", "{suffix} {odd:?}");
            }
        }
    }
}

#[test]
fn what_is_no_regular_file_is_named() {
    for (odd, expected) in [
        (Odd::Pipe, "is a named pipe, and has to be a file"),
        (Odd::Folder, "is a folder, and has to be a file"),
        (Odd::LinkNowhere, "is a symbolic link, and has to be a file"),
        (Odd::Socket, "is a socket, and has to be a file"),
    ] {
        for suffix in ["", "-wal", "-journal"] {
            let place = Place::new();
            stored(&place);
            let path = place.root().join(format!("state.sqlite{suffix}"));
            put(odd, &path, Path::new("/no/such/place"));
            let text = format!("`{}` {expected}", path.display());
            let writing = State::open(&state_file(&place.file())).map(|_| None);
            for result in read_in_every_way(&place).into_iter().chain([writing]) {
                let error = result.unwrap_err();
                assert_eq!(error.to_string(), text);
                assert!(error.help().is_some());
            }
        }
    }
}

#[test]
fn the_data_folder_of_a_project_is_no_link() {
    let place = Place::new();
    stored(&place);
    let link = place.root().join("link");
    symlink(place.root(), &link).unwrap();
    let linked = StateFile::of_project(link.join("state.sqlite"), Trust::Trusted);
    for error in [
        StateReader::open_existing(&linked).map(|_| ()).unwrap_err(),
        State::open(&linked).map(|_| ()).unwrap_err(),
    ] {
        let expected = format!(
            "`{}` is a symbolic link, and has to be a folder",
            link.display()
        );
        assert_eq!(error.to_string(), expected);
    }
    let named = state_file(&link.join("state.sqlite"));
    assert_eq!(read_everything(&named).unwrap(), Some(2));
}

#[test]
fn a_file_of_another_user_is_told() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let place = Place::new();
    stored(&place);
    std::os::unix::fs::chown(place.file(), Some(12_345), None).unwrap();
    for result in read_in_every_way(&place) {
        let error = result.unwrap_err();
        assert!(
            error
                .to_string()
                .contains("belongs to another user (number 12345)"),
            "{error}"
        );
        assert!(error.help().is_some());
    }
}

/// The file of an untrusted project is copied, and nothing there is touched.
#[test]
fn a_strangers_state_is_read_through_a_copy() {
    let place = Place::new();
    stored(&place);
    record(&mut place.open(), run("c", &[]));
    for name in fs::read_dir(place.root()).unwrap() {
        let path = name.unwrap().path();
        fs::set_permissions(path, fs::Permissions::from_mode(0o444)).unwrap();
    }
    let everything = || {
        let names = fs::read_dir(place.root()).unwrap();
        let mut seen: Vec<(PathBuf, Vec<u8>)> = names
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect();
        seen.sort();
        seen
    };
    let before = everything();
    let reader = StateReader::open_existing(&untrusted(&place.file()))
        .unwrap()
        .unwrap();
    assert!(reader.is_copy());
    assert_eq!(reader.list_runs(None).unwrap().len(), 3);
    assert!(everything() == before);
}

#[test]
fn what_is_not_stored_any_more_is_told() {
    type Displace = fn(&Place);
    let displacements: [(Displace, &str); 4] = [
        (|place| fs::remove_dir_all(place.root()).unwrap(), "removed"),
        (|place| fs::remove_file(place.file()).unwrap(), "removed"),
        (
            |place| fs::remove_file(place.root().join("state.sqlite-wal")).unwrap(),
            "removed",
        ),
        (
            |place| {
                let other = place.root().join("other");
                fs::copy(place.file(), &other).unwrap();
                fs::rename(other, place.file()).unwrap();
            },
            "replaced",
        ),
    ];
    for (displace, expected) in displacements {
        let place = Place::new();
        stored(&place);
        let mut state = place.open();
        displace(&place);
        let expected = format!(
            "the state file `{}` was {expected} while it was in use",
            place.file().display()
        );
        let error = state.record_run(&run("c", &[])).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(error.help().is_some());
        assert_eq!(state.checkpoint().unwrap_err().to_string(), expected);
    }
}

#[test]
fn an_output_that_cannot_be_read_back_is_known() {
    for output in ["{{{", "", "[]", "null", "7", "{\"a\":1e999}", "\u{0}"] {
        let place = Place::new();
        stored(&place);
        let raw = Connection::open(place.file()).unwrap();
        raw.execute("UPDATE node_runs SET output = ?1", [output])
            .unwrap();
        drop(raw);
        let reader = place.read().unwrap();
        let runs = reader.current_runs("web").unwrap();
        assert!(
            runs.values().all(|run| run.output == StoredOutput::Broken),
            "{output}"
        );
        let newest = reader.newest_run("web", "a", &runs["a"].identity).unwrap();
        assert_eq!(newest.unwrap().output, StoredOutput::Broken);
    }
}

#[test]
fn files_of_the_person_are_private_regular_and_bounded() {
    let refused = |prepare: fn(&Path), expected: &str| {
        let place = Place::new();
        let mut storage = HostStorage::new(place.root().to_owned());
        storage.set("a", "key", &json!(1), at(1)).unwrap();
        machine_key(place.root(), true).unwrap();
        for name in ["a.json", "machine-key"] {
            prepare(&place.root().join(name));
        }
        for error in [
            storage.get("a", "key").unwrap_err(),
            machine_key(place.root(), true).unwrap_err(),
        ] {
            assert!(error.to_string().contains(expected), "{error}");
            assert!(error.help().is_some());
        }
    };
    refused(
        |path| fs::set_permissions(path, fs::Permissions::from_mode(0o666)).unwrap(),
        "is open to other users",
    );
    refused(|path| put(Odd::Pipe, path, path), "is a named pipe");
    refused(
        |path| put(Odd::LinkNowhere, path, path),
        "is a symbolic link",
    );
    refused(
        |path| {
            let file = fs::File::options().write(true).open(path).unwrap();
            file.set_len(3 << 30).unwrap();
        },
        "MiB",
    );
}

#[test]
fn a_lock_is_a_regular_file_in_a_real_folder() {
    let holder = lock::holder("mia");
    for odd in [
        Odd::Pipe,
        Odd::Folder,
        Odd::LinkOut,
        Odd::LinkNowhere,
        Odd::Socket,
    ] {
        for is_folder in [false, true] {
            let place = Place::new();
            let outside = tempfile::NamedTempFile::new().unwrap();
            fs::write(outside.path(), "precious").unwrap();
            let folder = place.root().join("locks");
            if is_folder {
                if matches!(odd, Odd::Folder) {
                    continue;
                }
                put(odd, &folder, outside.path());
            } else {
                fs::create_dir(&folder).unwrap();
                put(odd, &folder.join("web.lock"), outside.path());
            }
            let locks = ApplyLocks::beside(&place.file());
            assert!(locks.try_acquire("web", &holder).is_err(), "{odd:?}");
            assert!(locks.is_held("web").is_err(), "{odd:?}");
            assert_eq!(fs::read_to_string(outside.path()).unwrap(), "precious");
        }
    }
    let place = Place::new();
    let other = place.root().join("precious");
    fs::write(&other, "precious").unwrap();
    fs::create_dir(place.root().join("locks")).unwrap();
    fs::hard_link(&other, place.root().join("locks/web.lock")).unwrap();
    let locks = ApplyLocks::beside(&place.file());
    assert!(locks.try_acquire("web", &holder).is_err());
    assert_eq!(fs::read_to_string(&other).unwrap(), "precious");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever bytes are changed, reading ends, with an answer or an error.
    #[test]
    fn a_file_with_changed_bytes_is_read_or_refused(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..30),
        is_of_log in any::<bool>(),
    ) {
        let place = Place::new();
        stored(&place);
        record(&mut place.open(), run("c", &[]));
        let path = place.root().join(if is_of_log { "state.sqlite-wal" } else { "state.sqlite" });
        let mut content = fs::read(&path).unwrap();
        for (index, byte) in changes {
            *index.get_mut(&mut content) = byte;
        }
        fs::write(&path, content).unwrap();
        for result in read_in_every_way(&place) {
            if let Err(error) = result {
                prop_assert!(error.to_string().contains("state.sqlite"), "{}", error);
            }
        }
    }
}
