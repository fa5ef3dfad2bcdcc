//! Fingerprints of what files hold.
//!
//! The fingerprint of one file, named by its path, is the SHA-256 of its contents: what
//! `sha256sum` prints. Of one that its owner may execute it is that of a list with this file
//! alone, without a name. In all other cases (a folder, a pattern, several paths) it is the
//! SHA-256 of such a list:
//!
//! 1. the bytes `rigkit.files.v1` and a zero,
//! 2. for each file, in the order of their names by bytes: a letter for what it is, the
//!    length of its name in 8 bytes with the lowest first, its name, and then for `f`, a
//!    file or a link to one, and for `x`, one that its owner may execute, the SHA-256 of the
//!    contents; for `l`, any other link, the length and the text of what it points to; for
//!    `o`, anything else, nothing.
//!
//! Names are relative to the deepest folder that holds everything that was asked for, and
//! have slashes. So neither the place of that folder counts nor times, other permissions or
//! the order in which the system lists files; folders count only by what is in them, and so
//! do links to folders. A folder to which several links lead is in the list below the first
//! of them; the others, and links to a folder that is in the list anyway or above it, are
//! `l`. A pattern that matches nothing has the fingerprint of an empty list.
//!
//! The data folder of the project is left out of folders and patterns that reach it from
//! above: what Rigkit keeps there changes with each run.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::glob::{OneOrMany, split_negated};
use super::linked_folders::FolderId;
use super::pattern::{Ignored, Pattern, has_wildcard};
use super::read::open_regular;
use super::search::{FoundFile, Links, Search, refused};
use super::{FileKind, FileOperation, FilePath, OperationError, Scope};
use crate::disk::DataFolder;

const FORMAT: &[u8] = b"rigkit.files.v1\0";
const CHUNK_BYTES: usize = 128 * 1024;
/// The only permission that git keeps.
const OWNER_EXECUTES: u32 = 0o100;

/// Says what to fingerprint.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileHash {
    /// Files, folders and patterns; one that begins with `!` leaves out. Whatever is there
    /// under the very name that is given is no pattern.
    pub path_or_glob: OneOrMany,
    /// The folder that paths and patterns start in.
    #[serde(default)]
    pub cwd: Option<FilePath>,
    /// What to leave out.
    #[serde(default)]
    pub ignore: Option<OneOrMany>,
    /// Whether patterns match names that begin with a dot like any other; all that is in a
    /// folder counts anyway.
    #[serde(default)]
    pub dot: bool,
}

impl FileOperation for FileHash {
    type Outcome = String;

    fn action(&self) -> String {
        format!("hash {}", self.path_or_glob.shown())
    }

    fn perform(&self, scope: &Scope) -> Result<String, OperationError> {
        let (finding, leaving_out) = split_negated(&self.path_or_glob, self.ignore.as_ref());
        let search = Search {
            cwd: scope.folder(self.cwd.as_ref())?,
            ignored: Ignored::parse(leaving_out).map_err(|error| refused(&error, scope))?,
            dot: self.dot,
            links: Links::Followed {
                data_folder: FolderId::of(&scope.project_dir.join(DataFolder::NAME)),
            },
        };
        if let [path] = finding[..]
            && search.cwd.join(path).is_file()
            && !search.leaves_out(&search.cwd.join(path), false)
        {
            return hash_single(&search.cwd.join(path), scope).map(hex);
        }
        let mut selection = Selection::default();
        for text in finding {
            selection.add(text, &search, scope)?;
        }
        selection.hash(scope)
    }
}

/// Is everything that goes into a fingerprint.
#[derive(Default)]
struct Selection {
    /// The folders that hold what was asked for.
    roots: Vec<PathBuf>,
    found: Vec<FoundFile>,
}

impl Selection {
    /// Adds what a path or a pattern stands for.
    fn add(&mut self, text: &str, search: &Search, scope: &Scope) -> Result<(), OperationError> {
        let path = search.cwd.join(text);
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => {
                self.roots.push(path);
                search.add_folder(text, scope, &mut self.found)
            }
            Ok(_) if search.leaves_out(&path, false) => Ok(()),
            Ok(metadata) => {
                self.roots.push(folder_of(&path));
                let name = text.to_owned();
                let kind = metadata.file_type().into();
                self.found.push(FoundFile { name, path, kind });
                Ok(())
            }
            Err(_) if has_wildcard(text) => self.add_pattern(text, search, scope),
            Err(error) => Err(scope.failed_at(Path::new(text), error)),
        }
    }

    fn add_pattern(
        &mut self,
        text: &str,
        search: &Search,
        scope: &Scope,
    ) -> Result<(), OperationError> {
        for pattern in Pattern::parse(text).map_err(|error| refused(&error, scope))? {
            let base = search.cwd.join(&pattern.base);
            self.roots.push(if pattern.rest.is_some() {
                base
            } else {
                folder_of(&base)
            });
            search.add_matches(&pattern, scope, &mut self.found)?;
        }
        Ok(())
    }

    fn hash(self, scope: &Scope) -> Result<String, OperationError> {
        let root = common_folder(self.roots.iter().map(|root| normalized(root)));
        // Several spellings of a path are one file.
        let files: BTreeMap<Vec<u8>, FoundFile> = self
            .found
            .into_iter()
            .map(|file| (name(&normalized(&file.path), &root), file))
            .collect();
        let mut digest = Sha256::new_with_prefix(FORMAT);
        for (name, file) in files {
            scope.check()?;
            add_file(&mut digest, &name, &file, &root, scope)?;
        }
        Ok(hex(digest.finalize().into()))
    }
}

