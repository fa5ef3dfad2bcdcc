//! Entries of the cache of transpiled modules of any content, tried by the fuzz targets.

use std::{fs, path::Path};

use super::{
    transpile::{Marks, transpile},
    transpile_cache::{TranspileCache, entry_name},
};

const MODULE: &str = "a.ts";
const TEXT: &str =
    "import { task } from \"@rigkit/sdk\";\nexport const a: unknown = task(\"a\", {}, () => a);\n";

/// Puts bytes in the place of a cache entry, as they are and signed, and asks for the module.
///
/// # Panics
/// When an entry that nobody signed is used.
pub fn fuzzed_entry(input: &[u8]) {
    let Ok(directory) = tempfile::tempdir() else {
        return;
    };
    let cache = TranspileCache::new(directory.path().to_path_buf(), [7; 32]);
    let module = Path::new(MODULE);
    let entry = directory
        .path()
        .join(entry_name(module, TEXT, Marks::All).to_string());
    if fs::write(&entry, input).is_err() {
        return;
    }
    let given = cache.transpile(module, TEXT, Marks::All).ok();
    assert!(given == transpile(module, TEXT, Marks::All).ok());
    // What the machine itself has signed is believed, but must not end the process either.
    if let Some(signed) = cache.signed(module, TEXT, Marks::All, input)
        && fs::write(&entry, signed).is_ok()
    {
        let _ = cache.transpile(module, TEXT, Marks::All);
    }
}

/// Returns entries that the search for others begins with.
#[must_use]
pub fn fuzzed_entry_seeds() -> Vec<Vec<u8>> {
    let seed = || {
        let directory = tempfile::tempdir().ok()?;
        let cache = TranspileCache::new(directory.path().to_path_buf(), [7; 32]);
        let module = Path::new(MODULE);
        cache.transpile(module, TEXT, Marks::All).ok()?;
        let entry = entry_name(module, TEXT, Marks::All).to_string();
        fs::read(directory.path().join(entry)).ok()
    };
    // As it is in the file, and without the signature before it.
    let whole = seed().unwrap_or_default();
    let payload = whole.get(32..).unwrap_or_default().to_vec();
    vec![whole, payload]
}
