//! A folder as decisions know it: its path, and what tells it from another one at that path.

use std::{
    fs::Metadata,
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A folder at the moment of a decision.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Folder {
    /// The absolute path, without symbolic links.
    #[serde(rename = "folder", with = "path_text")]
    pub path: PathBuf,
    /// The file system it is on.
    pub device: u64,
    /// The number it has there.
    pub inode: u64,
    /// When it was made, where the file system knows. A number may be given to a new folder as
    /// soon as the old one is deleted; this tells the two apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Timestamp>,
}

/// What became of a folder since a decision about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FolderFate {
    /// It is where it was.
    Present,
    /// Another folder is in its place.
    Replaced,
    /// There is no folder at its path.
    Gone,
}

impl Folder {
    /// Reads what tells a folder from others, following symbolic links to it.
    ///
    /// # Errors
    /// Where there is no folder at the path, or it cannot be looked at.
    #[expect(
        clippy::disallowed_methods,
        reason = "the path is what a person has named, and nothing of it is read"
    )]
    pub fn at(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        let metadata = path.metadata()?;
        if !metadata.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            made: made(&metadata),
            path,
        })
    }

    /// Returns whether two descriptions are of one folder at one path.
    ///
    /// Some file systems get another device number each time they are mounted, so that number
    /// counts only where nothing better is known.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let is_one_folder = match (self.made, other.made) {
            (Some(made), Some(other)) => made == other,
            _ => self.device == other.device,
        };
        self.path == other.path && self.inode == other.inode && is_one_folder
    }

    /// Returns what became of the folder.
    #[must_use]
    pub fn fate(&self) -> FolderFate {
        match Self::at(&self.path) {
            Ok(now) if now.is_same(self) => FolderFate::Present,
            Ok(_) => FolderFate::Replaced,
            Err(_) => FolderFate::Gone,
        }
    }
}

fn made(metadata: &Metadata) -> Option<Timestamp> {
    Timestamp::try_from(metadata.created().ok()?).ok()
}

/// Paths as JSON: a text, or the bytes of what is none.
pub(super) mod path_text {
    use std::{
        ffi::OsString,
        os::unix::ffi::{OsStrExt as _, OsStringExt as _},
        path::{Path, PathBuf},
    };

    use serde::{Deserialize, Deserializer, Serialize as _, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Bytes(Vec<u8>),
    }

    pub(in crate::trust) fn serialize<S: Serializer>(
        path: &Path,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match path.to_str() {
            Some(text) => serializer.serialize_str(text),
            None => path.as_os_str().as_bytes().serialize(serializer),
        }
    }

    pub(in crate::trust) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<PathBuf, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::Text(text) => PathBuf::from(text),
            Written::Bytes(bytes) => PathBuf::from(OsString::from_vec(bytes)),
        })
    }
}
