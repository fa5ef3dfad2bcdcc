//! Whatever a repository lays where Rigkit opens a file, nothing outside it is read, made, changed
//! or removed, and no command waits for ever or takes much memory.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    os::unix::{ffi::OsStrExt as _, fs::symlink},
    path::{Path, PathBuf},
    time::SystemTime,
};

use rigkit_tests::{Bounds, Output, Project};

/// The text of every file outside, which nobody may see.
const SECRET: &str = "amber-heron";

const SITE: &str = r#"
//- /rig.config.ts
import { sequence } from "@rigkit/sdk";
import { value } from "./lib/value";
import { other } from "other";
export const site = sequence("site")
  .task("build", async () => ({ ctx: { value, other, stage: process.env.STAGE ?? "none" } }))
  .workspace({ create: () => ({ ctx: {} }), remove: () => {} });
//- /lib/value.ts
export const value = 1;
//- /node_modules/other/package.json
{ "name": "other", "version": "1.0.0", "type": "module", "main": "index.js" }
//- /node_modules/other/index.js
export const other = 2;
//- /package.json
{ "type": "module" }
//- /.env
STAGE=here
"#;

/// Every path below a project that Rigkit opens, makes or looks at.
const OPENED: &[&str] = &[
    "rig.config.ts",
    "lib",
    "lib/value.ts",
    "node_modules",
    "node_modules/other",
    "node_modules/other/package.json",
    "node_modules/other/index.js",
    "package.json",
    "tsconfig.json",
    ".env",
    ".git",
    ".gitignore",
    ".rigkit",
    ".rigkit/state.sqlite",
    ".rigkit/state.sqlite-wal",
    ".rigkit/state.sqlite-shm",
    ".rigkit/state.sqlite-journal",
    ".rigkit/cache",
    ".rigkit/cache/modules",
    ".rigkit/cache/graph.svg",
    ".rigkit/logs",
    ".rigkit/logs/LOG",
    ".rigkit/cache/modules/ENTRY",
    ".rigkit/locks",
    ".rigkit/types",
    ".rigkit/types/sdk.d.ts",
    "plan.json",
];

/// What somebody may have laid at a path.
#[derive(Debug, Clone, Copy)]
enum Laid {
    LinkToFile,
    AbsoluteLinkToFile,
    LinkToFolder,
    LinkToNothing,
    LinkToDevice,
    LinkToItself,
    Pipe,
    Giant,
    Folder,
    EmptyFile,
}

const LAID: &[Laid] = &[
    Laid::LinkToFile,
    Laid::AbsoluteLinkToFile,
    Laid::LinkToFolder,
    Laid::LinkToNothing,
    Laid::LinkToDevice,
    Laid::LinkToItself,
    Laid::Pipe,
    Laid::Giant,
    Laid::Folder,
    Laid::EmptyFile,
];

/// Commands that read; and at the end, those that write in the project.
const LINES: &[&str] = &[
    "plan",
    "plan --json --checks",
    "plan --out plan.json",
    "cache ls",
    "cache explain",
    "ls",
    "graph --format svg",
    "log",
    "projects",
    "do",
    "doctor",
    "apply",
    "create one",
    "invalidate build",
    "cache clear --yes",
    "rm one",
    "types",
    "init",
];

struct Scene {
    project: Project,
    outside: BTreeMap<PathBuf, Entry>,
}

/// What is at a path outside: its content where it is a file, and when it was changed.
type Entry = (Vec<u8>, SystemTime);

impl Scene {
    /// Makes an applied project, with folders beside it that hold what Rigkit makes and deletes.
    fn new() -> Self {
        let project = Project::new(SITE);
        project.done("apply");
        project.done("types");
        let victim = project.outside().join("victim");
        for folder in ["", "modules", "logs", "types", "cache"] {
            let folder = victim.join(folder);
            fs::create_dir_all(&folder).unwrap();
            for name in [
                "0".repeat(64),
                format!("{}.ndjson", uuid_like()),
                "state.sqlite".to_owned(),
                "rig.config.ts".to_owned(),
                "index.js".to_owned(),
                "sdk.d.ts".to_owned(),
                ".env".to_owned(),
            ] {
                fs::write(folder.join(name), format!("X={SECRET}\n")).unwrap();
            }
        }
        let outside = entries(&victim);
        Self { project, outside }
    }

