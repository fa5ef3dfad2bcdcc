//! Making and replacing files below a folder, never through a link.

use std::{
    ffi::OsStr,
    fs::File,
    io::Write as _,
    os::fd::OwnedFd,
    path::{Component, Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, Mode, OFlags, fstat, mkdirat, openat, renameat, unlinkat},
    io::Errno,
};

use super::{
    DiskError, EntryKind, Refusal, Root, Status,
    beneath::{LOOKING, open_folder, split},
    own_files::temporary_name,
    walk::without_dots,
};

/// Whether something had to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// It is new.
    New,
    /// It was there before.
    Before,
}

/// The mode of what is made, before the process's mask takes its part away.
const FILE_MODE: Mode = Mode::from_bits_retain(0o666);
const FOLDER_MODE: Mode = Mode::from_bits_retain(0o777);

const WRITING: OFlags = OFlags::WRONLY
    .union(OFlags::CREATE)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY)
    .union(OFlags::CLOEXEC);

impl Root {
    /// Makes a folder and those that lead to it; each has to be a real folder, whether it is new or not.
    ///
    /// # Errors
    /// Where something else is in the way, a link among them, or the system refuses.
    pub fn create_folders(&self, relative: &Path) -> Result<Made, DiskError> {
        let mut folder = open_folder(self, Path::new(""))?;
        let mut made = Made::Before;
        let mut path = self.path().to_path_buf();
        for component in relative.components() {
            let name = component.as_os_str();
            path.push(name);
            if !matches!(component, Component::Normal(_)) {
                return Err(self.not_below(relative));
            }
            match mkdirat(&folder, name, FOLDER_MODE) {
                Ok(()) => made = Made::New,
                Err(Errno::EXIST) => {}
                Err(errno) => return Err(DiskError::from_system(&path, errno)),
            }
            folder = enter(&folder, name, &path)?;
        }
        Ok(made)
    }

    /// Replaces a file at once, or makes it: whoever reads it sees the old content or the new. A link at
    /// the path is replaced itself.
    ///
    /// # Errors
    /// Where its folder is missing or refused, a folder is in its place, or it cannot be written.
    pub fn replace(&self, relative: &Path, contents: &[u8]) -> Result<(), DiskError> {
        let (folder, name, path) = self.place(relative)?;
        let temporary = temporary_name();
        let fail = |errno| DiskError::from_system(&path, errno);
        let written = (|| {
            let flags = WRITING | OFlags::EXCL;
            let file = openat(&folder, &*temporary, flags, FILE_MODE).map_err(fail)?;
            write(File::from(file), contents, &path)?;
            renameat(&folder, &*temporary, &folder, name).map_err(fail)
        })();
        if written.is_err() {
            // What is left of it is removed with the other files of the folder later.
            let _ = unlinkat(&folder, &*temporary, AtFlags::empty());
        }
        written
    }

    /// Makes a file; one that is there stays, whatever it is.
    ///
    /// # Errors
    /// Where its folder is missing or refused, or it cannot be written.
    pub fn create_file(&self, relative: &Path, contents: &[u8]) -> Result<Made, DiskError> {
        let (folder, name, path) = self.place(relative)?;
        match openat(&folder, name, WRITING | OFlags::EXCL, FILE_MODE) {
            Ok(file) => write(File::from(file), contents, &path).map(|()| Made::New),
            Err(Errno::EXIST) => Ok(Made::Before),
            Err(errno) => Err(DiskError::from_system(&path, errno)),
        }
    }

    /// Opens a regular file to write at its end, and makes it where there is none.
    ///
    /// # Errors
    /// Where its folder is missing or refused, a link or something else is in its place, or the
    /// system refuses.
    pub fn open_to_append(&self, relative: &Path) -> Result<File, DiskError> {
        let (folder, name, path) = self.place(relative)?;
        let file = match openat(&folder, name, WRITING | OFlags::APPEND, FILE_MODE) {
            Ok(file) => file,
            Err(Errno::LOOP) => return Err(DiskError::refused(path, Refusal::Link)),
            Err(errno) => return Err(DiskError::from_system(&path, errno)),
        };
        let stat = fstat(&file).map_err(|errno| DiskError::from_system(&path, errno))?;
        match Status::of(&stat).kind {
            EntryKind::File => Ok(File::from(file)),
            kind => Err(DiskError::refused(path, Refusal::NotAFile { kind })),
        }
    }

    /// Folders are made one by one, and `..` would be one of them.
    fn not_below(&self, relative: &Path) -> DiskError {
        let path = self.path().join(relative);
        let refusal = Refusal::Outside {
            root: self.path().to_path_buf(),
            link: path.clone(),
            to: without_dots(&path),
        };
        DiskError::refused(path, refusal)
    }

    /// Returns the opened folder of a path, its last name and the whole path.
    fn place<'a>(&self, relative: &'a Path) -> Result<(OwnedFd, &'a OsStr, PathBuf), DiskError> {
        let path = self.path().join(relative);
        let Some((folder, name)) = split(relative) else {
            let kind = EntryKind::Folder;
            return Err(DiskError::refused(path, Refusal::NotAFile { kind }));
        };
        Ok((open_folder(self, &folder)?, name, path))
    }
}

fn enter(folder: &OwnedFd, name: &OsStr, path: &Path) -> Result<OwnedFd, DiskError> {
    let flags = LOOKING | OFlags::DIRECTORY | OFlags::NOFOLLOW;
    openat(folder, name, flags, Mode::empty()).map_err(|errno| match errno {
        // A link that is not followed is no folder either: which of both a system says differs.
        Errno::LOOP | Errno::NOTDIR => match kind_of(folder, name) {
            Some(EntryKind::Link) | None => DiskError::refused(path, Refusal::Link),
            Some(kind) => DiskError::refused(path, Refusal::NotAFolder { kind }),
        },
        errno => DiskError::from_system(path, errno),
    })
}

fn kind_of(folder: &OwnedFd, name: &OsStr) -> Option<EntryKind> {
    let stat = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
    Some(Status::of(&stat).kind)
}

fn write(mut file: File, contents: &[u8], path: &Path) -> Result<(), DiskError> {
    file.write_all(contents)
        .map_err(|error| DiskError::from_io(path, error))
}
