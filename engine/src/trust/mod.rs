//! Whether a project may do more than describe itself.

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
