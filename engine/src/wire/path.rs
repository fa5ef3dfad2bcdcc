//! Paths, which need not be text.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

/// A path as its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WirePath(Vec<u8>);

impl WirePath {
    pub(crate) fn of(path: &Path) -> Self {
        Self(OsStr::as_bytes(path.as_os_str()).to_vec())
    }

    pub(crate) fn decode(self) -> PathBuf {
        PathBuf::from(OsString::from_vec(self.0))
    }
}
