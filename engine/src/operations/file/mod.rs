//! Reading and changing files.
//!
//! Relative paths start in the project's directory. The work blocks, so it happens off the
//! runtime's own threads, and looks between files whether it is still wanted.

mod copy;
mod glob;
mod hash;
mod linked_folders;
mod path;
mod pattern;
mod read;
mod remove;
mod rename;
mod replace;
mod search;
mod stat;
mod write;

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{OperationContext, OperationError, answer, blocking};

pub use copy::FileCopy;
pub use glob::{FileGlob, OneOrMany};
pub use hash::FileHash;
pub use path::FilePath;
pub use read::{Encoding, FileRead};
pub use remove::FileRemove;
pub use rename::FileRename;
pub use stat::{FileDescription, FileExists, FileKind, FileStat};
pub use write::{FileMkdir, FileWrite};

/// Is one of the operations on files.
pub(super) trait FileOperation: Send + 'static {
    /// What it answers with.
    type Outcome: Serialize + Send + 'static;

    /// Says what it does, as it reads after "failed to".
    fn action(&self) -> String;

    /// Does it; blocks.
    fn perform(&self, scope: &Scope) -> Result<Self::Outcome, OperationError>;
}

/// Performs an operation on files without blocking the caller.
pub(super) async fn perform<T: FileOperation>(
    operation: T,
    context: &OperationContext,
) -> Result<Value, OperationError> {
    let scope = Scope {
        project_dir: context.project_dir.clone(),
        cancel: context.cancel.clone(),
        action: operation.action(),
    };
    let action = scope.action.clone();
    let work = move || {
        scope.check()?;
        operation.perform(&scope)
    };
    answer(blocking::pooled(context, action, work).await?)
}

/// Is what an operation on files knows of the run it belongs to.
pub(super) struct Scope {
    project_dir: PathBuf,
    cancel: CancellationToken,
    action: String,
}

impl Scope {
    /// Makes a path of a payload absolute.
    fn resolve(&self, path: &FilePath) -> PathBuf {
        self.project_dir.join(path.as_str())
    }

    /// Makes the folder that paths start in absolute; without one it is the project's.
    fn folder(&self, cwd: Option<&FilePath>) -> Result<PathBuf, OperationError> {
        let Some(cwd) = cwd else {
            return Ok(self.project_dir.clone());
        };
        let folder = self.resolve(cwd);
        match folder.metadata() {
            Ok(metadata) if metadata.is_dir() => Ok(folder),
            Ok(_) => Err(self.failed_at(&folder, io::ErrorKind::NotADirectory.into())),
            Err(error) => Err(self.failed_at(&folder, error)),
        }
    }

    /// Fails when the operation is no longer wanted.
    fn check(&self) -> Result<(), OperationError> {
        if self.cancel.is_cancelled() {
            return Err(OperationError::Cancelled {
                action: self.action.clone(),
            });
        }
        Ok(())
    }

    /// Explains a failure of the operation as a whole.
    fn failed(&self, source: io::Error) -> OperationError {
        OperationError::system(self.action.as_str(), source)
    }

    /// Explains a failure and says what to do instead.
    fn failed_with_help(&self, source: io::Error, help: &'static str) -> OperationError {
        OperationError::System {
            action: self.action.clone(),
            source,
            help: Some(help),
        }
    }

    /// Explains a failure at one of the files the operation works on.
    fn failed_at(&self, path: &Path, source: io::Error) -> OperationError {
        OperationError::system(format!("{} at {:?}", self.action, path.display()), source)
    }

    /// Explains why the operation makes no sense.
    fn refused(&self, problem: impl Into<String>) -> OperationError {
        OperationError::InvalidArgument {
            action: self.action.clone(),
            problem: problem.into(),
            help: None,
        }
    }
}

#[cfg(all(test, unix))]
mod tests;
