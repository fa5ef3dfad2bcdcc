//! Gives the code that transpiles modules a number of its own, by which what it made is kept.

#![expect(
    clippy::disallowed_methods,
    reason = "what is built is this repository itself"
)]

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io,
    path::Path,
};

/// What transpiling a module depends on.
const SOURCES: &[&str] = &["src/modules", "Cargo.toml", "../Cargo.lock"];

fn main() -> io::Result<()> {
    let mut hasher = DefaultHasher::new();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
        hash(Path::new(source), &mut hasher)?;
    }
    println!(
        "cargo::rustc-env=RIGKIT_TRANSPILER={:016x}",
        hasher.finish()
    );
    Ok(())
}

fn hash(path: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    if path.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path)?
            .map(|entry| Ok(entry?.path()))
            .collect::<io::Result<_>>()?;
        entries.sort();
        return entries.iter().try_for_each(|entry| hash(entry, hasher));
    }
    if path.exists() {
        fs::read(path)?.hash(hasher);
    }
    Ok(())
}
