//! Finding every project below a directory.

use std::path::{Path, PathBuf};

use super::{
    Project, ProjectError,
    git_ignored::{FolderRules, GitIgnored},
};
use crate::disk::{DataFolder, EntryKind, Links, Root};

/// How many files and folders are looked through.
const MOST_ENTRIES: usize = 300_000;

/// How many bytes the paths of folders may have together that are still to be looked into.
const MOST_PATH_BYTES: usize = 32 * 1024 * 1024;

/// Finds the projects at and below a directory, in path order. Nothing is looked for below a project, in
/// `node_modules`, `.git` and `.rigkit`, and in what git ignores, and no link is followed.
///
/// Where there is too much to look through, the last answer is an error that says so.
#[must_use]
pub fn find_projects(start: &Path) -> Vec<Result<Project, ProjectError>> {
    find_projects_among(start, MOST_ENTRIES)
}

fn find_projects_among(start: &Path, most: usize) -> Vec<Result<Project, ProjectError>> {
    let Ok(root) = Root::open_named(start, Links::Inside) else {
        return Vec::new();
    };
    let ignored = GitIgnored::new();
    let rules = ignored.at_start(&root);
    let mut search = Search {
        root: &root,
        ignored,
        entries_left: most,
        path_bytes: 0,
        found: Vec::new(),
    };
    // The folders that are still to be looked into, the next one last.
    let mut folders = vec![Pending {
        path: PathBuf::new(),
        above: rules,
    }];
    while let Some(folder) = folders.pop() {
        search.path_bytes -= folder.path.as_os_str().len();
        search.look_into(&folder, &mut folders);
        if search.entries_left == 0 {
            let start = root.path().to_path_buf();
            search
                .found
                .push(Err(ProjectError::TooManyEntries { start, most }));
            break;
        }
    }
    search.found
}

/// A folder that is still to be looked into.
struct Pending {
    path: PathBuf,
    /// What git ignores in the folder above it.
    above: FolderRules,
}

struct Search<'a> {
    root: &'a Root,
    ignored: GitIgnored,
    entries_left: usize,
    path_bytes: usize,
    found: Vec<Result<Project, ProjectError>>,
}

impl Search<'_> {
    fn look_into(&mut self, folder: &Pending, folders: &mut Vec<Pending>) {
        let path = self.root.path_of(&folder.path);
        let project = Project::in_folder(&path, self.root, &folder.path).transpose();
        if let Some(project) = project {
            self.found.push(project);
            return;
        }
        let rules = self
            .ignored
            .in_folder(self.root, &folder.path, &folder.above);
        let mut below = self.folders_in(&folder.path, &rules);
        let bytes: usize = below.iter().map(|path| path.as_os_str().len()).sum();
        self.path_bytes += bytes;
        if self.path_bytes > MOST_PATH_BYTES {
            self.entries_left = 0;
        }
        below.sort_unstable_by(|one, other| other.cmp(one));
        folders.extend(below.into_iter().map(|path| Pending {
            path,
            above: rules.clone(),
        }));
    }

    /// Lists the folders in one that are to be looked into. What cannot be listed holds no project for this
    /// person.
    fn folders_in(&mut self, folder: &Path, rules: &FolderRules) -> Vec<PathBuf> {
        let Ok(listing) = self.root.list(folder, self.entries_left) else {
            return Vec::new();
        };
        self.entries_left -= listing.entries.len();
        if !listing.is_complete {
            self.entries_left = 0;
        }
        listing
            .entries
            .into_iter()
            .map(|(name, kind)| (folder.join(name), kind))
            .filter(|(path, kind)| is_searched(path) && self.is_folder(path, *kind))
            .map(|(path, _)| path)
            .filter(|path| !rules.ignore_folder(&self.root.path_of(path)))
            // More need not be known of a folder that ends the search.
            .scan(0, |bytes, path| {
                *bytes += path.as_os_str().len();
                (*bytes <= 2 * MOST_PATH_BYTES).then_some(path)
            })
            .collect()
    }

    fn is_folder(&self, path: &Path, kind: Option<EntryKind>) -> bool {
        let kind = kind.or_else(|| Some(self.root.link_status(path).ok()?.kind));
        kind == Some(EntryKind::Folder)
    }
}

