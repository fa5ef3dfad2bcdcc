//! Files and folders that somebody else may have put there: looked at before they are used.
//!
//! What lies beside a state may come with a repository: a link that leads elsewhere, a named pipe
//! that waits for ever, a file of many gigabytes. Nothing here follows a link or waits, and
//! nothing is read that is no regular file.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::{fmt, fs};

use nix::fcntl::OFlag;
use nix::unistd::Uid;

use super::StateError;

/// A sort of thing that a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// An ordinary file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A named pipe.
    Pipe,
    /// A socket.
    Socket,
    /// A device.
    Device,
}

impl FileKind {
    /// Returns the kind that the system says of a path or an open file.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        let kind = metadata.file_type();
        if kind.is_symlink() {
            Self::Link
        } else if kind.is_dir() {
            Self::Folder
        } else if kind.is_fifo() {
            Self::Pipe
        } else if kind.is_socket() {
            Self::Socket
        } else if kind.is_file() {
            Self::File
        } else {
            Self::Device
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::File => "a file",
            Self::Folder => "a folder",
            Self::Link => "a symbolic link",
            Self::Pipe => "a named pipe",
            Self::Socket => "a socket",
            Self::Device => "a device",
        })
    }
}

/// One file among all that a machine has had at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }
}

/// Returns what the system says of a path itself, nothing where there is nothing.
pub(super) fn look(path: &Path) -> Result<Option<Metadata>, StateError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StateError::from_reading("look at", path, error)),
    }
}

/// Returns the error of a path that leads to something else than a regular file.
pub(super) fn require_file(path: &Path, metadata: &Metadata) -> Result<(), StateError> {
    require_kind(path, metadata, FileKind::File)
}

/// Returns the error of a path that leads to something else than a folder.
pub(super) fn require_folder(path: &Path) -> Result<(), StateError> {
    match look(path)? {
        Some(metadata) => require_kind(path, &metadata, FileKind::Folder),
        None => Ok(()),
    }
}

fn require_kind(path: &Path, metadata: &Metadata, wanted: FileKind) -> Result<(), StateError> {
    let found = FileKind::of(metadata);
    if found == wanted {
        return Ok(());
    }
    Err(StateError::WrongKind {
        path: path.to_owned(),
        found,
        wanted,
    })
}

/// Returns the error of a file that belongs to somebody else than this user or the system.
///
/// Under `sudo` the user who asked for it counts as this one.
pub(super) fn require_own(path: &Path, metadata: &Metadata) -> Result<(), StateError> {
    let owner = metadata.uid();
    let is_own = owner == 0 || owner == Uid::effective().as_raw() || Some(owner) == sudo_user();
    if is_own {
        return Ok(());
    }
    Err(StateError::OtherOwner {
        path: path.to_owned(),
        owner,
    })
}

fn sudo_user() -> Option<u32> {
    let is_root = Uid::effective().is_root();
    let user = std::env::var("SUDO_UID").ok().filter(|_| is_root)?;
    user.parse().ok()
}

/// Opens a regular file to read it; nothing where there is none.
pub(super) fn open_to_read(path: &Path) -> Result<Option<(File, Metadata)>, StateError> {
    match open(path, OpenOptions::new().read(true)) {
        Ok(opened) => Ok(Some(opened)),
        Err(Closed::Missing(_)) => Ok(None),
        Err(Closed::Refused(error)) => Err(error),
        Err(Closed::Failed(error)) => Err(StateError::from_reading("read", path, error)),
    }
}

/// Opens a regular file to read and write it, with a mode for one that is made for it.
pub(super) fn open_or_create(
    doing: &'static str,
    path: &Path,
    mode: u32,
) -> Result<(File, Metadata), StateError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).mode(mode);
    match open(path, &mut options) {
        Ok(opened) => Ok(opened),
        Err(Closed::Refused(error)) => Err(error),
        Err(Closed::Missing(error) | Closed::Failed(error)) => {
            Err(StateError::from_writing(doing, path, error))
        }
    }
}

/// The reason why a file is not open.
enum Closed {
    Missing(io::Error),
    Refused(StateError),
    Failed(io::Error),
}

/// Opens a regular file without following a link or waiting for anyone.
fn open(path: &Path, options: &mut OpenOptions) -> Result<(File, Metadata), Closed> {
    let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let file = options
        .custom_flags(flags.bits())
        .open(path)
        .map_err(|error| why_closed(path, error))?;
    let metadata = file.metadata().map_err(Closed::Failed)?;
    require_file(path, &metadata).map_err(Closed::Refused)?;
    Ok((file, metadata))
}

/// Tells what is no regular file, for which the system has an error for each kind, from what
/// cannot be opened.
fn why_closed(path: &Path, error: io::Error) -> Closed {
    if error.kind() == io::ErrorKind::NotFound {
        return Closed::Missing(error);
    }
    let refused = look(path).and_then(|found| match found {
        Some(metadata) => require_file(path, &metadata),
        None => Ok(()),
    });
    match refused {
        Err(refused) => Closed::Refused(refused),
        Ok(()) => Closed::Failed(error),
    }
}

/// Reads a file to its end, if that comes before a limit in bytes.
pub(super) fn read_bounded(path: &Path, file: File, limit: u64) -> Result<Vec<u8>, StateError> {
    let mut content = Vec::new();
    // What the system says of the size is not to be relied on, so one more byte is asked for.
    let read = file.take(limit + 1).read_to_end(&mut content);
    let read = read.map_err(|error| StateError::from_reading("read", path, error))?;
    if u64::try_from(read).is_ok_and(|read| read <= limit) {
        return Ok(content);
    }
    Err(StateError::TooLarge {
        path: path.to_owned(),
        limit,
    })
}
