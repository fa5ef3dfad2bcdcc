//! Keeps two applies of one workflow apart.
//!
//! A lock is the kernel's, on a file of its own for each workflow, so it goes with the process
//! that holds it, however that ends. Commands that a task runs do not inherit it. The file also
//! says who holds the lock; that text means nothing while nobody does.

use std::fmt;
use std::fs::{File, Metadata, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::thread;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::StateError;
use super::file_names::safe_file_name;
use super::guarded_file::{open_or_create, open_to_read, require_folder};
use crate::processes::{Process, line_of_descent};

/// How often a holder that is just noting itself down is asked again.
const ATTEMPTS_TO_READ: usize = 200;

/// More than this is not read of what a holder noted down.
const LONGEST_NOTE: u64 = 16 << 10;

/// The mode of a lock file: people who share a project share its locks.
const FILE_MODE: u32 = 0o666;

/// Says who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The process.
    pub pid: u32,
    /// What tells the process from others of its number; nothing where the system does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// The person, as the system knows them.
    pub who: String,
    /// Since when.
    pub since: Timestamp,
    /// What they run, such as `rig apply`.
    pub command: String,
}

impl Holder {
    /// Describes this process.
    #[must_use]
    pub fn this_process(who: &str) -> Self {
        // Arguments may hold anything, secrets among it: the program's name has to do.
        let program = std::env::args_os().next().map(PathBuf::from);
        let name = program.as_deref().and_then(Path::file_name);
        Self {
            pid: std::process::id(),
            start: Process::this().map(|process| process.start),
            who: who.to_owned(),
            since: Timestamp::now(),
            command: name
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
        }
    }

    /// Returns whether it waits for this process: something that it started, and has not let go its own way, started
    /// this one.
    #[must_use]
    pub fn waits_for_this_process(&self) -> bool {
        let line: Vec<Process> = line_of_descent().collect();
        let mut steps = line.windows(2);
        steps.any(|step| match step {
            [child, parent] => self.is(parent) && !child.leads_session(),
            _ => false,
        })
    }

    fn is(&self, process: &Process) -> bool {
        self.pid == process.pid && self.start.as_ref() == Some(&process.start)
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pid, who, since, ..
        } = self;
        write!(formatter, "{who} (process {pid}, since {since:.0})")
    }
}

/// Finds the locks of the workflows that share a state file.
#[derive(Debug, Clone)]
pub struct ApplyLocks {
    directory: PathBuf,
}

/// Is held by whoever applies a workflow, until it is dropped.
#[derive(Debug)]
pub struct ApplyLock {
    file: File,
}

/// Says what came of trying to take a lock.
#[derive(Debug)]
pub enum Attempt {
    /// The caller holds it now.
    Acquired(ApplyLock),
    /// Another one holds it, and may not have noted down yet who it is.
    Held(Option<Holder>),
}

impl ApplyLocks {
    /// Finds the locks that belong to a state file: those in `locks` beside it.
    #[must_use]
    pub fn beside(state_file: &Path) -> Self {
        Self::in_directory(state_file.with_file_name("locks"))
    }

    /// Finds the locks in a directory.
    pub(crate) fn in_directory(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// Takes a workflow's lock if nobody holds it.
    ///
    /// # Errors
    /// When the lock file cannot be made or used.
    pub fn try_acquire(&self, workflow: &str, holder: &Holder) -> Result<Attempt, StateError> {
        let (file, path) = self.open_or_create(workflow)?;
        let fail = |error| StateError::from_writing("lock", &path, error);
        loop {
            if attempted(file.try_lock()).map_err(fail)? {
                return Ok(Attempt::Acquired(ApplyLock::noted(file, holder, &path)?));
            }
            // Somebody may just be looking whether it is held, see `is_held`, which does not
            // count. Who looks can share, who holds cannot.
            if !attempted(file.try_lock_shared()).map_err(fail)? {
                return Ok(Attempt::Held(read_holder(&file)));
            }
            file.unlock().map_err(fail)?;
            thread::yield_now();
        }
    }

    /// Takes a workflow's lock, and waits on this thread until nobody else holds it.
    ///
    /// # Errors
    /// When the lock file cannot be made or used.
    pub fn acquire(&self, workflow: &str, holder: &Holder) -> Result<ApplyLock, StateError> {
        let (file, path) = self.open_or_create(workflow)?;
        file.lock()
            .map_err(|error| StateError::from_writing("lock", &path, error))?;
        ApplyLock::noted(file, holder, &path)
    }

    /// Takes a workflow's lock on a thread of its own, and hands it over once it is held.
    ///
    /// For a caller that may stop waiting: if `deliver` then drops what it is given, such as
    /// by sending it to a channel that nobody listens to, the lock is free again at once.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn acquire_on_thread(
        &self,
        workflow: &str,
        holder: &Holder,
        deliver: impl FnOnce(Result<ApplyLock, StateError>) + Send + 'static,
    ) -> Result<(), StateError> {
        let (locks, workflow, holder) = (self.clone(), workflow.to_owned(), holder.clone());
        thread::Builder::new()
            .name("apply-lock".to_owned())
            .spawn(move || deliver(locks.acquire(&workflow, &holder)))
            .map(drop)
            .map_err(|error| StateError::from_writing("wait for a lock in", &self.directory, error))
    }

