//! Work that blocks a thread, run so that cancelling it never waits.

use tokio::sync::oneshot;

use super::{OperationContext, OperationError};

/// Runs blocking work on the runtime's pool of blocking threads.
///
/// Cancelling answers at once; the work itself has to look at the token to end early.
pub(super) async fn pooled<T: Send + 'static>(
    context: &OperationContext,
    action: String,
    work: impl FnOnce() -> Result<T, OperationError> + Send + 'static,
) -> Result<T, OperationError> {
    let task = tokio::task::spawn_blocking(work);
    tokio::select! {
        biased;
        () = context.cancel.cancelled() => Err(OperationError::Cancelled { action }),
        result = task => result.unwrap_or(Err(OperationError::Internal { action })),
    }
}

/// Runs blocking work that may never end on a thread of its own.
///
/// A runtime waits for its pool when it shuts down, and a name server or a host that does
/// not answer must not hold up the end of the program.
pub(super) async fn detached<T: Send + 'static>(
    context: &OperationContext,
    action: String,
    work: impl FnOnce() -> Result<T, OperationError> + Send + 'static,
) -> Result<T, OperationError> {
    let (answer, answered) = oneshot::channel();
    let thread = std::thread::Builder::new().name("rigkit-operation".to_owned());
    thread
        .spawn(move || answer.send(work()).ok())
        .map_err(|source| OperationError::system(action.as_str(), source))?;
    tokio::select! {
        biased;
        () = context.cancel.cancelled() => Err(OperationError::Cancelled { action }),
        result = answered => result.unwrap_or(Err(OperationError::Internal { action })),
    }
}
