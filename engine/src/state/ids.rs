//! Identifiers that Rigkit makes up for what it stores.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

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
