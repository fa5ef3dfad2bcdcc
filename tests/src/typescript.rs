//! The TypeScript compiler that checks configs, in the version the lock file wants.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

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
    INSTALLED.get_or_init(|| {
        let folder = typescript_folder();
        let lock_file = folder.join("package-lock.json");
        // Other processes may run these tests at the same time; the lock goes when the file closes.
        let lock = File::open(&lock_file).unwrap();
        lock.lock().unwrap();

        let wanted = fs::read_to_string(lock_file).unwrap();
        let packages = folder.join("node_modules");
        let stamp = packages.join(".installed-lock.json");
        if fs::read_to_string(&stamp).ok().as_deref() != Some(wanted.as_str()) {
            install_packages(&folder);
            fs::write(stamp, wanted).unwrap();
        }
        packages
    })
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

fn install_packages(folder: &Path) {
    let output = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund"])
        .current_dir(folder)
        .output()
        .expect("npm is on PATH");
    assert!(
        output.status.success(),
        "`npm ci` failed in {}: {}",
        folder.display(),
        String::from_utf8_lossy(&output.stderr),
    );
}
