//! Noticing that a state file changed without opening it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Within this time, file systems may give two changes the same time.
const TICK: Duration = Duration::from_millis(20);

/// Is what a state file and its log looked like at one moment.
///
/// Taking one costs two calls of the system, so that an editor can do it many times a second
/// and look at the [serial](super::StateReader::serial) only when something seems to have
/// happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateStamp {
    file: Look,
    log: Look,
    /// Whether a change right after could have left the same looks.
    is_settled: bool,
}

impl StateStamp {
    /// Looks at a state file, which need not exist.
    #[must_use]
    pub fn of(state_file: &Path) -> Self {
        let mut log = state_file.as_os_str().to_owned();
        log.push("-wal");
        let now = SystemTime::now();
        let (file, log) = (Look::at(state_file), Look::at(&PathBuf::from(log)));
        Self {
            is_settled: file.is_older_than(TICK, now) && log.is_older_than(TICK, now),
            file,
            log,
        }
    }

    /// Says whether nothing was written since an earlier stamp of the same file was taken.
    ///
    /// May say no without need, for a stamp taken just after a change; never yes without reason.
    #[must_use]
    pub fn is_unchanged_since(&self, earlier: &Self) -> bool {
        earlier.is_settled && self.file == earlier.file && self.log == earlier.log
    }
}

/// Is what the system says of a file; all 0 if there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Look {
    device: u64,
    inode: u64,
    length: u64,
    modified: Option<SystemTime>,
}

impl Look {
    fn at(path: &Path) -> Self {
        let Ok(metadata) = fs::symlink_metadata(path) else {
            return Self::default();
        };
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            length: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }

    fn is_older_than(&self, age: Duration, now: SystemTime) -> bool {
        self.modified
            .is_none_or(|modified| now.duration_since(modified).is_ok_and(|since| since > age))
    }
}