    /// Puts something in the place of what is at a path.
    fn lay(&self, laid: Laid, path: &str) {
        let Some(path) = self.real(path) else {
            return;
        };
        let Some(folder) = path.parent().filter(|folder| folder.is_dir()) else {
            return;
        };
        // One that is laid before may be a link in place of the folder.
        if folder
            .canonicalize()
            .is_ok_and(|folder| !self.holds(&folder))
        {
            return;
        }
        remove(&path);
        let victim = self.project.outside().join("victim");
        let up = "../".repeat(
            folder
                .strip_prefix(self.project.root())
                .unwrap()
                .iter()
                .count()
                + 1,
        );
        let relative = |name: &str| format!("{up}victim/{name}");
        match laid {
            Laid::LinkToFile => symlink(relative(".env"), &path).unwrap(),
            Laid::AbsoluteLinkToFile => symlink(victim.join("state.sqlite"), &path).unwrap(),
            Laid::LinkToFolder => symlink(relative("modules"), &path).unwrap(),
            Laid::LinkToNothing => symlink(relative("new"), &path).unwrap(),
            Laid::LinkToDevice => symlink("/dev/zero", &path).unwrap(),
            Laid::LinkToItself => symlink(path.file_name().unwrap(), &path).unwrap(),
            Laid::Pipe => nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap(),
            Laid::Giant => File::create(&path).unwrap().set_len(3 << 30).unwrap(),
            Laid::Folder => fs::create_dir(&path).unwrap(),
            Laid::EmptyFile => drop(File::create(&path).unwrap()),
        }
    }

    /// Returns the path that stands for any of a kind.
    fn real(&self, path: &str) -> Option<PathBuf> {
        let (folder, is_any) = match path.rsplit_once('/') {
            Some((folder, "LOG" | "ENTRY")) => (folder, true),
            _ => (path, false),
        };
        let path = self.project.path(folder);
        if !is_any {
            return Some(path);
        }
        let mut entries = fs::read_dir(path).ok()?;
        Some(entries.next()?.unwrap().path())
    }

    fn holds(&self, folder: &Path) -> bool {
        folder.starts_with(self.project.root().canonicalize().unwrap())
    }

    /// Runs every command, and makes sure that nothing of what is outside is touched or told.
    fn check(&self, what: &str) {
        for line in LINES {
            let output = self.project.command(line).run_within(Bounds::default());
            check_output(what, &output);
        }
        let now = entries(&self.project.outside().join("victim"));
        assert_eq!(changes(&self.outside, &now), [""; 0], "{what}");
    }
}

fn check_output(what: &str, output: &Output) {
    let told = output.transcript();
    assert!(!told.contains(SECRET), "{what}: {told}");
    assert!((0..=4).contains(&output.code), "{what}: {told}");
    assert!(!told.contains("panicked"), "{what}: {told}");
}

fn uuid_like() -> &'static str {
    "01900000-0000-7000-8000-000000000000"
}

fn remove(path: &Path) {
    let Ok(metadata) = path.symlink_metadata() else {
        return;
    };
    if metadata.is_dir() {
        fs::remove_dir_all(path).unwrap();
    } else {
        fs::remove_file(path).unwrap();
    }
}

fn entries(folder: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let metadata = path.symlink_metadata().unwrap();
        if metadata.is_dir() {
            found.extend(entries(&path));
        }
        let content = fs::read(&path).unwrap_or_default();
        found.insert(path, (content, metadata.modified().unwrap()));
    }
    found
}

fn changes(before: &BTreeMap<PathBuf, Entry>, after: &BTreeMap<PathBuf, Entry>) -> Vec<String> {
    let is_changed = |path: &&PathBuf| before.get(*path) != after.get(*path);
    let paths = before.keys().chain(after.keys());
    let changed = paths.filter(is_changed);
    changed
        .map(|path| String::from_utf8_lossy(path.as_os_str().as_bytes()).into_owned())
        .collect()
}

/// Each path with each thing: a thread takes every fourth path.
fn check_every(part: usize) {
    for path in OPENED.iter().skip(part).step_by(4) {
        for laid in LAID {
            let scene = Scene::new();
            scene.lay(*laid, path);
            scene.check(&format!("{laid:?} at {path}"));
        }
    }
}

#[test]
fn anything_at_any_path_first_part() {
    check_every(0);
}

#[test]
fn anything_at_any_path_second_part() {
    check_every(1);
}

#[test]
fn anything_at_any_path_third_part() {
    check_every(2);
}

#[test]
fn anything_at_any_path_fourth_part() {
    check_every(3);
}

#[test]
fn several_things_at_once() {
    for _ in 0..20 {
        let scene = Scene::new();
        let mut laid = Vec::new();
        for _ in 0..fastrand::usize(2..6) {
            let (thing, path) = (
                LAID[fastrand::usize(..LAID.len())],
                OPENED[fastrand::usize(..OPENED.len())],
            );
            scene.lay(thing, path);
            laid.push(format!("{thing:?} at {path}"));
        }
        scene.check(&laid.join(", "));
    }
}

/// A stranger's project is not applied, and may be made of anything from its first moment.
#[test]
fn anything_in_a_strangers_project() {
    for path in OPENED {
        let laid = LAID[fastrand::usize(..LAID.len())];
        let scene = Scene::new();
        scene.project.done("trust --revoke");
        scene.lay(laid, path);
        for line in [
            "plan",
            "plan --json",
            "cache ls",
            "ls",
            "graph --format svg",
            "doctor",
        ] {
            let output = scene.project.command(line).run_within(Bounds::default());
            check_output(&format!("{laid:?} at {path}"), &output);
        }
        let now = entries(&scene.project.outside().join("victim"));
        assert_eq!(changes(&scene.outside, &now), [""; 0], "{laid:?} at {path}");
    }
}
