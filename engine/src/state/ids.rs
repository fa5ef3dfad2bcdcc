//! Identifiers that Rigkit makes up for what it stores.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many characters of an id are shown where there is little room.
const SHORT_LENGTH: usize = 12;

macro_rules! identifier {
    ($(#[$documentation:meta])* $name:ident) => {
        $(#[$documentation])*
        ///
        /// New ones are UUIDs of version 7: unique everywhere, and in the order they were
        /// made. Clones share their text.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Makes up a new one.
            #[must_use]
            pub fn generate() -> Self {
                Self(Uuid::now_v7().to_string().into())
            }

            /// Gives its text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }
    };
}

identifier! {
    /// Names one stored run of a task.
    RunId
}

impl ApplyId {
    /// Returns as much of the end as tells applies apart: ids made in the same minute begin alike.
    #[must_use]
    pub fn short(&self) -> &str {
        let start = self.0.char_indices().rev().nth(SHORT_LENGTH - 1);
        &self.0[start.map_or(0, |(start, _)| start)..]
    }
}

identifier! {
    /// Names one apply, and the log it wrote.
    ApplyId
}

identifier! {
    /// Names one workspace, whatever it is called.
    WorkspaceId
}

identifier! {
    /// Names one run of a workspace operation.
    OperationRunId
}
