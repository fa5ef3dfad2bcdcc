//! The names of the commands.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};
use thiserror::Error;

/// Names what can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommandName {
    /// Says what is valid and what is not, after asking the providers where that is allowed.
    Plan,
    /// Applies a workflow.
    Apply,
    /// Applies a workflow up to a task.
    ApplyUntil,
    /// Marks the runs of a task, and of all that descends from it, as no longer usable.
    Invalidate,
    /// Makes a workspace.
    CreateWorkspace,
    /// Takes a workspace away.
    RemoveWorkspace,
    /// Runs an operation of the project.
    RunOperation,
    /// Runs an operation on a workspace.
    RunWorkspaceOperation,
    /// Says all that is known of why a task is cached or not.
    Explain,
    /// Draws a workflow.
    Graph,
    /// Ends what runs.
    Cancel,
}

/// Says that there is no such command.
#[derive(Debug, Error)]
#[error("there is no command `{0}`")]
pub(crate) struct UnknownCommand(String);

impl CommandName {
    /// Lists them.
    pub(crate) const ALL: [Self; 11] = [
        Self::Plan,
        Self::Apply,
        Self::ApplyUntil,
        Self::Invalidate,
        Self::CreateWorkspace,
        Self::RemoveWorkspace,
        Self::RunOperation,
        Self::RunWorkspaceOperation,
        Self::Explain,
        Self::Graph,
        Self::Cancel,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "rigkit.plan",
            Self::Apply => "rigkit.apply",
            Self::ApplyUntil => "rigkit.applyUntil",
            Self::Invalidate => "rigkit.invalidate",
            Self::CreateWorkspace => "rigkit.createWorkspace",
            Self::RemoveWorkspace => "rigkit.removeWorkspace",
            Self::RunOperation => "rigkit.runOperation",
            Self::RunWorkspaceOperation => "rigkit.runWorkspaceOperation",
            Self::Explain => "rigkit.explain",
            Self::Graph => "rigkit.graph",
            Self::Cancel => "rigkit.cancel",
        }
    }

    /// Returns whether asking for it again while it is carried out shows what goes on already.
    pub(crate) fn is_carried_out_once(self) -> bool {
        !matches!(self, Self::Explain | Self::Graph | Self::Cancel)
    }

    /// Says whether it runs code of the project. A plan asks providers only where that is
    /// allowed, and marking runs runs nothing.
    pub(crate) fn runs_code(self) -> bool {
        match self {
            Self::Apply
            | Self::ApplyUntil
            | Self::CreateWorkspace
            | Self::RemoveWorkspace
            | Self::RunOperation
            | Self::RunWorkspaceOperation => true,
            Self::Plan | Self::Invalidate | Self::Explain | Self::Graph | Self::Cancel => false,
        }
    }
}

impl Serialize for CommandName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for CommandName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for CommandName {
    type Err = UnknownCommand;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let mut names = Self::ALL.into_iter();
        names
            .find(|command| command.as_str() == name)
            .ok_or_else(|| UnknownCommand(name.to_owned()))
    }
}
