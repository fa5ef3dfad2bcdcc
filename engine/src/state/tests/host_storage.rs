//! Files for providers and the machine's key.

use std::collections::HashSet;
use std::os::unix::fs::PermissionsExt;
use std::thread;

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn files_are_their_owners_alone() {
    let place = Place::new();
    let directory = place.root().join("deep/providers");
    let mut storage = HostStorage::new(directory.clone());
    assert_eq!(storage.get("a", "key").unwrap(), None);
    assert!(!storage.delete("a", "key").unwrap());
    assert!(!directory.exists(), "reading makes nothing");
    storage
        .set("@x/Git", "key", &json!("secret"), at(1))
        .unwrap();
    storage
        .set("@x/git", "key", &json!("other"), at(1))
        .unwrap();
    machine_key(&directory, true).unwrap();
    assert_eq!(mode(&directory), 0o700);
    assert_eq!(mode(directory.parent().unwrap()), 0o700);
    let names: Vec<String> = content_of(&directory).into_keys().collect();
    let expected = [
        "%40x%2f%47it.json",
        "%40x%2f%47it.lock",
        "%40x%2fgit.json",
        "%40x%2fgit.lock",
        "machine-key",
    ];
    assert_eq!(names, expected);
    for name in names {
        assert_eq!(mode(&directory.join(&name)), 0o600, "{name}");
    }
}

#[test]
fn a_directory_that_exists_keeps_its_mode() {
    let place = Place::new();
    let directory = place.root().join("shared");
    fs::create_dir(&directory).unwrap();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
    let mut storage = HostStorage::new(directory.clone());
    storage.set("a", "key", &json!(1), at(1)).unwrap();
    assert_eq!(mode(&directory), 0o755);
}

#[test]
fn a_damaged_file_is_named_and_kept() {
    let entries = r#""entries":{}"#;
    for (content, expected) in [
        ("{", "EOF while parsing"),
        ("", "EOF while parsing"),
        ("[]", "invalid"),
        (
            &format!(r#"{{"version":2,"providerId":"a",{entries}}}"#),
            "its version is 2, this version of Rigkit knows 1",
        ),
        (
            &format!(r#"{{"version":1,"providerId":"b",{entries}}}"#),
            "it belongs to the provider `b` instead of `a`",
        ),
    ] {
        let place = Place::new();
        let mut storage = HostStorage::new(place.root().to_owned());
        let path = place.root().join("a.json");
        fs::write(&path, content).unwrap();
        for error in [
            storage.set("a", "key", &json!(1), at(1)).unwrap_err(),
            storage.get("a", "key").unwrap_err(),
            storage.entries("a", "").unwrap_err(),
            storage.delete("a", "key").unwrap_err(),
        ] {
            let text = error.to_string();
            let named = format!("the host storage in `{}` is damaged: ", path.display());
            assert!(
                text.starts_with(&named) && text.contains(expected),
                "{text}"
            );
            assert!(error.help().is_some());
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
        storage.set("b", "key", &json!(1), at(1)).unwrap();
    }
}

#[test]
fn writers_at_once_lose_nothing() {
    let place = Place::new();
    let storage = HostStorage::new(place.root().to_owned());
    thread::scope(|scope| {
        for writer in 0..4 {
            let mut storage = storage.clone();
            scope.spawn(move || {
                for index in 0..10 {
                    let key = format!("{writer}-{index}");
                    storage.set("git", &key, &json!(index), at(1)).unwrap();
                    let seen = storage.entries("git", &format!("{writer}-")).unwrap();
                    assert_eq!(seen.len(), index + 1);
                }
            });
        }
    });
    assert_eq!(storage.entries("git", "").unwrap().len(), 40);
    let names: Vec<String> = content_of(place.root()).into_keys().collect();
    assert_eq!(names, ["git.json", "git.lock"], "nothing temporary is left");
}

#[test]
fn a_machine_has_one_key() {
    let place = Place::new();
    let directory = place.root().join("home");
    assert_eq!(machine_key(&directory, false).unwrap(), None);
    assert!(!directory.exists());
    let keys: HashSet<[u8; 32]> = thread::scope(|scope| {
        let ask = || machine_key(&directory, true).unwrap().unwrap();
        let asking: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        let answers = asking.into_iter().map(|thread| thread.join().unwrap());
        answers.map(|key| *key.as_bytes()).collect()
    });
    assert_eq!(keys.len(), 1);
    let key = machine_key(&directory, false).unwrap().unwrap();
    assert!(keys.contains(key.as_bytes()));
    assert_ne!(key.as_bytes(), &[0; 32]);
    assert_eq!(format!("{key:?}"), "MachineKey(…)");
    assert_eq!(content_of(&directory).len(), 1);
}

#[test]
fn a_damaged_key_is_refused_and_kept() {
    let place = Place::new();
    let path = place.root().join("machine-key");
    fs::write(&path, "short").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let error = machine_key(place.root(), true).unwrap_err();
    let expected = format!(
        "the machine key in `{}` is damaged: it has 5 bytes instead of 32",
        path.display()
    );
    assert_eq!(error.to_string(), expected);
    assert_eq!(fs::read(&path).unwrap(), b"short");
}
