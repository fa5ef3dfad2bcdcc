//! What the two processes say to each other.

use std::{borrow::Cow, time::Duration};

use serde::{Deserialize, Serialize};

use super::confinement::Confinement;
use crate::{
    definition::WireDefinition,
    modules::{IdentityUse, RequestKind, UncheckedModule, WireGraph, WireResolved},
    project::VariableAccess,
    wire::{WireDiagnostic, WirePath},
};

/// A message to the process that checks and evaluates.
#[derive(Serialize, Deserialize)]
pub(super) enum ToChild<'a> {
    /// A module that is to be read, though nobody needs what comes out: only that it ends in time,
    /// and within the memory there is.
    #[serde(borrow)]
    Check(UncheckedModule<'a>),
    /// The definition that is to be evaluated. The last message that is no [`Reply`].
    #[serde(borrow)]
    Evaluate(Request<'a>),
}

impl<'a> ToChild<'a> {
    /// Returns the message that has a module checked.
    pub(super) fn check(module: &'a UncheckedModule<'a>) -> Self {
        Self::Check(module.borrowed())
    }
}

/// All that an evaluation needs to begin.
#[derive(Serialize, Deserialize)]
pub(super) struct Request<'a> {
    #[serde(borrow)]
    pub(super) graph: WireGraph<'a>,
    pub(super) project_root: WirePath,
    pub(super) config_path: WirePath,
    #[serde(borrow)]
    pub(super) variables: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// The variables whose line cannot be read: each with its file and that line.
    #[serde(borrow)]
    pub(super) unreadable_variables: Vec<(Cow<'a, str>, WirePath, u32)>,
    pub(super) variable_access: VariableAccess,
    /// The file that a variable can be set in.
    pub(super) variable_file: Option<WirePath>,
    pub(super) cpu: Duration,
    pub(super) memory: u64,
    pub(super) identity: IdentityUse,
}

/// A message from a confined evaluation.
#[derive(Serialize, Deserialize)]
pub(super) enum FromChild {
    /// The first message: what holds the process.
    Ready(Confinement),
    /// Something it has no way to know. It waits for the [`Reply`].
    Question(Question),
    /// What the config defines. The last message.
    Defined(Box<Defined>),
    /// What is wrong with the config. The last message.
    Invalid {
        problems: Vec<WireDiagnostic>,
        secrets: Vec<(String, String)>,
    },
    /// Why there is neither. The last message.
    Failed(String),
    /// It held more memory than it may, at this builder call. The last message.
    OutOfMemory([u8; 8]),
    /// The module that was to be checked has been read.
    Checked,
}

/// A definition with the secrets that it has read.
#[derive(Serialize, Deserialize)]
pub(super) struct Defined {
    pub(super) definition: WireDefinition,
    pub(super) secrets: Vec<(String, String)>,
}

/// What a confined evaluation asks the process that has files.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Question {
    /// Where a `require` or a late `import` leads.
    Resolve {
        importer: WirePath,
        specifier: String,
        kind: RequestKind,
    },
    /// The text of a file that a `require` has led to.
    Read { path: WirePath },
}

/// The reply to a [`Question`]. Which one it is the question decides.
#[derive(Serialize, Deserialize)]
pub(super) enum Reply {
    Resolved(Result<WireResolved, ()>),
    Text(Result<String, String>),
}

/// Writes the last message of a process that has no memory left to write one.
pub(crate) fn out_of_memory_frame(place: u64) -> [u8; 13] {
    const VARIANT: u8 = 5;
    let mut frame = [0; 13];
    frame[0] = 9;
    frame[4] = VARIANT;
    frame[5..].copy_from_slice(&place.to_le_bytes());
    frame
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::{super::frame, *};

    #[test]
    fn the_message_that_takes_no_memory_is_one_of_the_others() {
        let place = 0x0102_0304_0506_0708;
        let mut written = Vec::new();
        frame::write(
            &mut written,
            &FromChild::OutOfMemory(u64::to_le_bytes(place)),
        )
        .unwrap();
        assert_eq!(written, out_of_memory_frame(place));
    }
}
