//! Modules that were transpiled before, kept by their content.
//!
//! An entry's name is a digest of everything that the result depends on, so an entry is never
//! out of date, and writers who meet write the same. Each is signed with the machine's own
//! key: what handlers run comes from the text that a person can read, and never from a file
//! that somebody put into the directory. An entry that cannot be used is made again.

use std::{
    cmp::Reverse,
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::SystemTime,
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tempfile::NamedTempFile;

use super::transpile::{Marks, SyntaxProblem, Transpiled, transpile};
use crate::digest::{Digest, hash_parts};

/// Keeps transpiled modules in a directory, which may be deleted at any time.
pub(crate) struct TranspileCache {
    directory: PathBuf,
    key: [u8; 32],
    has_written: AtomicBool,
    limits: Limits,
}

/// Says how much is kept.
#[derive(Debug, Clone, Copy)]
struct Limits {
    entries: usize,
    bytes: u64,
}

/// Room for several versions of every module of a large project.
const LIMITS: Limits = Limits {
    entries: 8_000,
    bytes: 128 * 1024 * 1024,
};

/// Changes with the code that transpiles.
const TRANSPILER: &str = env!("RIGKIT_TRANSPILER");

const SIGNATURE_BYTES: usize = 32;

impl TranspileCache {
    /// Keeps modules in a directory, signed with a key that never leaves the machine.
    pub(crate) fn new(directory: PathBuf, key: [u8; 32]) -> Self {
        Self {
            directory,
            key,
            has_written: AtomicBool::new(false),
            limits: LIMITS,
        }
    }

    /// Gives the transpiled form of a module, from the directory where it is there.
    pub(super) fn transpile(
        &self,
        path: &Path,
        text: &str,
        marks: Marks,
    ) -> Result<Transpiled, Vec<SyntaxProblem>> {
        let name = entry_name(path, text, marks);
        if let Some(kept) = self.read(name) {
            return Ok(kept);
        }
        let transpiled = transpile(path, text, marks)?;
        // Whoever cannot write here transpiles again next time.
        let _ = self.write(name, &transpiled);
        Ok(transpiled)
    }

    fn read(&self, name: Digest) -> Option<Transpiled> {
        let bytes = fs::read(self.path_of(name)).ok()?;
        let (signature, payload) = bytes.split_at_checked(SIGNATURE_BYTES)?;
        self.signer(name, payload)?.verify_slice(signature).ok()?;
        postcard::from_bytes(payload).ok()
    }

    /// Returns an entry with a payload of any kind, signed as if this machine had made it.
    pub(super) fn signed(
        &self,
        path: &Path,
        text: &str,
        marks: Marks,
        payload: &[u8],
    ) -> Option<Vec<u8>> {
        self.with_signature(entry_name(path, text, marks), payload)
    }

    fn with_signature(&self, name: Digest, payload: &[u8]) -> Option<Vec<u8>> {
        let signature = self.signer(name, payload)?.finalize().into_bytes();
        Some([&signature[..], payload].concat())
    }

    fn write(&self, name: Digest, transpiled: &Transpiled) -> io::Result<()> {
        let payload = postcard::to_stdvec(transpiled).map_err(io::Error::other)?;
        let entry = self
            .with_signature(name, &payload)
            .ok_or_else(|| io::Error::other("no signature can be made"))?;
        fs::create_dir_all(&self.directory)?;
        let mut file = NamedTempFile::new_in(&self.directory)?;
        io::Write::write_all(&mut file, &entry)?;
        file.persist(self.path_of(name))?;
        self.has_written.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Prepares the signature of an entry: one that was renamed is not valid either.
    fn signer(&self, name: Digest, payload: &[u8]) -> Option<Hmac<Sha256>> {
        let mut signer = Hmac::<Sha256>::new_from_slice(&self.key).ok()?;
        signer.update(name.as_bytes());
        signer.update(payload);
        Some(signer)
    }

    fn path_of(&self, name: Digest) -> PathBuf {
        self.directory.join(name.to_string())
    }

    /// Deletes the oldest entries where there are too many; looks only after it has added some.
    pub(crate) fn prune(&self) {
        if self.has_written.swap(false, Ordering::Relaxed) {
            // What cannot be deleted now may be later.
            let _ = self.delete_oldest();
        }
    }

    fn delete_oldest(&self) -> io::Result<()> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            let written = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            entries.push((written, metadata.len(), entry.path()));
        }
        let bytes: u64 = entries.iter().map(|(_, bytes, _)| bytes).sum();
        if entries.len() <= self.limits.entries && bytes <= self.limits.bytes {
            return Ok(());
        }
        entries.sort_by_key(|(written, ..)| Reverse(*written));
        let mut kept_bytes = 0;
        for (index, (_, bytes, path)) in entries.into_iter().enumerate() {
            kept_bytes += bytes;
            // Some room is made, so that the next writer need not do this again.
            let is_kept =
                index < self.limits.entries / 4 * 3 && kept_bytes <= self.limits.bytes / 4 * 3;
            if !is_kept {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

/// Returns the name of a module's entry.
pub(super) fn entry_name(path: &Path, text: &str, marks: Marks) -> Digest {
    let extension = path.extension().unwrap_or_default().as_encoded_bytes();
    let marks: &[u8] = match marks {
        Marks::All => b"all",
        Marks::CallSites => b"call sites",
        Marks::None => b"none",
    };
    let parts = [TRANSPILER.as_bytes(), extension, marks, text.as_bytes()];
    hash_parts("transpiled", parts)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::thread;

    use super::*;

    fn cache(directory: &Path, key: u8) -> TranspileCache {
        TranspileCache::new(directory.to_path_buf(), [key; 32])
    }

    fn transpiled(cache: &TranspileCache, text: &str) -> Transpiled {
        cache
            .transpile(Path::new("a.ts"), text, Marks::All)
            .unwrap()
    }

    fn entries(directory: &Path) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(directory) else {
            return Vec::new();
        };
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    const TEXT: &str = "import { task } from \"@rigkit/sdk\";\nexport const a: unknown = task(\"a\", { version: \"1\" }, () => a);\n";

    #[test]
    fn gives_what_transpiling_gives() {
        let directory = tempfile::tempdir().unwrap();
        let fresh = transpile(Path::new("a.ts"), TEXT, Marks::All).unwrap();
        for _ in 0..2 {
            assert_eq!(transpiled(&cache(directory.path(), 1), TEXT), fresh);
            assert_eq!(entries(directory.path()).len(), 1);
        }
    }

    #[test]
    fn tells_apart_what_may_differ() {
        let directory = tempfile::tempdir().unwrap();
        let cache = cache(directory.path(), 1);
        for (path, text, marks) in [
            ("a.ts", "1", Marks::All),
            ("a.ts", "2", Marks::All),
            ("a.ts", "1", Marks::None),
            ("a.tsx", "1", Marks::All),
            ("elsewhere/b.ts", "1", Marks::All),
        ] {
            cache.transpile(Path::new(path), text, marks).unwrap();
        }
        assert_eq!(entries(directory.path()).len(), 4);
    }

    #[test]
    fn takes_only_what_this_machine_wrote() {
        let directory = tempfile::tempdir().unwrap();
        let fresh = transpiled(&cache(directory.path(), 1), TEXT);
        let entry = entries(directory.path()).remove(0);
        let good = fs::read(&entry).unwrap();
        let forged = {
            let mut forged = fresh.clone();
            forged.code = "evil()".to_owned();
            transpiled(&cache(directory.path(), 2), TEXT);
            let other = cache(directory.path(), 2);
            let name = entry_name(Path::new("a.ts"), TEXT, Marks::All);
            other.write(name, &forged).unwrap();
            fs::read(&entry).unwrap()
        };
        for bad in [forged, good[..40].to_vec(), Vec::new(), vec![0; 500]] {
            fs::write(&entry, bad).unwrap();
            assert_eq!(transpiled(&cache(directory.path(), 1), TEXT), fresh);
            assert_eq!(fs::read(&entry).unwrap(), good, "it is made again");
        }
    }

    #[test]
    fn works_where_nothing_can_be_written() {
        let file = NamedTempFile::new().unwrap();
        let fresh = transpile(Path::new("a.ts"), TEXT, Marks::All).unwrap();
        assert_eq!(transpiled(&cache(file.path(), 1), TEXT), fresh);
    }

    #[test]
    fn writers_may_meet() {
        let directory = tempfile::tempdir().unwrap();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let cache = cache(directory.path(), 1);
                    for index in 0..50 {
                        let text = format!("export const a = {index};");
                        assert!(transpiled(&cache, &text).code.contains(&index.to_string()));
                    }
                });
            }
        });
        assert_eq!(entries(directory.path()).len(), 50);
    }

    #[test]
    fn keeps_no_more_than_its_limits() {
        let directory = tempfile::tempdir().unwrap();
        let mut cache = cache(directory.path(), 1);
        cache.limits.entries = 8;
        for index in 0..20 {
            transpiled(&cache, &format!("export const a = {index};"));
            cache.prune();
            assert!(entries(directory.path()).len() <= 8);
        }
        cache.limits = Limits {
            entries: 1_000,
            bytes: 4_000,
        };
        for index in 0..20 {
            transpiled(
                &cache,
                &format!("export const b = \"{}\";", "x".repeat(index * 10)),
            );
            cache.prune();
            let bytes: u64 = entries(directory.path())
                .iter()
                .map(|entry| entry.metadata().unwrap().len())
                .sum();
            assert!(bytes <= 4_000, "{bytes}");
        }
    }
}