    /// Says whether a workflow's lock is held; makes nothing and gets in nobody's way.
    ///
    /// # Errors
    /// When the lock file cannot be used.
    pub fn is_held(&self, workflow: &str) -> Result<bool, StateError> {
        let Some((file, path)) = self.open_existing(workflow)? else {
            return Ok(false);
        };
        attempted(file.try_lock_shared())
            .map(|free| !free)
            .map_err(|error| StateError::from_reading("look at the lock", &path, error))
    }

    /// Says who holds a workflow's lock, as far as they noted it down; `None` if nobody does.
    ///
    /// # Errors
    /// When the lock file cannot be used.
    pub fn holder(&self, workflow: &str) -> Result<Option<Holder>, StateError> {
        if !self.is_held(workflow)? {
            return Ok(None);
        }
        let existing = self.open_existing(workflow)?;
        Ok(existing.and_then(|(file, _path)| read_holder(&file)))
    }

    fn path(&self, workflow: &str) -> PathBuf {
        let name = safe_file_name(workflow) + ".lock";
        self.directory.join(name)
    }

    fn open_or_create(&self, workflow: &str) -> Result<(File, PathBuf), StateError> {
        std::fs::create_dir_all(&self.directory).map_err(|error| {
            StateError::from_writing("create the directory", &self.directory, error)
        })?;
        require_folder(&self.directory)?;
        let path = self.path(workflow);
        let (file, metadata) = open_or_create("open the lock file", &path, FILE_MODE)?;
        require_single(&path, &metadata)?;
        Ok((file, path))
    }

    fn open_existing(&self, workflow: &str) -> Result<Option<(File, PathBuf)>, StateError> {
        require_folder(&self.directory)?;
        let path = self.path(workflow);
        Ok(open_to_read(&path)?.map(|(file, _)| (file, path)))
    }
}

/// Refuses a file that has another name elsewhere: what is noted down in it would show there.
fn require_single(path: &Path, metadata: &Metadata) -> Result<(), StateError> {
    if metadata.nlink() <= 1 {
        return Ok(());
    }
    Err(StateError::DamagedFile {
        what: "lock",
        path: path.to_owned(),
        detail: "the file has other names elsewhere".to_owned(),
    })
}

impl ApplyLock {
    /// Notes down who holds a lock that was just taken.
    fn noted(mut file: File, holder: &Holder, path: &Path) -> Result<Self, StateError> {
        let text = serde_json::to_string(holder).unwrap_or_default();
        let mut note = || {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(text.as_bytes())
        };
        note().map_err(|error| StateError::from_writing("write the lock file", path, error))?;
        Ok(Self { file })
    }
}

impl Drop for ApplyLock {
    fn drop(&mut self) {
        // Whoever holds it next may be asked for before it noted itself down; should this fail,
        // the answer to that is the wrong one, and nothing else.
        let _best_effort = self.file.set_len(0);
    }
}

fn attempted(result: Result<(), TryLockError>) -> io::Result<bool> {
    match result {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Reads who holds a lock, which they write right after they took it.
fn read_holder(file: &File) -> Option<Holder> {
    for _ in 0..ATTEMPTS_TO_READ {
        let mut text = String::new();
        (&mut &*file).seek(SeekFrom::Start(0)).ok()?;
        // Who noted nothing sensible down is nobody that could be named.
        file.take(LONGEST_NOTE).read_to_string(&mut text).ok()?;
        if let Ok(holder) = serde_json::from_str(&text) {
            return Some(holder);
        }
        thread::yield_now();
    }
    None
}
