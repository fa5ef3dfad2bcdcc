#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    thread,
};

use super::*;
use crate::testing::leave_out;

/// A home and a project beside each other.
struct Scene {
    directory: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("project")).unwrap();
        Self { directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().canonicalize().unwrap().join(name)
    }

    fn home(&self) -> PathBuf {
        self.path("home/.rigkit")
    }

    fn store(&self) -> TrustStore {
        TrustStore::new(self.home())
    }

    fn is_trusted(&self, name: &str) -> bool {
        let record = self.store().read().unwrap();
        record.trust_in(&self.path(name)).is_some()
    }

    /// Writes a record as a person or another program might.
    fn write_record(&self, text: impl AsRef<[u8]>) -> PathBuf {
        fs::create_dir_all(self.home()).unwrap();
        let path = self.home().join("trusted");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }
}

#[test]
fn a_decision_is_kept_once_and_taken_back() {
    let scene = Scene::new();
    assert!(!scene.is_trusted("project"));
    assert!(!scene.home().exists(), "looking makes nothing");
    let first = scene.store().trust(&scene.path("project"), "rig apply");
    let first = first.unwrap();
    assert!(first.is_new && scene.is_trusted("project"));
    let again = scene.store().trust(&scene.path("project"), "rig trust");
    let again = again.unwrap();
    assert!(!again.is_new);
    assert_eq!(again.decision.by, "rig apply");
    let revoked = scene.store().revoke(&scene.path("project")).unwrap();
    assert_eq!(revoked.len(), 1);
    assert!(!scene.is_trusted("project"));
    assert!(
        scene
            .store()
            .revoke(&scene.path("project"))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn the_record_is_the_persons_own_and_can_be_read() {
    let scene = Scene::new();
    scene
        .store()
        .trust(&scene.path("project"), "rig trust")
        .unwrap();
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(scene.home()), 0o700);
    assert_eq!(mode(scene.home().join("trusted")), 0o600);
    let text = fs::read_to_string(scene.home().join("trusted")).unwrap();
    let line: serde_json::Value = serde_json::from_str(text.trim_end()).unwrap();
    assert_eq!(line["folder"], scene.path("project").to_str().unwrap());
    assert_eq!(
        (&line["trusts"], &line["by"]),
        (&"code".into(), &"rig trust".into())
    );
}

#[test]
fn trust_stays_with_the_folder_at_its_path() {
    let check = |change: &dyn Fn(&Scene), name: &str, is_trusted: bool| {
        let scene = Scene::new();
        scene
            .store()
            .trust(&scene.path("project"), "rig trust")
            .unwrap();
        change(&scene);
        assert_eq!(scene.is_trusted(name), is_trusted, "{name}");
    };
    let rename = |scene: &Scene, from: &str, to: &str| {
        fs::rename(scene.path(from), scene.path(to)).unwrap();
    };
    check(&|_| {}, "project", true);
    // Another path.
    check(&|scene| rename(scene, "project", "moved"), "moved", false);
    // Another folder at the path, whose number may be that of the one before.
    check(
        &|scene| {
            rename(scene, "project", "moved");
            fs::create_dir(scene.path("project")).unwrap();
        },
        "project",
        false,
    );
    check(
        &|scene| {
            fs::remove_dir(scene.path("project")).unwrap();
            fs::create_dir(scene.path("project")).unwrap();
        },
        "project",
        false,
    );
    check(
        &|scene| {
            rename(scene, "project", "moved");
            rename(scene, "moved", "project");
        },
        "project",
        true,
    );
    // A link leads to the folder, wherever it is.
    check(
        &|scene| {
            std::os::unix::fs::symlink(scene.path("project"), scene.path("link")).unwrap();
        },
        "link",
        true,
    );
    check(&|_| {}, "missing", false);
}

#[test]
fn a_damaged_record_is_an_error_and_never_a_trust() {
    let scene = Scene::new();
    let project = scene.path("project");
    let recorded = scene.store().trust(&project, "rig trust").unwrap();
    let good = serde_json::to_string(&recorded.decision).unwrap();
    let check = |text: &[u8], reason: &str| {
        let path = scene.write_record(text);
        let error = scene.store().read().unwrap_err();
        let expected = format!(
            "the record of trusted folders is damaged: {reason} (`{}`)",
            path.display()
        );
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.code(), "trust-record");
        assert!(
            error
                .help()
                .unwrap()
                .ends_with(&format!("rm {}", path.display()))
        );
        // Nothing is added to it, and nothing is thrown away.
        assert!(scene.store().trust(&project, "rig trust").is_err());
        assert!(scene.store().revoke(&project).is_err());
        assert_eq!(fs::read(&path).unwrap(), text);
    };
    check(
        format!("{good}\nnonsense\n").as_bytes(),
        "line 2 is no decision, it is not JSON",
    );
    check(
        format!("{}\n", &good[..good.len() / 2]).as_bytes(),
        "line 1 is no decision, it is not JSON",
    );
    check(
        good.replace("\"code\"", "\"everything\"").as_bytes(),
        "line 1 is no decision, something in it is missing or of the wrong kind",
    );
    check(
        b"{}",
        "line 1 is no decision, something in it is missing or of the wrong kind",
    );
    check(b"\xff\xfe", "it is not UTF-8");
    let long = vec![b'\n'; 1024 * 1024 + 1];
    check(&long, "it is larger than 1024 KiB");
    scene.write_record(format!("\n{good}\n\n"));
    assert!(scene.is_trusted("project"));
}

