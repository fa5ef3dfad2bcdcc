//! The limits of the process.

use std::{fs, os::fd::RawFd};

use rustix::{
    io,
    process::{Resource, Rlimit, getrlimit, setrlimit},
};

use super::Allowance;

/// How much the first thread may use of its stack, where the system allows so much: the parser goes
/// as deep as the code does. The language has its own limit far below that.
const STACK_BYTES: u64 = 256 * 1024 * 1024;

/// What the process may map beyond what it has and what the language and the engine may hold:
/// allocators reserve more than they give.
const ADDRESS_MARGIN_BYTES: u64 = 512 * 1024 * 1024;

/// Makes room on the stack of the first thread, as far as the system allows.
pub(in crate::confined) fn make_room_on_the_stack() {
    let limit = getrlimit(Resource::Stack);
    let most = limit.maximum.unwrap_or(u64::MAX).min(STACK_BYTES);
    if limit.current.is_some_and(|current| current < most) {
        // Where it fails, deep recursion ends the process a little earlier.
        let _ = setrlimit(
            Resource::Stack,
            Rlimit {
                current: Some(most),
                maximum: limit.maximum,
            },
        );
    }
}

/// Closes what this process was started with besides the standard streams.
#[expect(
    clippy::disallowed_methods,
    reason = "the folder is the kernel's own, and nothing is confined yet"
)]
pub(super) fn close_inherited_files() {
    let Ok(entries) = fs::read_dir("/proc/self/fd") else {
        return;
    };
    let numbers: Vec<RawFd> = entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|number| *number > 2)
        .collect();
    for number in numbers {
        // One of them was the folder's own, and is closed already.
        let _ = nix::unistd::close(number);
    }
}

/// Sets limits that hold on every system.
pub(super) fn set(allowance: Allowance) -> io::Result<()> {
    let exactly = |limit: u64| Rlimit {
        current: Some(limit),
        maximum: Some(limit),
    };
    // What is open goes on working; nothing can be opened any more.
    setrlimit(Resource::Nofile, exactly(0))?;
    setrlimit(Resource::Core, exactly(0))?;
    setrlimit(Resource::Fsize, exactly(0))?;
    setrlimit(Resource::Nproc, exactly(0))?;
    setrlimit(
        Resource::Cpu,
        Rlimit {
            current: Some(allowance.cpu_seconds),
            maximum: Some(allowance.cpu_seconds + 1),
        },
    )?;
    if let Some(mapped) = mapped_bytes() {
        let memory = 2 * allowance.memory as u64;
        let limit = mapped
            .saturating_add(memory)
            .saturating_add(ADDRESS_MARGIN_BYTES);
        // Some systems do not know it; the counting allocator holds there too.
        let _ = setrlimit(Resource::As, exactly(limit));
    }
    Ok(())
}

/// Returns how many bytes of addresses this process uses now, where the system tells.
#[expect(
    clippy::disallowed_methods,
    reason = "the file is the kernel's own, and nothing is confined yet"
)]
fn mapped_bytes() -> Option<u64> {
    let sizes = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = sizes.split(' ').next()?.parse().ok()?;
    pages.checked_mul(rustix::param::page_size() as u64)
}
