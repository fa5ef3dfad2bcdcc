//! What git ignores below a folder: by the files `.gitignore` on the way, `.git/info/exclude` and the person's
//! own file for all repositories.
//!
//! The files come from anybody: they are read as all files of a repository are, and together only so much of them.

use std::{
    cell::Cell,
    path::{Path, PathBuf},
    sync::Arc,
};

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

use crate::disk::{EntryKind, Links, Root, import_root};

/// The most bytes of one file of patterns.
const MOST_OF_A_FILE: u64 = 256 * 1024;

/// The most bytes of all that are read for one search.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// The files of patterns of one search.
pub(super) struct GitIgnored {
    bytes_left: Cell<usize>,
}

/// What is ignored in one folder: what its own files say, and then those above it.
#[derive(Clone)]
pub(super) struct FolderRules {
    own: Arc<Vec<Gitignore>>,
    above: Option<Arc<FolderRules>>,
    is_in_repository: bool,
}

impl FolderRules {
    /// Returns whether git ignores a folder that is directly in the one that these are of.
    pub(super) fn ignore_folder(&self, path: &Path) -> bool {
        let mut rules = Some(self);
        while let Some(here) = rules {
            for patterns in here.own.iter() {
                match patterns.matched(path, true) {
                    Match::Ignore(_) => return true,
                    Match::Whitelist(_) => return false,
                    Match::None => {}
                }
            }
            rules = here.above.as_deref();
        }
        false
    }
}

impl GitIgnored {
    pub(super) fn new() -> Self {
        Self {
            bytes_left: Cell::new(MOST_BYTES),
        }
    }

    /// Returns what the folders above one in its repository say, where a search begins.
    pub(super) fn at_start(&self, start: &Root) -> FolderRules {
        let mut rules = FolderRules {
            own: Arc::new(Vec::new()),
            above: None,
            is_in_repository: false,
        };
        let repository = import_root(start.path());
        let folders: Vec<PathBuf> = start
            .path()
            .ancestors()
            .skip(1)
            .take_while(|folder| folder.starts_with(&repository))
            .map(Path::to_path_buf)
            .collect();
        for folder in folders.into_iter().rev() {
            if let Ok(root) = Root::open(&folder, Links::Inside) {
                rules = self.in_folder(&root, Path::new(""), &rules);
            }
        }
        rules
    }

    /// Returns the rules of a folder from those of the one it is in. A repository in a repository has its own.
    pub(super) fn in_folder(&self, root: &Root, folder: &Path, above: &FolderRules) -> FolderRules {
        let git = root.link_status(&folder.join(".git"));
        let git = git.ok().map(|status| status.kind);
        let is_repository = matches!(git, Some(EntryKind::Folder | EntryKind::File));
        if !is_repository && !above.is_in_repository {
            return above.clone();
        }
        let path = root.path_of(folder);
        let mut own: Vec<Gitignore> = self
            .read(root, &folder.join(".gitignore"), &path)
            .into_iter()
            .collect();
        if is_repository {
            own.extend(self.read(root, &folder.join(".git/info/exclude"), &path));
            own.push(GitignoreBuilder::new(&path).build_global().0);
        }
        if own.is_empty() {
            return above.clone();
        }
        FolderRules {
            own: Arc::new(own),
            above: (!is_repository).then(|| Arc::new(above.clone())),
            is_in_repository: true,
        }
    }

    /// What of a file is no pattern counts as nothing, as for git.
    fn read(&self, root: &Root, file: &Path, of: &Path) -> Option<Gitignore> {
        let bytes = root.read(file, MOST_OF_A_FILE).ok()?;
        let left = self.bytes_left.get().checked_sub(bytes.len())?;
        self.bytes_left.set(left);
        let text = String::from_utf8_lossy(&bytes);
        let mut builder = GitignoreBuilder::new(of);
        for line in text.trim_start_matches('\u{feff}').lines() {
            let _ = builder.add_line(None, line);
        }
        builder.build().ok()
    }
}