#[test]
fn what_is_no_file_keeps_nobody_waiting() {
    let check = |make: &dyn Fn(&Path)| {
        let scene = Scene::new();
        fs::create_dir_all(scene.home()).unwrap();
        make(&scene.home().join("trusted"));
        assert!(scene.store().read().is_err());
    };
    check(&|path| fs::create_dir(path).unwrap());
    check(&|path| nix::unistd::mkfifo(path, nix::sys::stat::Mode::S_IRWXU).unwrap());
}

#[test]
fn a_record_that_others_could_write_counts_for_nothing() {
    let scene = Scene::new();
    scene
        .store()
        .trust(&scene.path("project"), "rig trust")
        .unwrap();
    let path = scene.home().join("trusted");
    for mode in [0o620, 0o602] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = scene.store().read().unwrap_err();
        let expected = format!(
            "the record of trusted folders may be written by other users (`{}`)",
            path.display()
        );
        assert_eq!(error.to_string(), expected);
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    if chown(&path, Some(65_534), None).is_err() {
        leave_out("a record of another user", "root, to give a file away");
        return;
    }
    let error = scene.store().read().unwrap_err().to_string();
    assert!(error.contains("belongs to another user (65534)"), "{error}");
}

#[test]
fn a_project_decides_nothing_where_there_is_no_home() {
    let error = TrustRecord::read(Path::new(".rigkit")).unwrap_err();
    assert!(matches!(error, TrustError::NoHome { .. }));
    let store = TrustStore::new(".rigkit");
    assert!(store.trust(Path::new("."), "rig trust").is_err());
    assert!(!Path::new(".rigkit/trusted").exists());
}

#[test]
fn writers_at_once_lose_nothing() {
    const WRITERS: usize = 8;
    const EACH: usize = 6;
    let scene = Scene::new();
    let name = |writer: usize, number: usize| format!("project-{writer}-{number}");
    for writer in 0..WRITERS {
        for number in 0..EACH {
            fs::create_dir(scene.path(&name(writer, number))).unwrap();
        }
    }
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let scene = &scene;
            scope.spawn(move || {
                for number in 0..EACH {
                    let path = scene.path(&name(writer, number));
                    scene.store().trust(&path, "rig trust").unwrap();
                    if number % 2 == 1 {
                        scene.store().revoke(&path).unwrap();
                    }
                }
            });
        }
    });
    for writer in 0..WRITERS {
        for number in 0..EACH {
            let name = name(writer, number);
            assert_eq!(scene.is_trusted(&name), number % 2 == 0, "{name}");
        }
    }
}

#[test]
fn a_path_that_is_no_text_is_kept() {
    use std::os::unix::ffi::OsStringExt as _;
    let scene = Scene::new();
    let name = std::ffi::OsString::from_vec(b"pro\xffject".to_vec());
    let path = scene.path("").join(name);
    fs::create_dir(&path).unwrap();
    scene.store().trust(&path, "rig trust").unwrap();
    assert!(scene.store().read().unwrap().trust_in(&path).is_some());
    assert_eq!(scene.store().revoke(&path).unwrap().len(), 1);
}

#[test]
fn other_owners_are_accepted_by_number() {
    let scene = Scene::new();
    let project = scene.path("project");
    let accept = || scene.store().accept_owners(&project, "rig trust --owner");
    assert!(matches!(accept(), Err(TrustError::NothingForeign { .. })));
    let config = project.join("rig.config.ts");
    fs::write(&config, "").unwrap();
    if chown(&config, Some(65_534), None).is_err() {
        leave_out("files of another user", "root, to give a file away");
        return;
    }
    let rule = || OwnerRule::of_process().accepting(&scene.store().read().unwrap());
    assert!(rule().check(&config, 65_534).is_err());
    let accepted = accept().unwrap();
    assert_eq!(accepted.len(), 1);
    assert_eq!(
        accepted[0].decision.subject,
        Subject::Owner { owner: 65_534 }
    );
    assert!(rule().check(&config, 65_534).is_ok());
    assert!(
        !scene.is_trusted("project"),
        "whose files they are is another question"
    );
}
