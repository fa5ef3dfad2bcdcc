//! The extension for VS Code: its own checks, and the packaged extension in the real workbench.
//!
//! The tests themselves are in `tests/vscode`: the workbench runs in a browser that they drive.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    env,
    path::{Path, PathBuf},
};

use rigkit_tests::{npm, npm_with, packages_of, rig};

#[test]
fn the_extension_passes_its_own_checks() {
    let extension = repository().join("vscode-extension");
    let _installed = packages_of(&extension);
    for script in ["check", "lint", "test"] {
        npm(&extension, &["run", script]);
    }
}

#[test]
fn the_extension_works_in_the_workbench() {
    let extension = repository().join("vscode-extension");
    let workbench = repository().join("tests/vscode");
    let _extension_installed = packages_of(&extension);
    let _workbench_installed = packages_of(&workbench);
    npm(&workbench, &["run", "check"]);
    npm_with(
        &workbench,
        &["test"],
        &[("RIG", rig()), ("CARGO_TARGET_DIR", &target_directory())],
    );
}

fn repository() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    folder.parent().unwrap().to_owned()
}

/// Gives the directory that everything built goes to.
fn target_directory() -> PathBuf {
    let program = env::current_exe().unwrap();
    program.ancestors().nth(3).unwrap().to_owned()
}