/// The folders in which nobody keeps a project of their own.
const NEVER_SEARCHED: [&str; 3] = ["node_modules", ".git", DataFolder::NAME];

fn is_searched(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    NEVER_SEARCHED.iter().all(|never| name != *never)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::os::unix::fs::symlink;

    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for file in files {
            let path = directory.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        directory
    }

    /// Finds the projects below a folder of a tree, as paths in the tree.
    fn found(tree: &tempfile::TempDir, start: &str) -> Vec<String> {
        let root = tree.path().canonicalize().unwrap();
        let projects = find_projects(&tree.path().join(start)).into_iter();
        let roots = projects.map(|project| match project {
            Ok(project) => project.root,
            Err(ProjectError::Ambiguous { root }) => root,
            Err(error) => panic!("{error}"),
        });
        let below = roots.map(|path| path.strip_prefix(&root).unwrap().display().to_string());
        below.collect()
    }

    #[test]
    fn lists_projects_below() {
        let tree = tree(&[
            "b/rig.config.ts",
            "b/c/d/rig.config.ts",
            "a/rigkit/index.ts",
            "a/rigkit/x/rig.config.ts",
            "two/rig.config.ts",
            "two/rigkit/index.ts",
            "two/c/rig.config.ts",
            ".hidden/rig.config.ts",
            "target/x/rig.config.ts",
            "node_modules/x/rig.config.ts",
            ".git/rig.config.ts",
            "x/.rigkit/rig.config.ts",
        ]);
        symlink("..", tree.path().join("x/again")).unwrap();
        assert_eq!(found(&tree, ""), [".hidden", "a", "b", "target/x", "two"]);
        assert_eq!(found(&tree, "b"), ["b"]);
    }

    #[test]
    fn leaves_out_what_git_ignores() {
        let projects = [
            "dist",
            "a/dist",
            "a/kept",
            "a/own",
            "b/build",
            "b/build/deep",
            "c/x",
            "c/y",
            "d",
        ];
        let files: Vec<String> = projects
            .iter()
            .map(|folder| format!("{folder}/rig.config.ts"))
            .collect();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let tree = tree(&files);
        let write = |file: &str, text: &str| {
            let path = tree.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(".gitignore", "dist/\n/b/build\n# x\n*/own\nc/*\n!c/y\n");
        write("a/.gitignore", "!own\nkept\n");
        let all = [
            "a/dist", "a/kept", "a/own", "b/build", "c/x", "c/y", "d", "dist",
        ];
        assert_eq!(found(&tree, ""), all, "in no repository");
        write(".git/info/exclude", "/d\n");
        assert_eq!(found(&tree, ""), ["a/own", "c/y"]);
        assert_eq!(found(&tree, "a"), ["a/own"]);
        assert_eq!(found(&tree, "dist"), ["dist"], "it was named");
        // A repository in it has rules of its own.
        write("a/.git/HEAD", "");
        assert_eq!(found(&tree, ""), ["a/dist", "a/own", "c/y"]);
    }

    #[test]
    fn files_of_patterns_that_are_none_do_no_harm() {
        let tree = tree(&[".git/HEAD", "a/rig.config.ts", "b/rig.config.ts"]);
        symlink("/dev/zero", tree.path().join(".gitignore")).unwrap();
        nix::unistd::mkfifo(
            &tree.path().join(".git/info"),
            nix::sys::stat::Mode::S_IRWXU,
        )
        .unwrap();
        std::fs::write(tree.path().join("a/.gitignore"), [0xff, 0xfe, b'\n']).unwrap();
        assert_eq!(found(&tree, ""), ["a", "b"]);
    }

    #[test]
    fn looks_through_no_more_than_it_may() {
        let tree = tree(&["a/rig.config.ts", "b/1", "b/2", "b/3", "c/rig.config.ts"]);
        for (most, projects, is_complete) in [(100, 2, true), (6, 1, false), (2, 0, false)] {
            let found = find_projects_among(tree.path(), most);
            let of_projects = found.iter().filter(|found| found.is_ok()).count();
            assert_eq!(of_projects, projects, "{most}");
            let ends = matches!(found.last(), Some(Err(ProjectError::TooManyEntries { .. })));
            assert_eq!(ends, !is_complete, "{most}");
        }
    }
}
