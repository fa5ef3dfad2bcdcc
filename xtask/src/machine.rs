//! The machine that is measured on, and the build that is measured.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::bench::Failure;

/// Builds the release binary and gives its path.
pub(crate) fn build_rig() -> Result<PathBuf, Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "-p", "rigkit-cli"])
        .current_dir(&root)
        .status()?;
    if !status.success() {
        return Err("the release build failed".into());
    }
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join("release/rig").canonicalize()?)
}

/// Runs a command and gives the most memory it had, as the kernel counts it.
///
/// `/proc/PID/status` is read until the process ends: the mark it shows only rises, and the
/// last reading is taken while the process waits to be reaped or just before it.
pub(crate) fn peak_memory_mib(command: &mut Command) -> Result<f64, Failure> {
    let mut child = command.stdout(Stdio::null()).spawn()?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak_kib = 0.0_f64;
    while child.try_wait()?.is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        if let Some(kib) = kibibytes(&text, "VmHWM:") {
            peak_kib = peak_kib.max(kib);
        }
    }
    Ok(peak_kib / 1_024.0)
}

/// Gives how much memory a process has in use, in MiB, as the kernel counts it.
pub(crate) fn memory_mib(process: u32) -> Result<f64, Failure> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let kib = kibibytes(&status, "VmRSS:").ok_or("the kernel does not say")?;
    Ok(kib / 1_024.0)
}

fn kibibytes(status: &str, key: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// Describes the machine: processor, cores, memory, system.
pub(crate) fn describe() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let value = |text: &str, key: &str| {
        let line = text.lines().find(|line| line.starts_with(key));
        let value = line
            .and_then(|line| line.split_once(':'))
            .map(|(_, value)| value.trim().to_owned());
        value.unwrap_or_else(|| "unknown".to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!(
        "{} ({cores} cores), {} of memory, Linux {}",
        value(&read("/proc/cpuinfo"), "model name"),
        value(&read("/proc/meminfo"), "MemTotal"),
        read("/proc/sys/kernel/osrelease").trim(),
    )
}
