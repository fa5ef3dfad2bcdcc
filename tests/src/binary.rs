//! The `rig` of this workspace, built as the tests are.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use serde_json::Value;

/// Gives the path of `rig`; builds it when it is not up to date, once in a test run.
///
/// # Panics
/// Where it cannot be built.
#[must_use]
pub fn rig() -> &'static Path {
    RIG.get_or_init(build)
}

static RIG: OnceLock<PathBuf> = OnceLock::new();

/// Takes a binary that is built already; returns whether none was in use before.
pub fn use_rig(binary: PathBuf) -> bool {
    RIG.set(binary).is_ok()
}

/// Several test programs may build at once: cargo makes them wait for each other.
fn build() -> PathBuf {
    let place = Place::of_this_program();
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for name in variables_of_this_package() {
        command.env_remove(name);
    }
    let output = command
        .args([
            "build",
            "--package",
            "rigkit-cli",
            "--bin",
            "rig",
            "--message-format=json",
        ])
        .args(["--profile", &place.profile])
        .args(place.triple.iter().flat_map(|triple| ["--target", triple]))
        .arg("--target-dir")
        .arg(&place.target_directory)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo is there, for it runs the tests");
    assert!(output.status.success(), "`rig` cannot be built");
    let messages = String::from_utf8(output.stdout).unwrap();
    let mut executables = messages.lines().rev().filter_map(executable);
    executables.next().expect("cargo names what it built")
}

/// Build scripts watch what cargo says of a package, so they would run again, and all that
/// depends on them, whenever tests and other builds alternate.
fn variables_of_this_package() -> impl Iterator<Item = OsString> {
    let names = env::vars_os().map(|(name, _)| name);
    names.filter(|name| {
        let name = name.to_string_lossy();
        name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
    })
}

fn executable(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    message["executable"].as_str().map(PathBuf::from)
}

/// Says how and where this program was built: `<target>[/<triple>]/<profile>/deps/<program>`.
struct Place {
    target_directory: PathBuf,
    triple: Option<String>,
    profile: String,
}

impl Place {
    fn of_this_program() -> Self {
        let program = env::current_exe().unwrap();
        let mut directories = program.ancestors().skip(2);
        let profile = name(directories.next().unwrap());
        let above = directories.next().unwrap();
        // What cargo knows of the compiler is in the target directory itself, whoever made that.
        let (target_directory, triple) = if above.join(".rustc_info.json").exists() {
            (above, None)
        } else {
            (above.parent().unwrap(), Some(name(above)))
        };
        Self {
            target_directory: target_directory.to_path_buf(),
            triple,
            profile: if profile == "debug" {
                "dev".to_owned()
            } else {
                profile
            },
        }
    }
}

fn name(directory: &Path) -> String {
    directory.file_name().unwrap().to_str().unwrap().to_owned()
}
