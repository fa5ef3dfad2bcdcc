//! Executors of asynchronous work, made only where the system has room for one.

use std::{io, os::fd::OwnedFd};

use tokio::runtime::{Builder, Runtime};

/// How many files an executor opens to be woken by the system, and some for whoever else opens one
/// at the same time.
const FILES: usize = 10;

/// Builds an executor.
///
/// # Errors
/// When the process has no room for the files and threads of one. The library would end the process
/// in some of these cases.
pub fn build(builder: &mut Builder) -> io::Result<Runtime> {
    require_files(FILES)?;
    builder.build()
}

/// Returns the error of a process that cannot open this many more files.
fn require_files(count: usize) -> io::Result<()> {
    let open = |_| rustix::io::dup(rustix::stdio::stderr()).map_err(io::Error::from);
    (0..count)
        .map(open)
        .collect::<io::Result<Vec<OwnedFd>>>()
        .map(drop)
}
