//! Reading a whole file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;

use super::{FileOperation, FilePath, OperationError, Scope};

/// The largest file that is read as a whole, in bytes.
const MAX_BYTES: u64 = 512 * 1024 * 1024;

/// Says which file to read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRead {
    /// The file.
    pub path: FilePath,
    /// How its bytes come back.
    #[serde(default)]
    pub encoding: Encoding,
}

/// How bytes are written in a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// As the text they are.
    #[default]
    Utf8,
    /// In base64.
    Base64,
}

impl FileOperation for FileRead {
    type Outcome = String;

    fn action(&self) -> String {
        format!("read {:?}", self.path.as_str())
    }

    fn perform(&self, scope: &Scope) -> Result<String, OperationError> {
        let bytes = read(&scope.resolve(&self.path)).map_err(|error| scope.failed(error))?;
        match self.encoding {
            Encoding::Base64 => Ok(BASE64.encode(bytes)),
            Encoding::Utf8 => String::from_utf8(bytes).map_err(|error| not_text(&error, scope)),
        }
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = open_regular(path)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(format!(
            "it is larger than {MAX_BYTES} bytes"
        )));
    }
    Ok(bytes)
}

/// Opens what has an end, for a pipe or a device could keep a thread for ever.
pub(super) fn open_regular(path: &Path) -> io::Result<File> {
    let metadata = path.metadata()?;
    if metadata.is_dir() {
        Err(io::Error::from(io::ErrorKind::IsADirectory))
    } else if metadata.is_file() {
        File::open(path)
    } else {
        Err(io::Error::other(
            "it is a pipe, a socket or a device, not a file",
        ))
    }
}

fn not_text(error: &std::string::FromUtf8Error, scope: &Scope) -> OperationError {
    let place = error.utf8_error().valid_up_to();
    scope.failed_with_help(
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!("it is not UTF-8 text from byte {place} on"),
        ),
        "read it as bytes",
    )
}
