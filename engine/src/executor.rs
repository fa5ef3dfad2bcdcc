//! Executors of asynchronous work, made only where the system has room for one.

use std::{io, os::fd::OwnedFd, sync::mpsc, thread, time::Duration};

use tokio::runtime::{Builder, Runtime};

/// How many files an executor opens to be woken by the system, and some for whoever else opens one
/// at the same time.
const FILES: usize = 10;

/// How long a thread is kept that has nothing to do.
const ALWAYS: Duration = Duration::from_hours(24 * 365);

/// Builds an executor that starts so many threads at once, one for work that blocks included.
///
/// # Errors
/// When the process has no room for the files and threads of one. The library would end the process
/// in some of these cases.
pub fn build(builder: &mut Builder, threads: usize) -> io::Result<Runtime> {
    require_files(FILES)?;
    require_threads(threads)?;
    let executor = builder.thread_keep_alive(ALWAYS).build()?;
    // With one thread for work that blocks, more work than the system has threads for waits.
    executor.spawn_blocking(|| ());
    Ok(executor)
}

/// Returns the error of a process that cannot open this many more files.
fn require_files(count: usize) -> io::Result<()> {
    let open = |_| rustix::io::dup(rustix::stdio::stderr()).map_err(io::Error::from);
    (0..count)
        .map(open)
        .collect::<io::Result<Vec<OwnedFd>>>()
        .map(drop)
}

/// Returns the error of a process that cannot start this many more threads.
fn require_threads(count: usize) -> io::Result<()> {
    let (holds, ends): (Vec<_>, Vec<_>) = (0..count).map(|_| mpsc::channel::<()>()).unzip();
    let wait = |end: mpsc::Receiver<()>| thread::Builder::new().spawn(move || end.recv().is_ok());
    let started: Vec<io::Result<_>> = ends.into_iter().map(wait).collect();
    drop(holds);
    for thread in started {
        // It only waited.
        let _ = thread?.join();
    }
    Ok(())
}
