//! The exit codes: a closed set that scripts rely on.

use std::process::ExitCode;

use rigkit_engine::EngineError;
use rigkit_engine::project::ProjectError;

use super::Failure;
use crate::signals::Interruption;

/// Says how a process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what it was asked.
    Done,
    /// The work failed.
    Failed,
    /// The command line was wrong.
    WrongCommandLine,
    /// A plan with `--detailed-exitcode` found pending work.
    PendingWork,
    /// The person or the system stopped it.
    Cancelled(Interruption),
}

impl Exit {
    /// Gives the number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::WrongCommandLine => 2,
            Self::PendingWork => 3,
            Self::Cancelled(by) => by.exit_code(),
        }
    }

    /// Says how a process ends that fails like this.
    pub(crate) fn of(failure: &Failure) -> Self {
        match failure {
            Failure::Engine(error) if matches!(**error, EngineError::CreateCancelled { .. }) => {
                Self::Cancelled(Interruption::latest())
            }
            Failure::Engine(error) if is_wrong_command_line(error) => Self::WrongCommandLine,
            Failure::CommandLine(error) if !error.use_stderr() => Self::Done,
            Failure::CommandLine(_) | Failure::Usage { .. } => Self::WrongCommandLine,
            Failure::Cancelled => Self::Cancelled(Interruption::latest()),
            Failure::OutputClosed => Self::Done,
            Failure::Engine(_)
            | Failure::File { .. }
            | Failure::NotADirectory { .. }
            | Failure::GraphTooLarge(_)
            | Failure::Disk(_)
            | Failure::Output(_) => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Something that was typed names nothing, or not enough.
fn is_wrong_command_line(error: &EngineError) -> bool {
    matches!(
        error,
        EngineError::Unknown { .. }
            | EngineError::AmbiguousTask { .. }
            | EngineError::WorkflowNeeded { .. }
            | EngineError::InvalidWorkspaceName { .. }
            | EngineError::WrongWorkflow { .. }
            | EngineError::PlanOfOtherWorkflow { .. }
            | EngineError::InvalidInput { .. }
            | EngineError::BadPlan { .. }
            | EngineError::Project(
                ProjectError::BadConfig { .. } | ProjectError::BadDirectory { .. }
            )
    )
}

#[cfg(test)]
mod tests {
    use std::{io, path::PathBuf};

    use clap::{CommandFactory as _, error::ErrorKind};
    use rigkit_engine::error::{MovedSincePlan, NameKind};

    use super::*;
    use crate::{arguments::Arguments, failure::UsageCode};

    fn check(failure: impl Into<Failure>, code: u8) {
        let failure = failure.into();
        assert_eq!(Exit::of(&failure).code(), code, "{failure:?}");
    }

    #[test]
    fn each_failure_has_its_code() {
        let unknown = |kind| EngineError::Unknown {
            kind,
            name: "x".to_owned(),
            known: Vec::new(),
        };
        check(EngineError::Cancelled, 130);
        check(Failure::Cancelled, 130);
        check(
            EngineError::CreateCancelled {
                name: "x".to_owned(),
            },
            130,
        );
        check(unknown(NameKind::Workflow), 2);
        check(unknown(NameKind::Task), 2);
        check(unknown(NameKind::Workspace), 2);
        check(unknown(NameKind::Operation), 2);
        check(unknown(NameKind::Run), 2);
        check(EngineError::WorkflowNeeded { known: Vec::new() }, 2);
        check(Failure::usage(UsageCode::MissingAnswer, "", ""), 2);
        check(
            Arguments::command().error(ErrorKind::UnknownArgument, ""),
            2,
        );
        check(Arguments::command().error(ErrorKind::DisplayHelp, ""), 0);
        check(Failure::OutputClosed, 0);
        check(
            Failure::file("read", &PathBuf::new())(io::Error::other("")),
            1,
        );
        let moved = MovedSincePlan::State;
        check(EngineError::StalePlan { moved }, 1);
        let (failures, run) = (Vec::new(), None);
        check(EngineError::Failed { failures, run }, 1);
    }

    #[test]
    fn exits_have_the_documented_numbers() {
        let exits = [
            Exit::Done,
            Exit::Failed,
            Exit::WrongCommandLine,
            Exit::PendingWork,
            Exit::Cancelled(Interruption::Interrupt),
            Exit::Cancelled(Interruption::Terminate),
            Exit::Cancelled(Interruption::HangUp),
        ];
        assert_eq!(exits.map(Exit::code), [0, 1, 2, 3, 130, 143, 129]);
    }
}
