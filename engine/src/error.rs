//! What can go wrong with a request to the engine.

use thiserror::Error;

use crate::{
    diagnostic::Diagnostic,
    disk::DiskError,
    display_text,
    error_cause::ErrorCause,
    host::HostError,
    plan::ProviderCheck,
    project::{LoadError, ProjectError},
    run::KEPT_LOGS,
    source::SourceRange,
    state::{ApplyId, StateError},
    trust::TrustError,
};

/// Says why a request could not be carried out.
#[derive(Debug, Error)]
pub enum EngineError {
    /// There is no project, or more than one.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// A decision about a folder cannot be read or kept.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// Code of the project was to run, and nobody has decided that it may.
    #[error(
        "nobody has decided that code of `{}` may run",
        display_text::path(root)
    )]
    Untrusted {
        /// The project's directory.
        root: std::path::PathBuf,
    },
    /// A file or folder of the project is not used.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The config is wrong.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The state cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The host could not do what it was asked.
    #[error(transparent)]
    Host(#[from] HostError),
    /// A name leads nowhere.
    #[error("there is no {kind} `{name}`")]
    Unknown {
        /// What was looked for.
        kind: NameKind,
        /// The name.
        name: String,
        /// The names there are, nearest first.
        known: Vec<String>,
    },
    /// A name leads to several things.
    #[error("`{name}` names several tasks: {}", paths.join(", "))]
    AmbiguousTask {
        /// The name.
        name: String,
        /// Their paths.
        paths: Vec<String>,
    },
    /// There are several workflows and none was named.
    #[error("the project has several workflows: {}", known.join(", "))]
    WorkflowNeeded {
        /// Their names.
        known: Vec<String>,
    },
    /// A workflow has no workspace.
    #[error("the workflow `{workflow}` defines no workspace")]
    NoWorkspaceDefinition {
        /// The workflow.
        workflow: String,
    },
    /// The name cannot be the name of a workspace.
    #[error("`{name}` cannot be the name of a workspace: {reason}")]
    InvalidWorkspaceName {
        /// The name.
        name: String,
        /// Why.
        reason: &'static str,
    },
    /// The name is taken.
    #[error("the workspace `{name}` exists already")]
    WorkspaceExists {
        /// The name.
        name: String,
    },
    /// A workspace belongs to another workflow.
    #[error("the workspace `{workspace}` belongs to the workflow `{actual}`, not `{wanted}`")]
    WrongWorkflow {
        /// The workspace.
        workspace: String,
        /// The workflow it belongs to.
        actual: String,
        /// The workflow that was named.
        wanted: String,
    },
    /// A workspace was never finished, and only removing it makes sense.
    #[error("the workspace `{name}` is incomplete: its creation was interrupted")]
    WorkspaceIncomplete {
        /// The name.
        name: String,
    },
    /// Somebody is making or removing a workspace.
    #[error("the workspace `{name}` is being made or removed by {holder}")]
    WorkspaceBusy {
        /// The name.
        name: String,
        /// Who does it.
        holder: String,
    },
    /// The input of an operation is wrong.
    #[error("the input of `{operation}` is wrong: {}", problems.join("; "))]
    InvalidInput {
        /// The operation.
        operation: String,
        /// What is wrong, one entry a problem.
        problems: Vec<String>,
    },
    /// A configuration value of a provider cannot be resolved.
    #[error("the provider `{provider}` cannot be configured: {message}")]
    ProviderConfig {
        /// The provider's name.
        provider: String,
        /// A task that needs it.
        needed_by: String,
        /// What went wrong.
        message: String,
        /// What stands behind it.
        causes: Vec<ErrorCause>,
        /// Where the provider is defined.
        range: Option<SourceRange>,
    },
    /// A check of a provider is not satisfied.
    #[error("{}", checks_message(.0))]
    ChecksRequired(Vec<ProviderCheck>),
    /// Handlers of the project failed.
    #[error("{}", failures_message(.failures))]
    Failed {
        /// Each failure, in the order they happened.
        failures: Vec<NodeFailure>,
        /// The id of the apply or operation, whose log has the details.
        run: Option<String>,
    },
    /// The caller cancelled the run.
    #[error("cancelled")]
    Cancelled,
    /// The caller cancelled the run while the hook `create` of a workspace ran.
    #[error("cancelled while the workspace `{name}` was being made")]
    CreateCancelled {
        /// The workspace.
        name: String,
    },
    /// Another apply of the workflow is running.
    #[error("another apply of `{workflow}` is running: {holder}")]
    Locked {
        /// The workflow.
        workflow: String,
        /// Who runs it.
        holder: String,
    },
    /// The apply that runs waits for what asks for another one of its workflow.
    #[error("an apply of `{workflow}` cannot wait for the one that started it: {holder}")]
    WaitsForItself {
        /// The workflow.
        workflow: String,
        /// Who runs the outer one.
        holder: String,
    },
    /// A task invalidated an earlier one again and again.
    #[error(
        "the task `{task}` invalidated `{target}` again and again; stopped after {attempts} attempts"
    )]
    RestartLimit {
        /// The task.
        task: String,
        /// What it invalidated.
        target: String,
        /// How often the walk began.
        attempts: u32,
    },
    /// A saved plan no longer fits.
    #[error("the saved plan is stale: {}", .moved.describe())]
    StalePlan {
        /// What changed since.
        moved: MovedSincePlan,
    },
    /// A saved plan is of other workflows than the one that is applied.
    #[error("the saved plan is of {}, not of `{workflow}`", quoted(.planned))]
    PlanOfOtherWorkflow {
        /// The workflow.
        workflow: String,
        /// The workflows it is of.
        planned: Vec<String>,
    },
    /// A saved plan cannot be read.
    #[error("`{}` is not a saved plan: {reason}", display_text::path(path))]
    BadPlan {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        reason: String,
    },
    /// Two branches or a branch and a context key have one name.
    #[error("the branch `{branch}` has the name of a context key")]
    BranchCollision {
        /// The branch.
        branch: String,
        /// Where it was written.
        range: Option<SourceRange>,
    },
    /// The handlers need Node.js.
    #[error("the handlers need Node.js, which rig cannot run yet: `{specifier}` is imported")]
    NodeRequired {
        /// The import that needs it.
        specifier: String,
        /// Where it is.
        range: Option<SourceRange>,
    },
    /// An apply is known, but its log is not there any more.
    #[error(
        "the log of the run `{run}` is gone: there is no file `{}`",
        display_text::path(path)
    )]
    LogGone {
        /// The apply.
        run: String,
        /// Where the log was.
        path: std::path::PathBuf,
    },
    /// A file could not be written or read.
    #[error("failed to {action} `{}`: {source}", display_text::path(path))]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The state was removed or replaced while a run used it.
    #[error("{source}, and {} not stored: {}", was_or_were(.tasks), quoted(.tasks))]
    NotStored {
        /// The paths of the tasks that ran and whose results are lost.
        tasks: Vec<String>,
        /// What became of the state.
        source: StateError,
    },
    /// The system has no room for what runs handlers.
    #[error("failed to prepare to run handlers: {0}")]
    NoRoom(std::io::Error),
    /// The part of the engine that runs handlers is gone.
    #[error("the handlers' runtime stopped unexpectedly: {0}")]
    Runtime(String),
}

