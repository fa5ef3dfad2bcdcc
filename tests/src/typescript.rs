//! The TypeScript compiler that checks configs, in the version the lock file wants.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use crate::packages_of;

/// Gives the folder of the configs that are compiled, with the packages they use and the lock
/// file that pins them.
#[must_use]
pub fn typescript_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("typescript")
}

/// Gives `node_modules` with the compiler in it. Installs it when it is not there, or not in the
/// version the lock file wants.
///
/// # Panics
/// Where it cannot be installed.
#[must_use]
pub fn installed_packages() -> &'static Path {
    static INSTALLED: OnceLock<PathBuf> = OnceLock::new();
    INSTALLED.get_or_init(|| packages_of(&typescript_folder()))
}

/// Compiles the project in a directory and gives what the compiler prints: its errors.
///
/// # Panics
/// Where the compiler cannot be run.
#[must_use]
pub fn compile(directory: &Path, options: &[&str]) -> String {
    let output = Command::new("node")
        .arg(installed_packages().join("typescript/bin/tsc"))
        .args(["--project", ".", "--pretty", "false"])
        .args(options)
        .current_dir(directory)
        .output()
        .expect("Node.js is on PATH");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.is_empty(), "the compiler failed: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}
