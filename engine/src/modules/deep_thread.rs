//! Threads on which syntax trees may be as deep as a module is long.

use std::{
    cell::Cell,
    io,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use super::module::MAX_MODULE_BYTES;

/// How much stack a module may take for each of its bytes: every prefix operator or opening bracket
/// is a level of its own.
const STACK_PER_BYTE: usize = 512;

/// Enough for the largest module there may be.
const STACK_BYTES: usize = MAX_MODULE_BYTES * STACK_PER_BYTE;

/// Enough for the language and for a module of 32 KiB. With less there is no use in going on.
const LEAST_STACK_BYTES: usize = 16 * 1024 * 1024;

/// Enough for a thread that does nothing.
const SMALL_STACK_BYTES: usize = 64 * 1024;

thread_local! {
    /// The stack that this thread was started with.
    static STACK: Cell<usize> = const { Cell::new(STACK_BYTES) };
}

/// Starts work on a thread with a stack that is deep enough for the largest module accepted; only
/// what is used of it takes memory.
///
/// The parser and the passes over the syntax tree recurse, and a chain of ten thousand calls is
/// that many levels deep. Where the system does not even set aside the room, the stack is smaller,
/// and so is the [largest module](largest_module).
///
/// # Errors
/// When there can be no thread at all; its kind is [`io::ErrorKind::OutOfMemory`] where only the
/// stack has no room.
pub(crate) fn spawn_deep(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let work = Arc::new(Mutex::new(Some(work)));
    let mut stack = STACK_BYTES;
    loop {
        let waiting = Arc::clone(&work);
        let begin = move || {
            STACK.set(stack);
            let work = waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            if let Some(work) = work {
                work();
            }
        };
        let thread = thread::Builder::new().name(name.to_owned());
        match thread.stack_size(stack).spawn(begin) {
            Ok(_) => return Ok(()),
            Err(error) if stack / 4 < LEAST_STACK_BYTES => return Err(explained(error)),
            Err(_) => stack /= 4,
        }
    }
}

/// The system gives one number for a thread too many and for a stack that has no room. Where a
/// small thread can be had, it was the stack.
fn explained(error: io::Error) -> io::Error {
    let small = thread::Builder::new().stack_size(SMALL_STACK_BYTES);
    match small.spawn(|| ()) {
        Ok(_) => io::Error::new(io::ErrorKind::OutOfMemory, error),
        Err(_) => error,
    }
}

/// Returns the size in bytes of the largest module that this thread can work on.
pub(crate) fn largest_module() -> usize {
    MAX_MODULE_BYTES.min(STACK.get() / STACK_PER_BYTE)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::sync::mpsc;

    use super::*;

    #[test]
    fn the_stack_is_as_deep_as_the_system_allows() {
        let (tell, told) = mpsc::channel();
        spawn_deep("deep", move || tell.send(largest_module()).unwrap()).unwrap();
        let largest = told.recv().unwrap();
        let least = LEAST_STACK_BYTES / STACK_PER_BYTE;
        assert!((least..=MAX_MODULE_BYTES).contains(&largest));
    }
}