/// Is the failure of one task, hook or operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeFailure {
    /// The task's path, or `operation.<id>`, or `workspace.<name>.<hook>`.
    pub node: String,
    /// What went wrong.
    pub message: String,
    /// What stands behind it.
    pub causes: Vec<ErrorCause>,
    /// Where.
    pub range: Option<SourceRange>,
    /// What to do about it.
    pub help: Option<String>,
    /// The last lines of its output.
    pub output_tail: Vec<String>,
    /// The exit code of the command that failed it, where one did.
    pub exit_code: Option<i32>,
    /// The apply it failed in, where it is a task; it has the log.
    pub apply_id: Option<ApplyId>,
}

/// Says what moved since a plan was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovedSincePlan {
    /// The definition.
    Definition,
    /// The state.
    State,
    /// Both.
    Both,
    /// It is of another config of the folder.
    OtherConfig,
    /// Neither, but a run has expired or a provider finds something else.
    Surroundings,
}

impl MovedSincePlan {
    fn describe(self) -> &'static str {
        match self {
            Self::Definition => "the definition has changed since",
            Self::State => "the state has changed since",
            Self::Both => "the definition and the state have changed since",
            Self::OtherConfig => "it was made from another config",
            Self::Surroundings => {
                "the definition and the state are the same, but a stored run has expired or a \
                 provider finds something else since"
            }
        }
    }
}

/// Names what kind of thing a name was to lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// A workflow.
    Workflow,
    /// A task.
    Task,
    /// A workspace.
    Workspace,
    /// An operation of the project.
    Operation,
    /// An operation on a workspace.
    WorkspaceOperation,
    /// A past apply.
    Run,
    /// A provider.
    Provider,
}

