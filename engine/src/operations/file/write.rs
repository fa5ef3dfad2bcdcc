//! Writing files and making folders.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;

use super::replace::replace;
use super::{Encoding, FileOperation, FilePath, OperationError, Scope};

/// Says which file to write and what into it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileWrite {
    /// The file; folders that are missing on the way to it are made.
    pub path: FilePath,
    /// What to write.
    pub data: String,
    /// How `data` gives the bytes.
    #[serde(default)]
    pub encoding: Encoding,
    /// The permission bits the file gets; those it had, or the usual ones, without.
    #[serde(default)]
    pub mode: Option<FileMode>,
    /// Whether to add to the end of the file.
    #[serde(default)]
    pub append: bool,
}

/// Is a file's permission bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub struct FileMode(u32);

impl TryFrom<u32> for FileMode {
    type Error = String;

    fn try_from(bits: u32) -> Result<Self, String> {
        if bits > 0o7777 {
            return Err(format!(
                "the mode {bits:#o} has bits that are no permissions"
            ));
        }
        Ok(Self(bits))
    }
}

impl FileOperation for FileWrite {
    type Outcome = ();

    fn action(&self) -> String {
        format!("write {:?}", self.path.as_str())
    }

    fn perform(&self, scope: &Scope) -> Result<(), OperationError> {
        let decoded;
        let bytes = match self.encoding {
            Encoding::Utf8 => self.data.as_bytes(),
            Encoding::Base64 => {
                decoded = BASE64
                    .decode(&self.data)
                    .map_err(|_| scope.refused("its data is not base64"))?;
                &decoded
            }
        };
        let path = scope.resolve(&self.path);
        make_parents(&path).map_err(|error| scope.failed(error))?;
        let written = if self.append {
            append(&path, bytes, self.mode)
        } else {
            replace(&path, |file| fill(file, bytes, self.mode))
        };
        written.map_err(|error| scope.failed(error))
    }
}

/// Makes the folders on the way to a file.
pub(super) fn make_parents(path: &Path) -> io::Result<()> {
    match path.parent().map_or(Ok(()), fs::create_dir_all) {
        // A file on the way is what exists already.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(io::ErrorKind::NotADirectory.into())
        }
        made => made,
    }
}

fn append(path: &Path, bytes: &[u8], mode: Option<FileMode>) -> io::Result<()> {
    let mut file = File::options().append(true).create(true).open(path)?;
    fill(&mut file, bytes, mode)
}

fn fill(file: &mut File, bytes: &[u8], mode: Option<FileMode>) -> io::Result<()> {
    file.write_all(bytes)?;
    mode.map_or(Ok(()), |mode| set_mode(file, mode))
}

#[cfg(unix)]
fn set_mode(file: &File, mode: FileMode) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(mode.0))
}

/// Takes over what such a system knows of permission bits: whether a file can be written.
#[cfg(not(unix))]
fn set_mode(file: &File, mode: FileMode) -> io::Result<()> {
    let mut permissions = file.metadata()?.permissions();
    permissions.set_readonly(mode.0 & 0o222 == 0);
    file.set_permissions(permissions)
}

/// Says which folder to make.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileMkdir {
    /// The folder.
    pub path: FilePath,
    /// Whether folders on the way to it are made too, and one that is there is as good.
    #[serde(default = "yes")]
    pub recursive: bool,
}

fn yes() -> bool {
    true
}

impl FileOperation for FileMkdir {
    type Outcome = ();

    fn action(&self) -> String {
        format!("make the folder {:?}", self.path.as_str())
    }

    fn perform(&self, scope: &Scope) -> Result<(), OperationError> {
        let path = scope.resolve(&self.path);
        let made = if self.recursive {
            fs::create_dir_all(path)
        } else {
            fs::create_dir(path)
        };
        made.map_err(|error| scope.failed(error))
    }
}
