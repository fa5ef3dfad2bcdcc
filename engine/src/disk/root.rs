//! A folder that was opened once, and reading what is below it.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::Read as _,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::ffi::OsStrExt as _,
    },
    path::{Path, PathBuf},
};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, fstat, open, openat, statat};

use super::{
    DiskError, EntryKind, Refusal, Status,
    beneath::{LOOKING, look, open_folder, open_to_read, split},
    walk::read_link,
};

/// What becomes of symbolic links below a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// They are followed as long as they stay below the folder.
    Inside,
    /// None is followed.
    Refused,
}

/// The way to resolve a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resolution {
    /// By the kernel, where it can.
    Kernel,
    /// Part by part.
    ByHand,
}

/// A folder that was opened once; everything below it is named relative to it.
#[derive(Debug)]
pub struct Root {
    path: PathBuf,
    folder: OwnedFd,
    links: Links,
    resolution: Resolution,
}

/// The entries of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Names and what they name, in no order; nothing for a kind that the system did not say.
    pub entries: Vec<(OsString, Option<EntryKind>)>,
    /// Whether these are all.
    pub is_complete: bool,
}

impl AsFd for Root {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.folder.as_fd()
    }
}

impl Root {
    /// Opens a folder by its path, through links as well: whoever names it answers for it. The path is to be
    /// absolute and without links where absolute links below it are to be followed.
    ///
    /// # Errors
    /// Where it cannot be opened or is no folder.
    pub fn open(path: &Path, links: Links) -> Result<Self, DiskError> {
        let flags = LOOKING | OFlags::DIRECTORY;
        let folder = open(path, flags, Mode::empty())
            .map_err(|errno| DiskError::from_system(path, errno))?;
        Ok(Self::new(path.to_path_buf(), folder, links))
    }

