//! Going a path part by part, never through a link that was not read: for systems whose kernel does
//! not know how to stay beneath a folder, and to find out why one that does has refused.

use std::{
    collections::VecDeque,
    ffi::{OsStr, OsString},
    os::{fd::OwnedFd, unix::ffi::OsStringExt as _},
    path::{Component, Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, Mode, OFlags, Stat, fstat, openat, readlinkat, statat},
    io::Errno,
};

use super::{DiskError, EntryKind, Links, Refusal, Root, Status, beneath::LOOKING};

/// How many links one path may lead through, as on Linux.
const MOST_LINKS: usize = 40;

/// What a path leads to: a name in an opened folder.
pub(super) struct Place {
    pub(super) folder: OwnedFd,
    /// Where the folder is below the root, without links.
    pub(super) below: PathBuf,
    pub(super) name: OsString,
    pub(super) stat: Stat,
}

/// Goes a relative path to its end.
pub(super) fn walk(root: &Root, relative: &Path) -> Result<Place, DiskError> {
    Walk::begin(root, relative)?.run()
}

struct Walk<'a> {
    root: &'a Root,
    /// The path that was asked for.
    asked: PathBuf,
    /// The folder that was reached, and where below the root it is.
    folder: OwnedFd,
    below: PathBuf,
    /// What is still to go.
    parts: VecDeque<OsString>,
    links: usize,
    /// The last link that was followed.
    link: Option<PathBuf>,
}

impl<'a> Walk<'a> {
    fn begin(root: &'a Root, relative: &Path) -> Result<Self, DiskError> {
        let asked = root.path().join(relative);
        let mut walk = Self {
            folder: open_folder(root, OsStr::new("."), &asked)?,
            root,
            asked,
            below: PathBuf::new(),
            parts: VecDeque::new(),
            links: 0,
            link: None,
        };
        walk.put_in_front(relative);
        Ok(walk)
    }

    fn run(mut self) -> Result<Place, DiskError> {
        while let Some(part) = self.parts.pop_front() {
            if part == ".." {
                self.go_up()?;
                continue;
            }
            let stat = statat(&self.folder, &*part, AtFlags::SYMLINK_NOFOLLOW)
                .map_err(|errno| DiskError::from_system(&self.asked, errno))?;
            match Status::of(&stat).kind {
                EntryKind::Link => self.follow(&part)?,
                _ if self.parts.is_empty() => {
                    return Ok(Place {
                        folder: self.folder,
                        below: self.below,
                        name: part,
                        stat,
                    });
                }
                EntryKind::Folder => self.enter(&part)?,
                kind => return Err(self.refused(Refusal::NotAFolder { kind })),
            }
        }
        let stat =
            fstat(&self.folder).map_err(|errno| DiskError::from_system(&self.asked, errno))?;
        Ok(Place {
            folder: self.folder,
            below: self.below,
            name: OsString::from("."),
            stat,
        })
    }

    fn enter(&mut self, name: &OsStr) -> Result<(), DiskError> {
        self.folder = open_folder(&self.folder, name, &self.asked)?;
        self.below.push(name);
        Ok(())
    }

    /// Goes to the folder above by going to it again: so few folders are open at a time, whatever
    /// the path.
    fn go_up(&mut self) -> Result<(), DiskError> {
        if !self.below.pop() {
            let above = self.root.path().parent().unwrap_or(Path::new("/"));
            return Err(self.outside(above.to_path_buf()));
        }
        let below = std::mem::take(&mut self.below);
        self.folder = open_folder(self.root, OsStr::new("."), &self.asked)?;
        below.iter().try_for_each(|name| self.enter(name))
    }

    fn follow(&mut self, name: &OsStr) -> Result<(), DiskError> {
        if self.root.links() == Links::Refused {
            return Err(self.refused(Refusal::Link));
        }
        self.links += 1;
        if self.links > MOST_LINKS {
            return Err(self.refused(Refusal::LinkLoop));
        }
        let target = read_link(&self.folder, name)
            .map_err(|errno| DiskError::from_system(&self.asked, errno))?;
        self.link = Some(self.root.path().join(&self.below).join(name));
        if !target.is_absolute() {
            self.put_in_front(&target);
            return Ok(());
        }
        let Ok(inside) = target.strip_prefix(self.root.path()) else {
            return Err(self.outside(target));
        };
        self.below.clear();
        self.folder = open_folder(self.root, OsStr::new("."), &self.asked)?;
        self.put_in_front(inside);
        Ok(())
    }

    fn put_in_front(&mut self, path: &Path) {
        for component in path.components().rev() {
            match component {
                Component::Normal(name) => self.parts.push_front(name.to_owned()),
                Component::ParentDir => self.parts.push_front(OsString::from("..")),
                Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
            }
        }
    }

    fn outside(&self, mut to: PathBuf) -> DiskError {
        to.extend(&self.parts);
        self.refused(Refusal::Outside {
            root: self.root.path().to_path_buf(),
            link: self.link.clone().unwrap_or_else(|| self.asked.clone()),
            to: without_dots(&to),
        })
    }

    fn refused(&self, refusal: Refusal) -> DiskError {
        DiskError::refused(&self.asked, refusal)
    }
}

fn open_folder(
    folder: impl std::os::fd::AsFd,
    name: &OsStr,
    asked: &Path,
) -> Result<OwnedFd, DiskError> {
    let flags = LOOKING | OFlags::DIRECTORY | OFlags::NOFOLLOW;
    openat(folder, name, flags, Mode::empty()).map_err(|errno| DiskError::from_system(asked, errno))
}

/// Reads where a link leads, without going there.
pub(super) fn read_link(folder: impl std::os::fd::AsFd, name: &OsStr) -> Result<PathBuf, Errno> {
    let target = readlinkat(folder, name, Vec::new())?;
    Ok(PathBuf::from(OsString::from_vec(target.into_bytes())))
}

/// Takes `.` and `..` out of an absolute path by its text alone.
pub(super) fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}
