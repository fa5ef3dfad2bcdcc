//! Packages from the registry of Node.js, in the versions that lock files want.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

/// Gives `node_modules` of a folder. Installs it when it is not there, or not in the versions
/// that the lock file wants.
///
/// # Panics
/// Where it cannot be installed.
#[must_use]
pub fn packages_of(folder: &Path) -> PathBuf {
    let lock_file = folder.join("package-lock.json");
    // Other processes may run these tests at the same time; the lock goes when the file closes.
    let lock = File::open(&lock_file).unwrap();
    lock.lock().unwrap();

    let wanted = fs::read_to_string(lock_file).unwrap();
    let packages = folder.join("node_modules");
    let stamp = packages.join(".installed-lock.json");
    if fs::read_to_string(&stamp).ok().as_deref() != Some(wanted.as_str()) {
        npm(folder, &["ci", "--no-audit", "--no-fund"]);
        fs::write(stamp, wanted).unwrap();
    }
    packages
}

/// Runs npm in a folder.
///
/// # Panics
/// Where it fails, with what it printed.
pub fn npm(folder: &Path, arguments: &[&str]) {
    npm_with(folder, arguments, &[]);
}

/// Runs npm in a folder, with variables that name places.
///
/// # Panics
/// Where it fails, with what it printed.
pub fn npm_with(folder: &Path, arguments: &[&str], places: &[(&str, &Path)]) {
    let output = Command::new("npm")
        .args(arguments)
        .envs(places.iter().copied())
        .current_dir(folder)
        .output()
        .expect("npm is on PATH");
    let [printed, errors] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(
        output.status.success(),
        "`npm {}` failed in {}:\n{printed}\n{errors}",
        arguments.join(" "),
        folder.display(),
    );
}
