//! The stack that the command line works on.

use std::{panic::resume_unwind, thread};

use rustix::process::{Resource, getrlimit};

/// What the first thread has where nobody has set another limit.
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// Works on a stack of the usual size: on this one, or on that of another thread where a limit
/// makes this one smaller.
pub(crate) fn with_usual_stack<T: Send + 'static>(work: fn() -> T) -> T {
    let limit = getrlimit(Resource::Stack).current;
    if limit.is_none_or(|bytes| bytes >= STACK_BYTES as u64) {
        return work();
    }
    let thread = thread::Builder::new().name("main".to_owned());
    match thread.stack_size(STACK_BYTES).spawn(work) {
        Ok(working) => working.join().unwrap_or_else(|panic| resume_unwind(panic)),
        // There is room for most commands.
        Err(_) => work(),
    }
}
