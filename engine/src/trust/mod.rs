//! Whether a project may do more than describe itself: a person's decisions, and where they are
//! kept.
//!
//! A decision is about one folder, told by its path and by what the file system knows of it, so
//! that neither another folder at the path nor the folder at another path inherits it. Decisions
//! are a person's own: they live in the person's home and never in a project.

mod decision;
mod error;
mod folder;
pub mod owner;
mod record;
mod store;

pub use decision::{Decision, Subject};
pub use error::TrustError;
pub use folder::{Folder, FolderFate};
pub use owner::{ForeignFile, OwnerRule};
pub use record::TrustRecord;
pub use store::{Recorded, TrustStore};

/// A person's decision about a project's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trust {
    /// Nobody has vouched for the project: its definition is read, and nothing of it runs.
    #[default]
    Untrusted,
    /// A person has decided that code of the project may run.
    Trusted,
}

impl Trust {
    /// Returns whether code of the project may run.
    #[must_use]
    pub fn is_trusted(self) -> bool {
        self == Self::Trusted
    }
}

#[cfg(test)]
mod tests;
