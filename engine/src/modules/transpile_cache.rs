//! Modules that were transpiled before, kept by their content.
//!
//! An entry's name is a digest of everything that the result depends on, so an entry is never
//! out of date, and writers who meet write the same. Each is signed with the machine's own
//! key: what handlers run comes from the text that a person can read, and never from a file
//! that somebody put into the directory. An entry that cannot be used is made again.

use std::{
    cmp::Reverse,
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::transpile::{Marks, SyntaxProblem, Transpiled, transpile};
use crate::{
    digest::{Digest, hash_parts},
    disk::{DiskError, Links, OwnNames, Root},
};

/// Keeps transpiled modules in a folder below `.rigkit`, which may be deleted at any time.
pub(crate) struct TranspileCache {
    data_folder: Root,
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

/// Where entries are below the data folder.
const FOLDER: &str = "cache/modules";

/// The size in bytes up to which an entry is read; the largest module makes a few times its own.
const MAX_ENTRY_BYTES: u64 = 64 * 1024 * 1024;

impl TranspileCache {
    /// Keeps modules below a data folder, signed with a key that never leaves the machine.
    pub(crate) fn new(data_folder: Root, key: [u8; 32]) -> Self {
        Self {
            data_folder,
            key,
            has_written: AtomicBool::new(false),
            limits: LIMITS,
        }
    }

    /// Gives the transpiled form of a module, from the folder where it is there.
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

    /// Returns whether this machine has transpiled a module before.
    pub(super) fn has(&self, path: &Path, text: &str, marks: Marks) -> bool {
        self.payload(entry_name(path, text, marks)).is_some()
    }

    fn read(&self, name: Digest) -> Option<Transpiled> {
        postcard::from_bytes(&self.payload(name)?).ok()
    }

    /// Returns what an entry holds that this machine has signed.
    fn payload(&self, name: Digest) -> Option<Vec<u8>> {
        let mut bytes = self
            .data_folder
            .read(&path_of(name), MAX_ENTRY_BYTES)
            .ok()?;
        let (signature, payload) = bytes.split_at_checked(SIGNATURE_BYTES)?;
        self.signer(name, payload)?.verify_slice(signature).ok()?;
        drop(bytes.drain(..SIGNATURE_BYTES));
        Some(bytes)
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
        if !self.has_written.load(Ordering::Relaxed) {
            self.data_folder.create_folders(Path::new(FOLDER))?;
        }
        self.data_folder.replace(&path_of(name), &entry)?;
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

    /// Deletes the oldest entries where there are too many; looks only after it has added some.
    pub(crate) fn prune(&self) {
        if self.has_written.swap(false, Ordering::Relaxed) {
            // What cannot be deleted now may be later.
            let _ = self.delete_oldest();
        }
    }

    fn delete_oldest(&self) -> Result<(), DiskError> {
        let folder = self
            .data_folder
            .open_folder(Path::new(FOLDER), Links::Refused)?;
        let mut entries = folder.own_files(OwnNames::Digests)?;
        let bytes: u64 = entries.iter().map(|entry| entry.status.bytes).sum();
        if entries.len() <= self.limits.entries && bytes <= self.limits.bytes {
            return Ok(());
        }
        entries.sort_by_key(|entry| Reverse(entry.status.modified));
        let mut kept_bytes = 0;
        for (index, entry) in entries.iter().enumerate() {
            kept_bytes += entry.status.bytes;
            // Some room is made, so that the next writer need not do this again.
            let is_kept =
                index < self.limits.entries / 4 * 3 && kept_bytes <= self.limits.bytes / 4 * 3;
            if !is_kept {
                folder.remove(entry)?;
            }
        }
        Ok(())
    }
}

/// Returns where an entry is below the data folder.
pub(super) fn path_of(name: Digest) -> PathBuf {
    Path::new(FOLDER).join(name.to_string())
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

    use std::{fs, os::unix::fs::symlink, thread};

    use super::*;

    fn cache(directory: &Path, key: u8) -> TranspileCache {
        let data_folder = Root::open(directory, Links::Refused).unwrap();
        TranspileCache::new(data_folder, [key; 32])
    }

    fn transpiled(cache: &TranspileCache, text: &str) -> Transpiled {
        cache
            .transpile(Path::new("a.ts"), text, Marks::All)
            .unwrap()
    }

    fn entries(directory: &Path) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(directory.join(FOLDER)) else {
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
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("cache"), "in the way").unwrap();
        let fresh = transpile(Path::new("a.ts"), TEXT, Marks::All).unwrap();
        assert_eq!(transpiled(&cache(directory.path(), 1), TEXT), fresh);
    }

    /// What a repository may have laid where entries are kept: nothing outside is read, made or
    /// removed, and no file of somebody else counts.
    #[test]
    fn touches_only_its_own_entries() {
        let outside = tempfile::tempdir().unwrap();
        let name = entry_name(Path::new("a.ts"), TEXT, Marks::All).to_string();
        let photograph = outside.path().join("0".repeat(64));
        fs::write(&photograph, vec![0; 10_000]).unwrap();
        for (at, target) in [
            ("cache", outside.path().to_path_buf()),
            (FOLDER, outside.path().to_path_buf()),
            (&*format!("{FOLDER}/{name}"), photograph.clone()),
        ] {
            let directory = tempfile::tempdir().unwrap();
            let link = directory.path().join(at);
            fs::create_dir_all(link.parent().unwrap()).unwrap();
            symlink(target, &link).unwrap();
            let mut cache = cache(directory.path(), 1);
            cache.limits.bytes = 1_000;
            for text in [TEXT, "export const a = 1;", "export const a = 2;"] {
                transpiled(&cache, text);
                cache.prune();
            }
            assert_eq!(fs::read(&photograph).unwrap(), vec![0; 10_000], "{at}");
            assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1, "{at}");
        }
    }

    #[test]
    fn keeps_the_files_of_others() {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path().join(FOLDER);
        fs::create_dir_all(&folder).unwrap();
        let foreign = ["disk.img", &"0".repeat(63), &"A".repeat(64), ".rigkit-x"];
        for name in foreign {
            fs::write(folder.join(name), vec![0; 10_000]).unwrap();
        }
        fs::create_dir(folder.join("1".repeat(64))).unwrap();
        let mut cache = cache(directory.path(), 1);
        cache.limits.bytes = 5_000;
        transpiled(&cache, TEXT);
        cache.prune();
        let left = entries(directory.path());
        assert_eq!(left.len(), foreign.len() + 2, "{left:?}");
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
