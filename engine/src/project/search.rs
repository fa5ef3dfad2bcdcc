//! Finding every project below a directory.

use std::path::{Path, PathBuf};

use super::{Project, ProjectError};
use crate::disk::{EntryKind, Links, Root};

/// How many files and folders are looked through.
const MOST_ENTRIES: usize = 300_000;

/// How many bytes the paths of folders may have together that are still to be looked into.
const MOST_PATH_BYTES: usize = 32 * 1024 * 1024;

/// Finds the projects at and below a directory, in path order; folders of packages, of
/// version control and hidden ones are left out, and no link is followed.
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
    let mut search = Search {
        root: &root,
        entries_left: most,
        path_bytes: 0,
        found: Vec::new(),
    };
    // The folders that are still to be looked into, the next one last.
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        search.path_bytes -= folder.as_os_str().len();
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

struct Search<'a> {
    root: &'a Root,
    entries_left: usize,
    path_bytes: usize,
    found: Vec<Result<Project, ProjectError>>,
}

impl Search<'_> {
    fn look_into(&mut self, folder: &Path, folders: &mut Vec<PathBuf>) {
        let path = self.root.path_of(folder);
        self.found
            .extend(Project::in_folder(&path, self.root, folder).transpose());
        // What cannot be listed holds no project for this person.
        let Ok(listing) = self.root.list(folder, self.entries_left) else {
            return;
        };
        self.entries_left -= listing.entries.len();
        if !listing.is_complete {
            self.entries_left = 0;
        }
        let mut below: Vec<PathBuf> = listing
            .entries
            .into_iter()
            .map(|(name, kind)| (folder.join(name), kind))
            .filter(|(path, kind)| is_searched(path) && self.is_folder(path, *kind))
            .map(|(path, _)| path)
            // More need not be known of a folder that ends the search.
            .scan(0, |bytes, path| {
                *bytes += path.as_os_str().len();
                (*bytes <= 2 * MOST_PATH_BYTES).then_some(path)
            })
            .collect();
        let bytes: usize = below.iter().map(|path| path.as_os_str().len()).sum();
        self.path_bytes += bytes;
        if self.path_bytes > MOST_PATH_BYTES {
            self.entries_left = 0;
        }
        below.sort_unstable_by(|one, other| other.cmp(one));
        folders.append(&mut below);
    }

    fn is_folder(&self, path: &Path, kind: Option<EntryKind>) -> bool {
        let kind = kind.or_else(|| Some(self.root.link_status(path).ok()?.kind));
        kind == Some(EntryKind::Folder)
    }
}

fn is_searched(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    !name.starts_with(b".") && name != b"node_modules" && name != b"target"
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

    #[test]
    fn lists_projects_below() {
        let tree = tree(&[
            "b/rig.config.ts",
            "b/c/d/rig.config.ts",
            "a/rigkit/index.ts",
            "node_modules/x/rig.config.ts",
            ".git/rig.config.ts",
        ]);
        symlink("..", tree.path().join("b/again")).unwrap();
        let root = tree.path().canonicalize().unwrap();
        let found: Vec<PathBuf> = find_projects(tree.path())
            .into_iter()
            .map(|project| project.unwrap().root)
            .collect();
        assert_eq!(found, ["a", "b", "b/c/d"].map(|path| root.join(path)));
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