impl std::fmt::Display for NameKind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Workflow => "workflow",
            Self::Task => "task",
            Self::Workspace => "workspace",
            Self::Operation => "operation",
            Self::WorkspaceOperation => "workspace operation",
            Self::Run => "run",
            Self::Provider => "provider",
        })
    }
}

/// What is to be known of a workspace whose hook `create` did not end well.
pub(crate) const RESOURCES_MAY_BE_LEFT: &str =
    "the workspace is not recorded; what `create` had made until then may be left behind";

impl EngineError {
    /// Gives a code that programs can rely on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Project(error) => error.code(),
            Self::Trust(error) => error.code(),
            Self::Untrusted { .. } => "untrusted",
            Self::Load(LoadError::Invalid(problems)) => problems
                .first()
                .map_or("invalid-config", |first| first.code.as_str()),
            Self::Load(LoadError::Sandbox(_) | LoadError::NoThread(_)) => "sandbox",
            Self::State(_) | Self::NotStored { .. } => "state",
            Self::Host(_) => "host",
            Self::Unknown { kind, .. } => match kind {
                NameKind::Workflow => "unknown-workflow",
                NameKind::Task => "unknown-task",
                NameKind::Workspace => "unknown-workspace",
                NameKind::Operation | NameKind::WorkspaceOperation => "unknown-operation",
                NameKind::Run => "unknown-run",
                NameKind::Provider => "unknown-provider",
            },
            Self::AmbiguousTask { .. } => "ambiguous-task",
            Self::WorkflowNeeded { .. } => "workflow-needed",
            Self::NoWorkspaceDefinition { .. } => "no-workspace-definition",
            Self::InvalidWorkspaceName { .. } => "invalid-workspace-name",
            Self::WorkspaceExists { .. } => "workspace-exists",
            Self::WrongWorkflow { .. } | Self::PlanOfOtherWorkflow { .. } => "wrong-workflow",
            Self::WorkspaceIncomplete { .. } => "workspace-incomplete",
            Self::WorkspaceBusy { .. } => "workspace-busy",
            Self::InvalidInput { .. } => "invalid-input",
            Self::ProviderConfig { .. } => "provider-config",
            Self::ChecksRequired(_) => "checks-required",
            Self::Failed { .. } => "failed",
            Self::Cancelled | Self::CreateCancelled { .. } => "cancelled",
            Self::Locked { .. } => "locked",
            Self::WaitsForItself { .. } => "waits-for-itself",
            Self::RestartLimit { .. } => "restart-limit",
            Self::StalePlan { .. } => "stale-plan",
            Self::BadPlan { .. } => "bad-plan",
            Self::BranchCollision { .. } => "branch-collision",
            Self::NodeRequired { .. } => "node-required",
            Self::LogGone { .. } => "log-gone",
            Self::Disk(_) | Self::File { .. } => "file",
            Self::NoRoom(_) | Self::Runtime(_) => "runtime",
        }
    }

    /// Gives the place in the project it is about.
    #[must_use]
    pub fn range(&self) -> Option<&SourceRange> {
        match self {
            Self::Load(LoadError::Invalid(problems)) => problems.first()?.range.as_ref(),
            Self::Failed { failures, .. } => failures.first()?.range.as_ref(),
            Self::ProviderConfig { range, .. }
            | Self::BranchCollision { range, .. }
            | Self::NodeRequired { range, .. } => range.as_ref(),
            _ => None,
        }
    }

    /// Returns what stands behind it: what code of the project threw may have causes.
    #[must_use]
    pub fn causes(&self) -> &[ErrorCause] {
        match self {
            Self::Load(LoadError::Invalid(problems)) => match problems.first() {
                Some(first) => &first.causes,
                None => &[],
            },
            Self::Failed { failures, .. } => match failures.first() {
                Some(first) => &first.causes,
                None => &[],
            },
            Self::ProviderConfig { causes, .. } => causes,
            _ => &[],
        }
    }

    /// Gives the problems of the config, if it is that.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match self {
            Self::Load(LoadError::Invalid(problems)) => problems,
            _ => &[],
        }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Project(error) => error.help(),
            Self::Trust(error) => error.help(),
            Self::Untrusted { .. } => Some("read what it does; if you trust it: rig trust".to_owned()),
            Self::State(error) | Self::NotStored { source: error, .. } => error.help(),
            Self::Load(LoadError::NoThread(error)) if error.kind() == std::io::ErrorKind::OutOfMemory => {
                Some("let the process use more memory: ulimit -v".to_owned())
            }
            Self::Load(LoadError::NoThread(_)) => Some(
                "let this user start more threads and processes: ulimit -u".to_owned(),
            ),
            Self::NoRoom(error) if error.kind() == std::io::ErrorKind::WouldBlock => Some(
                "let this user start more threads and processes: ulimit -u".to_owned(),
            ),
            Self::NoRoom(_) => Some("let the process open more files: ulimit -n 1024".to_owned()),
            Self::Disk(error) => error.help(),
            Self::Load(LoadError::Invalid(problems)) => problems.first()?.help.clone(),
            Self::Unknown { kind, name, known } => Some(unknown_help(*kind, name, known)),
            Self::AmbiguousTask { .. } => Some("name the task by its path".to_owned()),
            Self::WorkflowNeeded { .. } => Some("name one of them with `--workflow`".to_owned()),
            Self::NoWorkspaceDefinition { .. } => {
                Some("add `.workspace({ create, remove })` to the sequence that is exported".to_owned())
            }
            Self::WorkspaceExists { name } => Some(format!("choose another name, or remove it: rig rm {name}")),
            Self::WorkspaceIncomplete { name } => Some(format!("remove it: rig rm {name}")),
            Self::WorkspaceBusy { .. } => Some("wait until that is done".to_owned()),
            Self::CreateCancelled { .. } => Some(RESOURCES_MAY_BE_LEFT.to_owned()),
            Self::Locked { .. } => Some("wait for it, or leave `--no-wait` out to wait here".to_owned()),
            Self::WaitsForItself { .. } => Some(
                "put what it needs into tasks before the one that started it, or into another workflow".to_owned(),
            ),
            Self::StalePlan { .. } => Some("make a new one: rig plan --out FILE".to_owned()),
            Self::PlanOfOtherWorkflow { workflow, .. } => Some(format!(
                "apply a workflow of the plan, or make one of this: rig plan --workflow {workflow} --out FILE"
            )),
            Self::BranchCollision { .. } => Some("rename the branch, or leave the key out of the context before it".to_owned()),
            Self::NodeRequired { .. } => Some(
                "use what handlers have built in: `@rigkit/provider-host` for commands and files, `fetch` for the network".to_owned(),
            ),
            Self::LogGone { .. } => Some(format!(
                "the logs of the last {KEPT_LOGS} runs are kept; what else is known of it: rig log"
            )),
            Self::Failed { failures, .. } => failures.first()?.help.clone(),
            _ => None,
        }
    }
}

