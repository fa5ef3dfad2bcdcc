//! Opening an address or a file with the person's own program for it.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tokio::process::Command;

use super::{
    OperationContext, OperationError,
    opener::{OpenerChoice, Openers},
};

/// How long an opener is watched for a failure before it counts as having taken over.
const FAILURE_WINDOW: Duration = Duration::from_millis(250);

/// Says what to open.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// An address, or a path that starts in the project's directory.
    pub target: String,
}

/// Hands the target to the first of the openers that takes it.
pub(super) async fn open(open: Open, context: &OperationContext) -> Result<Value, OperationError> {
    hand_over(open, FAILURE_WINDOW, context).await
}

async fn hand_over(
    open: Open,
    window: Duration,
    context: &OperationContext,
) -> Result<Value, OperationError> {
    let action = format!("open {:?}", open.target);
    if open.target.is_empty() {
        return Err(OperationError::InvalidArgument {
            action,
            problem: "the target is empty".to_owned(),
            help: None,
        });
    }
    let mut missing = Vec::new();
    let mut failure = None;
    let browser = context.environment.text.get("BROWSER").map(String::as_str);
    let openers = Openers::of(&open.target, browser);
    for opener in openers.commands {
        match try_opener(opener.into(), window, context, &action).await {
            Attempt::Opened => return Ok(Value::Null),
            Attempt::Missing(program) => missing.push(format!("`{program}`")),
            Attempt::Failed(cancelled @ OperationError::Cancelled { .. }) => return Err(cancelled),
            Attempt::Failed(error) => failure = failure.or(Some(error)),
        }
    }
    // An opener that ran and failed says more than others not being there.
    Err(failure.unwrap_or_else(|| OperationError::Failed {
        action,
        problem: format!(
            "none of {} is there: {}",
            match openers.chosen_by {
                OpenerChoice::Person => "the programs in the variable BROWSER",
                OpenerChoice::Platform => "the programs that open things",
            },
            missing.join(", ")
        ),
        help: Some(match openers.chosen_by {
            OpenerChoice::Person => "set BROWSER to one that is, or open it by hand: --no-open",
            OpenerChoice::Platform => "install one of them, or open it by hand",
        }),
    }))
}

enum Attempt {
    Opened,
    Missing(String),
    Failed(OperationError),
}

async fn try_opener(
    mut opener: Command,
    window: Duration,
    context: &OperationContext,
    action: &str,
) -> Attempt {
    prepare(&mut opener, context);
    let program = opener.as_std().get_program().to_string_lossy().into_owned();
    let mut child = match opener.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Attempt::Missing(program),
        Err(source) => return Attempt::Failed(OperationError::system(action, source)),
    };
    let status = tokio::select! {
        biased;
        () = context.cancel.cancelled() => {
            // It may be gone already, which is as well.
            let _ = child.start_kill();
            return Attempt::Failed(OperationError::Cancelled { action: action.to_owned() });
        }
        status = child.wait() => status,
        () = tokio::time::sleep(window) => return Attempt::Opened,
    };
    match status {
        Ok(status) if status.success() => Attempt::Opened,
        Ok(status) => Attempt::Failed(OperationError::Failed {
            action: action.to_owned(),
            problem: format!("`{program}` ended with {status}"),
            help: None,
        }),
        Err(source) => Attempt::Failed(OperationError::system(action, source)),
    }
}

/// Gives the opener the run's environment and a group of its own, so that a program it
/// starts outlives the run.
fn prepare(opener: &mut Command, context: &OperationContext) {
    opener
        .current_dir(&context.project_dir)
        .env_clear()
        .envs(context.environment.in_folder(&context.project_dir))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    #[cfg(unix)]
    opener.process_group(0);
}

#[cfg(all(test, unix))]
mod tests;
