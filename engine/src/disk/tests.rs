//! What a folder holds that somebody else made, and what becomes of it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs::{self, File},
    io::Write as _,
    os::unix::fs::symlink,
    path::Path,
};

use nix::{sys::stat::Mode, unistd::mkfifo};
use tempfile::TempDir;

use super::*;

/// The size up to which files are read here.
const LIMIT: u64 = 100;

/// Makes a folder `root` with some of everything, beside a file `secret` and a folder `other`.
fn everything() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("root");
    fs::create_dir_all(root.join("folder/below")).unwrap();
    fs::create_dir(directory.path().join("other")).unwrap();
    fs::write(directory.path().join("secret"), "secret").unwrap();
    fs::write(directory.path().join("other/secret"), "secret").unwrap();
    fs::write(root.join("file"), "text").unwrap();
    fs::write(root.join("folder/below/file"), "below").unwrap();
    fs::write(root.join("large"), vec![b'x'; 101]).unwrap();
    File::create(root.join("sparse"))
        .unwrap()
        .set_len(3 << 30)
        .unwrap();
    mkfifo(&root.join("pipe"), Mode::S_IRWXU).unwrap();
    std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
    let absolute = real(&directory).join("root/folder");
    for (name, target) in [
        ("inside", "folder/below/file"),
        ("inside-folder", "folder/below"),
        ("folder/up", "../file"),
        ("chain", "inside"),
        ("absolute", absolute.to_str().unwrap()),
        ("absolute-out", "/etc/hostname"),
        ("out", "../secret"),
        ("out-folder", "../other"),
        ("parent", ".."),
        ("out-and-back", "../root/file"),
        ("zero", "/dev/zero"),
        ("messages", "/proc/kmsg"),
        ("here", "/proc/self/cwd/secret"),
        ("itself", "itself"),
        ("circle", "circle-2"),
        ("circle-2", "circle"),
        ("dangling", "nothing"),
    ] {
        symlink(target, root.join(name)).unwrap();
    }
    directory
}

fn real(directory: &TempDir) -> std::path::PathBuf {
    directory.path().canonicalize().unwrap()
}

/// Opens the folder in both ways that paths are resolved.
fn roots(directory: &TempDir, links: Links) -> [Root; 2] {
    let open = || Root::open(&real(directory).join("root"), links).unwrap();
    [open(), open().by_hand()]
}

/// Says in a word how reading ended.
fn outcome(read: Result<Vec<u8>, DiskError>) -> String {
    match read {
        Ok(bytes) => String::from_utf8(bytes).unwrap(),
        Err(DiskError::NotFound { .. }) => "not found".to_owned(),
        Err(DiskError::System { source, .. }) => format!("system: {:?}", source.kind()),
        Err(DiskError::Refused { refusal, .. }) => match refusal {
            Refusal::Outside { .. } => "outside".to_owned(),
            Refusal::Link => "link".to_owned(),
            Refusal::LinkLoop => "loop".to_owned(),
            Refusal::NotAFile { kind } => format!("no file: {kind}"),
            Refusal::NotAFolder { kind } => format!("no folder: {kind}"),
            Refusal::TooLarge { .. } => "too large".to_owned(),
            Refusal::Changing => "changing".to_owned(),
        },
    }
}

#[test]
fn reading_stays_inside_and_takes_small_files_only() {
    let directory = everything();
    // The path, what following links inside answers, and what following none does.
    for (path, inside, refused) in [
        ("file", "text", "text"),
        ("folder/below/file", "below", "below"),
        ("folder/../file", "text", "text"),
        ("./file", "text", "text"),
        ("inside", "below", "link"),
        ("inside-folder/file", "below", "link"),
        ("inside-folder/../below/file", "below", "link"),
        ("folder/up", "text", "link"),
        ("chain", "below", "link"),
        ("absolute/below/file", "below", "link"),
        ("absolute-out", "outside", "link"),
        ("out", "outside", "link"),
        ("out-folder/secret", "outside", "link"),
        ("parent/secret", "outside", "link"),
        ("out-and-back", "outside", "link"),
        ("../secret", "outside", "outside"),
        ("folder/../../secret", "outside", "outside"),
        ("zero", "outside", "link"),
        ("messages", "outside", "link"),
        ("here", "outside", "link"),
        ("itself", "loop", "link"),
        ("circle", "loop", "link"),
        ("dangling", "not found", "link"),
        ("nothing", "not found", "not found"),
        ("nothing/file", "not found", "not found"),
        ("large", "too large", "too large"),
        ("sparse", "too large", "too large"),
        ("pipe", "no file: a named pipe", "no file: a named pipe"),
        ("folder", "no file: a folder", "no file: a folder"),
        ("", "no file: a folder", "no file: a folder"),
    ] {
        for (links, expected) in [(Links::Inside, inside), (Links::Refused, refused)] {
            for root in roots(&directory, links) {
                let found = outcome(root.read(Path::new(path), LIMIT));
                assert_eq!(found, expected, "`{path}` with {root:?}");
            }
        }
    }
}

