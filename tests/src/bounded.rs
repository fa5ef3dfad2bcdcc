//! A run of `rig` that has to end in time, and whose memory is measured.

use std::{
    io::Read,
    process::{self, Child},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use nix::{
    libc,
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::Output;

/// What a run may use.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// How long it may take, which is far more than it does.
    pub time: Duration,
    /// How much memory it, or any process that it starts, may hold, in MiB.
    pub memory_mib: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(30),
            memory_mib: 400,
        }
    }
}

/// Waits for a process.
///
/// # Panics
/// Where it uses more than it may; then it is ended.
pub(crate) fn wait_within(line: &str, child: Child, bounds: Bounds) -> Output {
    let begun = Instant::now();
    let (ended, end) = mpsc::channel();
    let pid = Pid::from_raw(child.id().cast_signed());
    thread::spawn(move || {
        // Whoever waited may have given up.
        let _ = ended.send(collect(child));
    });
    let Ok((output, peak)) = end.recv_timeout(bounds.time) else {
        kill(pid, Signal::SIGKILL).unwrap();
        panic!("`{line}` has no end within {:?}", bounds.time);
    };
    assert!(
        peak >> 20 <= bounds.memory_mib,
        "`{line}` held {} MiB after {:?}",
        peak >> 20,
        begun.elapsed()
    );
    Output::of(line.to_owned(), output)
}

/// Reads all that a process writes, waits for its end, and returns the most memory it held, in
/// bytes.
fn collect(mut child: Child) -> (process::Output, u64) {
    let stderr = child.stderr.take();
    let stderr = thread::spawn(move || all_of(stderr));
    let stdout = all_of(child.stdout.take());
    let stderr = stderr.join().unwrap();
    let (status, peak) = wait_with_usage(&child);
    let output = process::Output {
        status,
        stdout,
        stderr,
    };
    (output, peak)
}

fn all_of(stream: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut stream) = stream {
        stream.read_to_end(&mut bytes).unwrap();
    }
    bytes
}

#[expect(
    unsafe_code,
    reason = "the standard library tells nothing of what a process has used"
)]
fn wait_with_usage(child: &Child) -> (process::ExitStatus, u64) {
    let mut status = 0;
    // SAFETY: all bits zero are a value of this struct of numbers.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    let pid = child.id().cast_signed();
    // SAFETY: both pointers are to values of this function, which the call only writes to. Nobody
    // else waits for this child, so its number is still its own.
    let waited = unsafe { libc::wait4(pid, &raw mut status, 0, &raw mut usage) };
    assert_eq!(waited, pid);
    let status = std::os::unix::process::ExitStatusExt::from_raw(status);
    let peak = u64::try_from(usage.ru_maxrss).unwrap();
    // The system of Apple counts bytes, all others KiB.
    let unit = if cfg!(target_vendor = "apple") {
        1
    } else {
        1024
    };
    (status, peak * unit)
}