    /// Opens a folder that a person names, wherever it really is: its path is then without links.
    ///
    /// # Errors
    /// Where it cannot be opened or is no folder.
    #[expect(
        clippy::disallowed_methods,
        reason = "the path is the person's own, and the folder is opened by what it leads to"
    )]
    pub fn open_named(path: &Path, links: Links) -> Result<Self, DiskError> {
        let real = path
            .canonicalize()
            .map_err(|error| DiskError::from_io(path, error))?;
        Self::open(&real, links)
    }

    /// Opens a folder that a person names, and makes it and those above where they are missing.
    ///
    /// # Errors
    /// Where it cannot be made or opened, or is no folder.
    #[expect(clippy::disallowed_methods, reason = "the path is the person's own")]
    pub fn make_named(path: &Path, links: Links) -> Result<Self, DiskError> {
        std::fs::create_dir_all(path).map_err(|error| DiskError::from_io(path, error))?;
        Self::open_named(path, links)
    }

    fn new(path: PathBuf, folder: OwnedFd, links: Links) -> Self {
        let resolution = Resolution::Kernel;
        Self {
            path,
            folder,
            links,
            resolution,
        }
    }

    /// Opens a folder below this one as a root of its own.
    ///
    /// # Errors
    /// Where there is none, or what is there is refused.
    pub fn open_folder(&self, relative: &Path, links: Links) -> Result<Self, DiskError> {
        let folder =
            open_folder(self, relative).map_err(|error| self.not_a_folder(relative, error))?;
        Ok(Self::new(self.path_of(relative), folder, links))
    }

    /// A path that is something else than a folder is answered by a number that says nothing of
    /// what it is.
    fn not_a_folder(&self, relative: &Path, error: DiskError) -> DiskError {
        match (&error, self.status(relative)) {
            (DiskError::System { path, .. }, Ok(status)) if status.kind != EntryKind::Folder => {
                DiskError::refused(path, Refusal::NotAFolder { kind: status.kind })
            }
            _ => error,
        }
    }

    /// Returns the path that it was opened by.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the path of something below the folder, or of the folder itself.
    #[must_use]
    pub fn path_of(&self, relative: &Path) -> PathBuf {
        // `join` would end the path of the folder itself with a slash.
        let components = self.path.components().chain(relative.components());
        components.collect()
    }

    pub(super) fn links(&self) -> Links {
        self.links
    }

    pub(super) fn folder(&self) -> &OwnedFd {
        &self.folder
    }

    pub(super) fn resolution(&self) -> Resolution {
        self.resolution
    }

    #[cfg(test)]
    pub(super) fn by_hand(mut self) -> Self {
        self.resolution = Resolution::ByHand;
        self
    }

    /// Returns the status of what a path leads to.
    ///
    /// # Errors
    /// Where there is nothing, or the way to it is refused.
    pub fn status(&self, relative: &Path) -> Result<Status, DiskError> {
        Ok(Status::of(&look(self, relative)?))
    }

    /// Returns the status of a path itself, of a link and not of what it leads to. The way to it is
    /// that of any other.
    ///
    /// # Errors
    /// Where there is nothing, or the way to it is refused.
    pub fn link_status(&self, relative: &Path) -> Result<Status, DiskError> {
        let Some((folder, name)) = split(relative) else {
            return self.status(relative);
        };
        let folder = open_folder(self, &folder)?;
        let stat = statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW);
        let stat =
            stat.map_err(|errno| DiskError::from_system(&self.path.join(relative), errno))?;
        Ok(Status::of(&stat))
    }

    /// Returns where a link leads as it is written, without going there.
    ///
    /// # Errors
    /// Where there is no link, or the way to it is refused.
    pub fn read_link(&self, relative: &Path) -> Result<PathBuf, DiskError> {
        let (folder, name) = split(relative).unwrap_or_default();
        let folder = open_folder(self, &folder)?;
        read_link(&folder, name)
            .map_err(|errno| DiskError::from_system(&self.path.join(relative), errno))
    }

    /// Opens a regular file to read it; the status is that of the opened file.
    ///
    /// # Errors
    /// Where there is none, what is there is something else, or the way to it is refused.
    pub fn open_file(&self, relative: &Path) -> Result<(File, Status), DiskError> {
        let (opened, stat) = open_to_read(self, relative)?;
        let status = Status::of(&stat);
        if status.kind != EntryKind::File {
            let refusal = Refusal::NotAFile { kind: status.kind };
            return Err(DiskError::refused(self.path.join(relative), refusal));
        }
        Ok((File::from(opened), status))
    }

    /// Reads a regular file of at most `limit` bytes.
    ///
    /// # Errors
    /// Where there is none, what is there is something else or larger, it changes while it is
    /// read, or the way to it is refused.
    pub fn read(&self, relative: &Path, limit: u64) -> Result<Vec<u8>, DiskError> {
        self.read_with_status(relative, limit)
            .map(|(bytes, _)| bytes)
    }

    /// Reads a regular file of at most `limit` bytes, with its status at the moment of opening.
    ///
    /// # Errors
    /// As [`Root::read`].
    pub fn read_with_status(
        &self,
        relative: &Path,
        limit: u64,
    ) -> Result<(Vec<u8>, Status), DiskError> {
        match self.read_once(relative, limit) {
            Err(error) if error.refusal() == Some(&Refusal::Changing) => {
                self.read_once(relative, limit)
            }
            answer => answer,
        }
    }

    fn read_once(&self, relative: &Path, limit: u64) -> Result<(Vec<u8>, Status), DiskError> {
        let (file, status) = self.open_file(relative)?;
        let path = || self.path.join(relative);
        let too_large = || DiskError::refused(path(), Refusal::TooLarge { limit });
        if status.bytes > limit {
            return Err(too_large());
        }
        // The size is where reading begins and not where it ends: files of the kernel say 0, and
        // any other may grow.
        let mut bytes = Vec::with_capacity(usize::try_from(status.bytes).unwrap_or(0) + 1);
        (&file)
            .take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| DiskError::from_io(&path(), error))?;
        if bytes.len() as u64 > limit {
            return Err(too_large());
        }
        let after = fstat(&file).map_err(|errno| DiskError::from_system(&path(), errno))?;
        if Status::of(&after) != status {
            return Err(DiskError::refused(path(), Refusal::Changing));
        }
        Ok((bytes, status))
    }

    /// Lists a folder, at most so many of its entries; `.` and `..` are left out.
    ///
    /// # Errors
    /// Where there is none, or the way to it is refused.
    pub fn list(&self, relative: &Path, most: usize) -> Result<Listing, DiskError> {
        let fail = |errno| DiskError::from_system(&self.path.join(relative), errno);
        let folder =
            open_folder(self, relative).map_err(|error| self.not_a_folder(relative, error))?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let readable = openat(&folder, ".", flags, Mode::empty()).map_err(fail)?;
        let mut listing = Listing {
            entries: Vec::new(),
            is_complete: true,
        };
        for entry in Dir::new(readable).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            if listing.entries.len() == most {
                listing.is_complete = false;
                break;
            }
            let kind = match entry.file_type() {
                FileType::Unknown => None,
                known => Some(EntryKind::of(known)),
            };
            listing.entries.push((name.to_owned(), kind));
        }
        Ok(listing)
    }
}