#[test]
fn a_socket_is_refused() {
    let directory = everything();
    for root in roots(&directory, Links::Inside) {
        let found = outcome(root.read(Path::new("socket"), LIMIT));
        assert_eq!(found, "no file: a socket or something else");
    }
}

#[test]
fn a_refusal_names_where_a_path_leads_and_shows_nothing_of_it() {
    let directory = everything();
    let real = real(&directory);
    for (path, link, to) in [
        ("out", "root/out", "secret"),
        ("out-folder/a/b", "root/out-folder", "other/a/b"),
        ("../secret", "root/../secret", "secret"),
        ("parent/other", "root/parent", "other"),
    ] {
        for root in roots(&directory, Links::Inside) {
            let error = root.read(Path::new(path), LIMIT).unwrap_err();
            let expected = Refusal::Outside {
                root: real.join("root"),
                link: real.join(link),
                to: real.join(to),
            };
            assert_eq!(error.refusal(), Some(&expected), "{path}");
        }
    }
}

#[test]
fn a_file_of_the_kernel_is_read_up_to_the_limit_whatever_size_it_names() {
    let Ok(system) = Root::open(Path::new("/proc"), Links::Refused) else {
        return;
    };
    assert!(
        !system
            .read(Path::new("version"), 10_000)
            .unwrap()
            .is_empty()
    );
    assert_eq!(outcome(system.read(Path::new("version"), 5)), "too large");
}

#[test]
fn a_folder_is_listed_up_to_a_number() {
    let directory = everything();
    for root in roots(&directory, Links::Inside) {
        let whole = root.list(Path::new(""), 1_000).unwrap();
        let count = fs::read_dir(root.path()).unwrap().count();
        assert_eq!((whole.entries.len(), whole.is_complete), (count, true));
        let part = root.list(Path::new(""), 3).unwrap();
        assert_eq!((part.entries.len(), part.is_complete), (3, false));
        let names = |path: &str| {
            root.list(Path::new(path), 10)
                .map(|found| found.entries.len())
        };
        assert_eq!(names("folder/below").unwrap(), 1);
        assert_eq!(names("inside-folder").unwrap(), 1);
        let refused = |path: &str| outcome(names(path).map(|_| Vec::new()));
        assert_eq!(refused("out-folder"), "outside");
        assert_eq!(refused("file"), "no folder: a file");
        assert_eq!(refused("nothing"), "not found");
    }
}

#[test]
fn a_link_is_looked_at_without_going_where_it_leads() {
    let directory = everything();
    for root in roots(&directory, Links::Inside) {
        let kind = |path: &str| root.link_status(Path::new(path)).unwrap().kind;
        assert_eq!(kind("out"), EntryKind::Link);
        assert_eq!(kind("file"), EntryKind::File);
        assert_eq!(kind("inside-folder/file"), EntryKind::File);
        assert_eq!(kind("pipe"), EntryKind::Pipe);
        let target = root.read_link(Path::new("out")).unwrap();
        assert_eq!(target, Path::new("../secret"));
        assert!(root.link_status(Path::new("out-folder/secret")).is_err());
    }
}

/// What is written, replaced or made at a path never lands outside.
#[test]
fn writing_stays_inside_and_follows_no_link_at_its_end() {
    for links in [Links::Inside, Links::Refused] {
        for resolution in [0, 1] {
            for path in [
                "file",
                "out",
                "out-folder/new",
                "parent/new",
                "itself",
                "pipe",
                "folder",
                "dangling",
                "inside",
                "../new",
                "absolute-out",
                "zero",
                "new",
                "nothing/new",
            ] {
                let directory = everything();
                let root = &roots(&directory, links)[resolution];
                let path = Path::new(path);
                let before = described(&directory);
                let _ = root.replace(path, b"written");
                let _ = root.create_file(path, b"written");
                let _ = root
                    .open_to_append(path)
                    .map(|mut file| file.write_all(b"more"));
                let _ = root.create_folders(path);
                assert_eq!(described(&directory), before, "{path:?} {root:?}");
            }
        }
    }
}

/// Describes what is outside of the root, and the targets of links in it.
fn described(directory: &TempDir) -> Vec<String> {
    let outside = fs::read_dir(directory.path()).unwrap();
    let mut lines: Vec<String> = outside
        .map(|entry| entry.unwrap().file_name().display().to_string())
        .collect();
    lines.sort();
    for path in ["secret", "other/secret", "root/folder/below/file"] {
        lines.push(fs::read_to_string(directory.path().join(path)).unwrap());
    }
    lines.push(
        fs::read_dir(directory.path().join("other"))
            .unwrap()
            .count()
            .to_string(),
    );
    lines
}

