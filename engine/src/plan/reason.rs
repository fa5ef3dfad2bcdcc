//! Why a task is cached or has to run: one closed set for every reader.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::identity::CodePlace;

/// Says why a task is cached or pending; carries old and new values where they exist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "code",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Reason {
    /// A stored run is reusable.
    Cached,
    /// No run of the task is stored.
    NeverRun,
    /// The stored run was invalidated.
    Invalidated {
        /// Who or what asked for it.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// The handler does something else now.
    HandlerChanged {
        /// What it depends on that changed.
        captures: Vec<CaptureChange>,
        /// Whether its own source changed.
        body: bool,
    },
    /// The option `version` changed.
    VersionChanged {
        /// What it was.
        old: Option<String>,
        /// What it is.
        new: Option<String>,
    },
    /// The configuration changed.
    ConfigChanged {
        /// The way to the first value that changed.
        path: String,
        /// What it was.
        old: Option<Value>,
        /// What it is.
        new: Option<Value>,
    },
    /// The schema of the output changed.
    OutputSchemaChanged,
    /// A provider in scope changed.
    ProviderChanged {
        /// The name handlers know it under.
        name: String,
        /// What of it changed.
        what: ProviderAspect,
    },
    /// A task before it has to run first.
    UpstreamPending {
        /// The path of the task that everything waits for.
        root: String,
    },
    /// A task before it has another run now.
    UpstreamChanged {
        /// The paths of those tasks.
        paths: Vec<String>,
    },
    /// The stored run is too old.
    Expired {
        /// How long a run stays fresh, in milliseconds.
        #[serde(with = "milliseconds")]
        ttl: Duration,
        /// How old the run is, in milliseconds; negative where the clock went backwards.
        age: i64,
    },
    /// The task runs every time.
    AlwaysRuns,
    /// The stored output no longer fits the schema.
    OutputInvalid {
        /// What is wrong with it.
        message: String,
    },
    /// Something the stored run made is gone.
    ArtifactGone {
        /// The artifact.
        #[serde(rename = "ref")]
        reference: Value,
    },
    /// A provider gave no answer in time, so nobody knows whether the stored run is valid.
    CheckUnanswered {
        /// The name handlers know it under.
        provider: String,
    },
    /// The identity is computed in another way now.
    FormatChanged,
}

/// Is one thing a handler depends on that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureChange {
    /// Its name.
    pub name: String,
    /// What it was: a printable value or a short fingerprint; absent where it is new.
    pub old: Option<String>,
    /// What it is; absent where it is gone.
    pub new: Option<String>,
    /// Where its code is, if it is a function; where it was, if it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<CodePlace>,
}

/// Says what of a provider changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProviderAspect {
    /// It came into scope.
    Added,
    /// It went out of scope.
    Removed,
    /// Another provider has the name now.
    Id,
    /// Its configuration.
    Config,
    /// What its plugin does.
    Plugin,
    /// What its checks find.
    Checks,
}

impl Reason {
    /// Lists every code.
    pub const CODES: [&'static str; 16] = [
        "cached",
        "never-run",
        "invalidated",
        "handler-changed",
        "version-changed",
        "config-changed",
        "output-schema-changed",
        "provider-changed",
        "upstream-pending",
        "upstream-changed",
        "expired",
        "always-runs",
        "output-invalid",
        "artifact-gone",
        "check-unanswered",
        "format-changed",
    ];

    /// Gives the code as it is written.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Cached => "cached",
            Self::NeverRun => "never-run",
            Self::Invalidated { .. } => "invalidated",
            Self::HandlerChanged { .. } => "handler-changed",
            Self::VersionChanged { .. } => "version-changed",
            Self::ConfigChanged { .. } => "config-changed",
            Self::OutputSchemaChanged => "output-schema-changed",
            Self::ProviderChanged { .. } => "provider-changed",
            Self::UpstreamPending { .. } => "upstream-pending",
            Self::UpstreamChanged { .. } => "upstream-changed",
            Self::Expired { .. } => "expired",
            Self::AlwaysRuns => "always-runs",
            Self::OutputInvalid { .. } => "output-invalid",
            Self::ArtifactGone { .. } => "artifact-gone",
            Self::CheckUnanswered { .. } => "check-unanswered",
            Self::FormatChanged => "format-changed",
        }
    }
}

mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        duration: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    /// A reader of JSON that finds no such code lists those there are.
    #[test]
    fn every_code_is_listed() {
        let error = serde_json::from_str::<Reason>(r#"{ "code": "none" }"#).unwrap_err();
        let error = error.to_string();
        let known: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
        assert_eq!(known, Reason::CODES);
    }

    #[test]
    fn a_code_is_what_is_written() {
        let reasons = [
            Reason::Cached,
            Reason::OutputSchemaChanged,
            Reason::UpstreamPending {
                root: String::new(),
            },
        ];
        for reason in reasons {
            let written = serde_json::to_value(&reason).unwrap();
            assert_eq!(written["code"], reason.code());
        }
    }
}
