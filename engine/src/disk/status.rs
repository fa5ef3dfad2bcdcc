//! What is known of a file or folder without reading it.

use std::{
    fmt,
    path::Path,
    time::{Duration, SystemTime},
};

use rustix::fs::{AtFlags, CWD, FileType, Stat, statat};

use super::DiskError;

/// A kind of entry of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A named pipe.
    Pipe,
    /// A device.
    Device,
    /// A socket, or what the system does not name.
    Other,
}

impl EntryKind {
    pub(super) fn of(file_type: FileType) -> Self {
        match file_type {
            FileType::RegularFile => Self::File,
            FileType::Directory => Self::Folder,
            FileType::Symlink => Self::Link,
            FileType::Fifo => Self::Pipe,
            FileType::CharacterDevice | FileType::BlockDevice => Self::Device,
            _ => Self::Other,
        }
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::File => "a file",
            Self::Folder => "a folder",
            Self::Link => "a symbolic link",
            Self::Pipe => "a named pipe",
            Self::Device => "a device",
            Self::Other => "a socket or something else",
        })
    }
}

/// The identity of a file, whatever its names: no two files of one moment share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileIdentity {
    /// The number of the file system.
    pub device: u64,
    /// The number of the file in it.
    pub inode: u64,
}

/// The status of a file or folder at the moment it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// What it is.
    pub kind: EntryKind,
    /// Its size in bytes, as the file system reports it.
    pub bytes: u64,
    /// The user id of its owner.
    pub owner: u32,
    /// Which file it is.
    pub identity: FileIdentity,
    /// When its content was changed last.
    pub modified: SystemTime,
    /// When its content, its mode or its owner was changed last, which nobody can set.
    pub changed: SystemTime,
}

impl Status {
    /// Returns the status of an entry by its path: of a link itself, though links on the way are
    /// followed. For paths that a person names; nothing is opened.
    ///
    /// # Errors
    /// Where there is nothing, or the system refuses.
    pub fn at(path: &Path) -> Result<Self, DiskError> {
        let stat = statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW)
            .map_err(|errno| DiskError::from_system(path, errno))?;
        Ok(Self::of(&stat))
    }

    pub(super) fn of(stat: &Stat) -> Self {
        Self {
            kind: EntryKind::of(FileType::from_raw_mode(stat.st_mode)),
            bytes: u64::try_from(stat.st_size).unwrap_or(0),
            owner: stat.st_uid,
            identity: FileIdentity {
                device: device(stat),
                inode: stat.st_ino,
            },
            modified: time(stat.st_mtime, nanoseconds(stat.st_mtime_nsec)),
            changed: time(stat.st_ctime, nanoseconds(stat.st_ctime_nsec)),
        }
    }
}

#[cfg(not(target_vendor = "apple"))]
fn device(stat: &Stat) -> u64 {
    stat.st_dev
}

#[cfg(target_vendor = "apple")]
fn device(stat: &Stat) -> u64 {
    u64::from(stat.st_dev.cast_unsigned())
}

fn nanoseconds<Number>(count: Number) -> u32
where
    u32: TryFrom<Number>,
{
    u32::try_from(count).unwrap_or(0)
}

/// Returns a moment by its seconds from the epoch, before it the epoch itself.
fn time(seconds: i64, nanoseconds: u32) -> SystemTime {
    let seconds = u64::try_from(seconds).unwrap_or(0);
    let since = Duration::from_secs(seconds) + Duration::from_nanos(u64::from(nanoseconds));
    SystemTime::UNIX_EPOCH
        .checked_add(since)
        .unwrap_or(SystemTime::UNIX_EPOCH)
}