#[test]
fn a_file_is_replaced_at_once_and_leaves_nothing_beside_it() {
    let directory = everything();
    for root in roots(&directory, Links::Refused) {
        let before = root.list(Path::new(""), 1_000).unwrap().entries.len();
        for path in ["file", "out"] {
            root.replace(Path::new(path), b"new").unwrap();
            assert_eq!(outcome(root.read(Path::new(path), LIMIT)), "new");
        }
        assert!(root.replace(Path::new("folder"), b"new").is_err());
        let after = root.list(Path::new(""), 1_000).unwrap().entries.len();
        assert_eq!(after, before);
    }
}

#[test]
fn folders_are_made_and_no_link_stands_in_for_one() {
    let directory = everything();
    for (index, root) in roots(&directory, Links::Inside).into_iter().enumerate() {
        let new = format!("new-{index}/a/b");
        assert_eq!(root.create_folders(Path::new(&new)).unwrap(), Made::New);
        assert_eq!(root.create_folders(Path::new(&new)).unwrap(), Made::Before);
        let refused =
            |path: &str| outcome(root.create_folders(Path::new(path)).map(|_| Vec::new()));
        assert_eq!(refused("inside-folder/x"), "link");
        assert_eq!(refused("out-folder"), "link");
        assert_eq!(refused("pipe/x"), "no folder: a named pipe");
        assert_eq!(refused("file"), "no folder: a file");
    }
}

#[test]
fn only_files_of_its_own_names_are_removed() {
    let directory = tempfile::tempdir().unwrap();
    let own = "0123456789abcdef".repeat(4);
    let temporary = format!(".rigkit-{}", "0".repeat(32));
    let foreign = [
        "picture.raw",
        &own[1..],
        &format!("{own}.bak"),
        &"F".repeat(64),
        ".rigkit-1",
    ];
    for name in foreign.into_iter().chain([&*own, &*temporary]) {
        fs::write(directory.path().join(name), "x").unwrap();
    }
    symlink("picture.raw", directory.path().join("1".repeat(64))).unwrap();
    fs::create_dir(directory.path().join("2".repeat(64))).unwrap();
    let root = Root::open(directory.path(), Links::Refused).unwrap();
    let mut files = root.own_files(OwnNames::Digests).unwrap();
    files.sort_by(|one, other| one.name().cmp(other.name()));
    let names: Vec<_> = files.iter().map(OwnFile::name).collect();
    assert_eq!(names, [&*temporary, &*own]);
    // One that is another file by now stays.
    fs::write(directory.path().join("later"), "longer").unwrap();
    fs::rename(directory.path().join("later"), directory.path().join(&own)).unwrap();
    for file in &files {
        root.remove(file).unwrap();
    }
    assert!(directory.path().join(&own).exists());
    assert!(!directory.path().join(&temporary).exists());
    let left = fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, foreign.len() + 3);
}

#[test]
fn names_of_logs_are_those_of_runs() {
    let directory = tempfile::tempdir().unwrap();
    let run = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b.ndjson";
    for name in [run, "notes.ndjson", "0190a1b2.ndjson", &run[1..]] {
        fs::write(directory.path().join(name), "x").unwrap();
    }
    let root = Root::open(directory.path(), Links::Refused).unwrap();
    let files = root.own_files(OwnNames::RunLogs).unwrap();
    let names: Vec<_> = files.iter().map(OwnFile::name).collect();
    assert_eq!(names, [run]);
}

#[test]
fn the_data_folder_is_a_real_one() {
    let check = |lay: &dyn Fn(&Path), opened: &str, made: &str| {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("elsewhere")).unwrap();
        let project = directory.path().join("project");
        fs::create_dir(&project).unwrap();
        lay(&project.join(".rigkit"));
        let is_there = |folder: Option<Root>| if folder.is_some() { "there" } else { "none" };
        let found = DataFolder::open(&project).map(is_there);
        assert_eq!(outcome(found.map(Into::into)), opened);
        let found = DataFolder::make(&project).map(|_| "there");
        assert_eq!(outcome(found.map(Into::into)), made);
        assert_eq!(
            fs::read_dir(directory.path().join("elsewhere"))
                .unwrap()
                .count(),
            0
        );
    };
    check(&|_| {}, "none", "there");
    check(&|path| fs::create_dir(path).unwrap(), "there", "there");
    check(
        &|path| symlink("../elsewhere", path).unwrap(),
        "link",
        "link",
    );
    check(&|path| symlink("nothing", path).unwrap(), "link", "link");
    check(
        &|path| fs::write(path, "").unwrap(),
        "no folder: a file",
        "no folder: a file",
    );
    let pipe = "no folder: a named pipe";
    check(&|path| mkfifo(path, Mode::S_IRWXU).unwrap(), pipe, pipe);
}