fn hash_single(path: &Path, scope: &Scope) -> Result<[u8; 32], OperationError> {
    let contents = hash_file(path, scope)?;
    if !path
        .metadata()
        .is_ok_and(|metadata| is_executable(&metadata))
    {
        return Ok(contents);
    }
    let mut digest = Sha256::new_with_prefix(FORMAT);
    add_name(&mut digest, b'x', b"");
    digest.update(contents);
    Ok(digest.finalize().into())
}

fn is_executable(metadata: &Metadata) -> bool {
    metadata.permissions().mode() & OWNER_EXECUTES != 0
}

fn add_file(
    digest: &mut Sha256,
    name: &[u8],
    file: &FoundFile,
    root: &Path,
    scope: &Scope,
) -> Result<(), OperationError> {
    match Content::of(file) {
        Content::Bytes { is_executable } => {
            let contents = hash_file(&file.path, scope)?;
            add_name(digest, if is_executable { b'x' } else { b'f' }, name);
            digest.update(contents);
        }
        Content::Link => {
            let target = file
                .path
                .read_link()
                .map_err(|error| scope.failed_at(&file.path, error))?;
            add_name(digest, b'l', name);
            add_text(digest, &link_text(&target, root));
        }
        Content::Nothing => add_name(digest, b'o', name),
    }
    Ok(())
}

/// What of a file goes into a fingerprint.
enum Content {
    /// What is in it, also in the one that a link leads to.
    Bytes { is_executable: bool },
    /// What it points to.
    Link,
    /// Only that it is there.
    Nothing,
}

impl Content {
    fn of(file: &FoundFile) -> Self {
        let metadata = file.path.metadata().ok();
        match (file.kind, metadata) {
            (FileKind::File | FileKind::Symlink, Some(metadata)) if metadata.is_file() => {
                Self::Bytes {
                    is_executable: is_executable(&metadata),
                }
            }
            // It has vanished, which reading it tells.
            (FileKind::File, _) => Self::Bytes {
                is_executable: false,
            },
            (FileKind::Symlink, _) => Self::Link,
            (FileKind::Directory | FileKind::Other, _) => Self::Nothing,
        }
    }
}

fn add_name(digest: &mut Sha256, kind: u8, name: &[u8]) {
    digest.update([kind]);
    add_text(digest, name);
}

/// Adds a text so that no two lists of texts look the same.
fn add_text(digest: &mut Sha256, text: &[u8]) {
    digest.update((text.len() as u64).to_le_bytes());
    digest.update(text);
}

fn hash_file(path: &Path, scope: &Scope) -> Result<[u8; 32], OperationError> {
    let failed = |error: io::Error| scope.failed_at(path, error);
    let mut file = open_regular(path).map_err(failed)?;
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut digest = Sha256::new();
    loop {
        scope.check()?;
        match file.read(&mut chunk) {
            Ok(0) => return Ok(digest.finalize().into()),
            Ok(read) => digest.update(&chunk[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
}

/// Gives what a link points to, without the place of the folder it is in.
fn link_text(target: &Path, root: &Path) -> Vec<u8> {
    match target.strip_prefix(root) {
        Ok(below) => name(below, Path::new("")),
        Err(_) => target.as_os_str().as_encoded_bytes().to_vec(),
    }
}

/// Gives a path below `root` with slashes.
fn name(path: &Path, root: &Path) -> Vec<u8> {
    let below = path.strip_prefix(root).unwrap_or(path);
    let names: Vec<&[u8]> = below
        .components()
        .map(|name| name.as_os_str().as_encoded_bytes())
        .collect();
    names.join(&b'/')
}

/// Gives the folder a file is in.
fn folder_of(path: &Path) -> PathBuf {
    path.parent().unwrap_or(path).to_path_buf()
}

/// Gives the deepest folder that holds all of them.
fn common_folder(folders: impl Iterator<Item = PathBuf>) -> PathBuf {
    folders
        .reduce(|common, folder| {
            let both = common.components().zip(folder.components());
            both.take_while(|(one, other)| one == other)
                .map(|(one, _)| one)
                .collect()
        })
        .unwrap_or_default()
}

/// Takes `.` and `..` out of a path.
fn normalized(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(normal.pop()),
            other => normal.push(other),
        }
    }
    normal
}

fn hex(digest: [u8; 32]) -> String {
    use std::fmt::Write;
    digest
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
