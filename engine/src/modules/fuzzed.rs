//! Entries of the cache of transpiled modules of any content, tried by the fuzz targets.

#![expect(
    clippy::disallowed_methods,
    reason = "a target works in a folder of its own"
)]

use std::{fs, path::Path};

use super::{
    transpile::{Marks, transpile},
    transpile_cache::{TranspileCache, entry_name, path_of},
};
use crate::disk::{Links, Root};

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
    let Some(cache) = cache_in(directory.path()) else {
        return;
    };
    let module = Path::new(MODULE);
    let entry = directory
        .path()
        .join(path_of(entry_name(module, TEXT, Marks::All)));
    // The folder of the entries.
    let _ = cache.transpile(module, TEXT, Marks::All);
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

fn cache_in(data_folder: &Path) -> Option<TranspileCache> {
    let data_folder = Root::open(data_folder, Links::Refused).ok()?;
    Some(TranspileCache::new(data_folder, [7; 32]))
}

/// Returns entries that the search for others begins with.
#[must_use]
pub fn fuzzed_entry_seeds() -> Vec<Vec<u8>> {
    let seed = || {
        let directory = tempfile::tempdir().ok()?;
        let cache = cache_in(directory.path())?;
        let module = Path::new(MODULE);
        cache.transpile(module, TEXT, Marks::All).ok()?;
        let entry = path_of(entry_name(module, TEXT, Marks::All));
        fs::read(directory.path().join(entry)).ok()
    };
    // As it is in the file, and without the signature before it.
    let whole = seed().unwrap_or_default();
    let payload = whole.get(32..).unwrap_or_default().to_vec();
    vec![whole, payload]
}
