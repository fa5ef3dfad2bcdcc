//! What keeps a definition from being planned although nothing is wrong with it.

use rigkit_engine::{
    EngineError,
    project::{LoadError, ProjectError},
};

/// Names what keeps a definition from being planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlanningCode {
    /// A directory has two configs.
    AmbiguousProject,
    /// A `.env` file, or a line in one, cannot be read or is doubtful.
    BadEnvFile,
    /// A value in the configuration of a provider cannot be found.
    ProviderConfig,
    /// A branch has the name of a context key.
    BranchCollision,
    /// The state cannot be used.
    State,
    /// The machine has no room for a sandbox.
    Sandbox,
    /// Something that should never happen.
    Internal,
}

impl PlanningCode {
    /// Lists them.
    pub(crate) const ALL: [Self; 7] = [
        Self::AmbiguousProject,
        Self::BadEnvFile,
        Self::ProviderConfig,
        Self::BranchCollision,
        Self::State,
        Self::Sandbox,
        Self::Internal,
    ];

    /// Gives the code as it is written.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::AmbiguousProject => "ambiguous-project",
            Self::BadEnvFile => "bad-env-file",
            Self::ProviderConfig => "provider-config",
            Self::BranchCollision => "branch-collision",
            Self::State => "state",
            Self::Sandbox => "sandbox",
            Self::Internal => "internal",
        }
    }

    /// Tells why a file belongs to no project; one that simply lies elsewhere is not told of.
    pub(crate) fn of_project(error: &ProjectError) -> Self {
        match error {
            ProjectError::Ambiguous { .. } => Self::AmbiguousProject,
            ProjectError::NotFound { .. }
            | ProjectError::BadConfig { .. }
            | ProjectError::BadDirectory { .. }
            | ProjectError::TooManyEntries { .. } => Self::Internal,
        }
    }

    /// Tells an error of the engine by what kept it from planning. Those of runs never get here.
    pub(super) fn of(error: &EngineError) -> Self {
        match error {
            EngineError::Project(error) => Self::of_project(error),
            EngineError::ProviderConfig { .. } => Self::ProviderConfig,
            EngineError::BranchCollision { .. } => Self::BranchCollision,
            EngineError::State(_) => Self::State,
            EngineError::Load(LoadError::Sandbox(_) | LoadError::NoThread(_)) => Self::Sandbox,
            _ => Self::Internal,
        }
    }
}