fn unknown_help(kind: NameKind, name: &str, known: &[String]) -> String {
    let near = crate::definition::nearest(name, known.iter().map(String::as_str));
    let others: Vec<&str> = known
        .iter()
        .map(String::as_str)
        .filter(|known| Some(*known) != near)
        .collect();
    match (near, others.as_slice()) {
        (Some(near), []) => format!("did you mean `{near}`?"),
        (Some(near), others) => format!("did you mean `{near}`? there is also: {}", listed(others)),
        (None, []) => format!("there is no {kind} at all"),
        (None, others) => format!("there is: {}", listed(others)),
    }
}

/// Lists as many names as are read at a glance.
fn listed(names: &[&str]) -> String {
    const MOST: usize = 12;
    match names.split_at_checked(MOST) {
        Some((shown, rest)) if !rest.is_empty() => {
            format!("{} and {} more", shown.join(", "), rest.len())
        }
        _ => names.join(", "),
    }
}

fn was_or_were(tasks: &[String]) -> &'static str {
    if tasks.len() == 1 {
        "the result of a task is"
    } else {
        "the results of tasks are"
    }
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn checks_message(checks: &[ProviderCheck]) -> String {
    let lines: Vec<String> = checks
        .iter()
        .map(|check| match &check.message {
            Some(message) => format!("{}: {message}", check.label),
            None => check.label.clone(),
        })
        .collect();
    format!("a provider is not ready: {}", lines.join("; "))
}

fn failures_message(failures: &[NodeFailure]) -> String {
    match failures {
        [] => "the run failed".to_owned(),
        [only] => format!("`{}` failed: {}", only.node, only.message),
        [first, ..] => format!(
            "{} tasks failed; first `{}`: {}",
            failures.len(),
            first.node,
            first.message
        ),
    }
}
