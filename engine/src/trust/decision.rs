//! One decision of a person.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Folder;

/// A decision about a folder, as one line of the record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Decision {
    /// The folder.
    #[serde(flatten)]
    pub folder: Folder,
    /// What was decided.
    #[serde(flatten)]
    pub subject: Subject,
    /// When.
    #[serde(serialize_with = "crate::iso_time::serialize")]
    pub at: Timestamp,
    /// By which command.
    pub by: String,
}

/// What a decision allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "trusts", rename_all = "lowercase")]
pub enum Subject {
    /// Code of the project in the folder may run.
    Code,
    /// Files in the folder, and in those below it, may belong to another user.
    Owner {
        /// The number of that user.
        owner: u32,
    },
}
