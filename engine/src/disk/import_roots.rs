//! The folders that the sources of a project may come from.
//!
//! A file counts by where it really is, whatever led there: a relative or absolute specifier, a link,
//! a package's `exports`, `main` or `imports`, a `require`. It may be
//!
//! 1. below the **import root**: the repository that the project is in, else the project itself
//!    ([`import_root`]); so may the packages in its `node_modules`, and the workspace packages that
//!    those link to;
//! 2. below a **`node_modules` in a folder above** the import root, where Node.js looks as well. What such a
//!    `node_modules` is a link to has to be below the folder it is in;
//! 3. below the **folder of a package that such a `node_modules` links to**
//!    (`/team/node_modules/p` → `../packages/p`), as long as that is below the folder that holds the
//!    `node_modules` (`/team`) and no further link leads there. It becomes a root of its own: the
//!    rest of `/team` does not.
//!
//! Each is a [`Root`]. A link that leads out of one is followed by hand into another where it leads
//! there (`node_modules/p` of the project → `/team/node_modules/.pnpm/p@1/node_modules/p`), and is
//! refused elsewhere. Nothing of what is outside is looked at, not even whether it exists.

use std::{
    path::{Component, Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use super::{
    DiskError, EntryKind, Links, Refusal, Root, Status, import_root,
    walk::{walk, without_dots},
};

/// How often a path may lead from one root into another.
const MOST_CROSSINGS: usize = 40;

/// How many packages may be linked to from the folders above.
const MOST_LINKED_PACKAGES: usize = 10_000;

/// The folders that the sources of one project may come from.
#[derive(Debug)]
pub struct ImportRoots {
    import_root: PathBuf,
    /// The `node_modules` of folders above the import root.
    installed: Vec<Installed>,
    roots: RwLock<Vec<Arc<Root>>>,
}

/// A `node_modules` above the import root, with the folder that it is in.
#[derive(Debug)]
struct Installed {
    path: PathBuf,
    above: Root,
}

impl ImportRoots {
    /// Opens the folders of a project; those that are missing hold nothing.
    #[must_use]
    pub fn of_project(project_root: &Path) -> Self {
        let import_root = import_root(project_root);
        let mut roots = Vec::new();
        let mut installed = Vec::new();
        roots.extend(Root::open(&import_root, Links::Inside).map(Arc::new).ok());
        for folder in import_root.ancestors().skip(1) {
            let Ok(above) = Root::open(folder, Links::Inside) else {
                continue;
            };
            let Ok(path) = real_path(&above, Path::new("node_modules")) else {
                continue;
            };
            if let Ok(root) = Root::open(&path, Links::Inside) {
                roots.push(Arc::new(root));
                installed.push(Installed { path, above });
            }
        }
        Self {
            import_root,
            installed,
            roots: RwLock::new(roots),
        }
    }

    /// Returns no folders at all.
    #[must_use]
    pub fn none() -> Self {
        Self {
            import_root: PathBuf::new(),
            installed: Vec::new(),
            roots: RwLock::default(),
        }
    }

    /// Returns the folder that the project's own files may come from.
    #[must_use]
    pub fn import_root(&self) -> &Path {
        &self.import_root
    }

    /// Returns whether an absolute path without links is below one of the folders.
    #[must_use]
    pub fn include(&self, path: &Path) -> bool {
        self.find(path).is_some()
    }

    /// Reads a regular file of at most `limit` bytes, with its status at the moment of opening.
    ///
    /// # Errors
    /// As [`Root::read`] does, and where the file is in none of the folders.
    pub fn read(&self, path: &Path, limit: u64) -> Result<(Vec<u8>, Status), DiskError> {
        self.reach(path, |root, relative| {
            root.read_with_status(relative, limit)
        })
    }

    /// Returns the status of what a path leads to.
    ///
    /// # Errors
    /// Where there is nothing, or it is in none of the folders.
    pub fn status(&self, path: &Path) -> Result<Status, DiskError> {
        self.reach(path, Root::status)
    }

    /// Returns what is at a path itself: a link counts as one. Folders on the way to the roots are
    /// folders, and are not looked at.
    ///
    /// # Errors
    /// Where there is nothing, or it is in none of the folders.
    pub fn kind(&self, path: &Path) -> Result<EntryKind, DiskError> {
        if self.is_on_the_way(path) {
            return Ok(EntryKind::Folder);
        }
        self.reach(path, |root, relative| Ok(root.link_status(relative)?.kind))
    }

    /// Returns where a link leads as it is written. One of a `node_modules` above to a package
    /// makes that package one of the folders.
    ///
    /// # Errors
    /// Where there is no link, or it is in none of the folders.
    pub fn read_link(&self, path: &Path) -> Result<PathBuf, DiskError> {
        let target = self.reach(path, Root::read_link)?;
        self.admit_package(path, &target);
        Ok(target)
    }

    /// Returns the path of a file without links, if there is one.
    ///
    /// # Errors
    /// Where there is nothing, or it is in none of the folders.
    pub fn real_path(&self, path: &Path) -> Result<PathBuf, DiskError> {
        self.reach(path, real_path)
    }

    /// Does something with a path in the root that it is in, through links from one to another.
    fn reach<T>(
        &self,
        path: &Path,
        act: impl Fn(&Root, &Path) -> Result<T, DiskError>,
    ) -> Result<T, DiskError> {
        let (mut here, mut link) = (path.to_path_buf(), path.to_path_buf());
        for _ in 0..MOST_CROSSINGS {
            let Some((root, relative)) = self.find(&here) else {
                return Err(self.outside(path, link, here));
            };
            match act(&root, &relative) {
                Err(DiskError::Refused {
                    refusal: Refusal::Outside { link: by, to, .. },
                    ..
                }) => {
                    if let Ok(target) = root.read_link(below(&root, &by)) {
                        self.admit_package(&by, &target);
                    }
                    (link, here) = (by, to);
                }
                answer => return answer,
            }
        }
        Err(DiskError::refused(path, Refusal::LinkLoop))
    }

    fn outside(&self, path: &Path, link: PathBuf, to: PathBuf) -> DiskError {
        let root = self.import_root.clone();
        DiskError::refused(path, Refusal::Outside { root, link, to })
    }

    fn find(&self, path: &Path) -> Option<(Arc<Root>, PathBuf)> {
        let path = without_dots(path);
        let roots = self.roots.read().unwrap_or_else(PoisonError::into_inner);
        roots.iter().find_map(|root| {
            let relative = path.strip_prefix(root.path()).ok()?;
            Some((Arc::clone(root), relative.to_path_buf()))
        })
    }

    fn is_on_the_way(&self, path: &Path) -> bool {
        let roots = self.roots.read().unwrap_or_else(PoisonError::into_inner);
        roots
            .iter()
            .any(|root| root.path() != path && root.path().starts_with(path))
    }

    /// Makes the package that a link leads to a root, where it is the link of a package in a
    /// `node_modules` above and leads to a place below the folder that this is in.
    fn admit_package(&self, link: &Path, target: &Path) {
        let Some(installed) = self
            .installed
            .iter()
            .find(|installed| installed.holds_package(link))
        else {
            return;
        };
        let folder = link.parent().unwrap_or(link);
        let package = without_dots(&folder.join(target));
        let Ok(relative) = package.strip_prefix(installed.above.path()) else {
            return;
        };
        if relative.as_os_str().is_empty() || self.include(&package) {
            return;
        }
        let Ok(root) = installed.open_package(relative) else {
            return;
        };
        let mut roots = self.roots.write().unwrap_or_else(PoisonError::into_inner);
        if roots.len() < MOST_LINKED_PACKAGES {
            roots.push(Arc::new(root));
        }
    }
}

impl Installed {
    /// Opens the folder of a package. No link leads there: so its path says where it really is.
    fn open_package(&self, relative: &Path) -> Result<Root, DiskError> {
        let above = Root::open(self.above.path(), Links::Refused)?;
        above.open_folder(relative, Links::Inside)
    }

    /// Returns whether a path is that of a package in it: `name` or `@scope/name`.
    fn holds_package(&self, path: &Path) -> bool {
        let Ok(relative) = path.strip_prefix(&self.path) else {
            return false;
        };
        let names: Vec<_> = relative.components().collect();
        let is_scope = |name: &Component| name.as_os_str().as_encoded_bytes().starts_with(b"@");
        match names.as_slice() {
            [name] => !is_scope(name),
            [scope, _] => is_scope(scope),
            _ => false,
        }
    }
}

fn below<'a>(root: &Root, path: &'a Path) -> &'a Path {
    path.strip_prefix(root.path()).unwrap_or(path)
}

fn real_path(root: &Root, relative: &Path) -> Result<PathBuf, DiskError> {
    let place = walk(root, relative)?;
    Ok(without_dots(
        &root.path().join(place.below).join(place.name),
    ))
}
