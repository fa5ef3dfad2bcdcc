//! Paths as messages give them.

use serde::Deserialize;

/// Is a path that can be handed to the system: neither empty nor with a NUL character.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct FilePath(String);

/// Says why a text is not a path.
#[derive(Debug, thiserror::Error)]
pub enum InvalidPath {
    /// It is empty.
    #[error("a path is empty")]
    Empty,
    /// It holds a character no path can hold.
    #[error("the path {0:?} holds a NUL character")]
    Nul(String),
}

impl FilePath {
    /// Gives the path as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FilePath {
    type Error = InvalidPath;

    fn try_from(path: String) -> Result<Self, InvalidPath> {
        if path.is_empty() {
            Err(InvalidPath::Empty)
        } else if path.contains('\0') {
            Err(InvalidPath::Nul(path))
        } else {
            Ok(Self(path))
        }
    }
}
