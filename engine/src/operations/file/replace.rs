//! Giving a file new contents in one step.

use std::fs::{File, Permissions};
use std::io::{self, Seek};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// How many links to links are followed, as on Linux.
const MAX_LINKS: usize = 40;

/// Replaces or creates `path` with what `fill` writes.
///
/// Whoever looks sees the old contents or the new, never a part. A link stays, and what it
/// points to is replaced; permissions stay as they were unless `fill` sets others.
pub(super) fn replace(path: &Path, fill: impl Fn(&mut File) -> io::Result<()>) -> io::Result<()> {
    let target = link_target(path)?;
    let existing = existing_permissions(&target)?;
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut replacement = match new_file(folder) {
        // A folder that takes no new files.
        Err(error) if existing.is_some() && error.kind() == io::ErrorKind::PermissionDenied => {
            return overwrite(&target, fill);
        }
        created => created?,
    };
    if let Some(permissions) = &existing {
        replacement.as_file().set_permissions(permissions.clone())?;
    }
    fill(replacement.as_file_mut())?;
    match replacement.persist(&target) {
        // A file that is mounted by itself cannot be renamed over.
        Err(failed) if failed.error.kind() == io::ErrorKind::ResourceBusy => {
            overwrite(&target, fill)
        }
        persisted => persisted.map(drop).map_err(|failed| failed.error),
    }
}

/// Gives a file new contents without a new file; what it held goes only as it is replaced.
fn overwrite(target: &Path, fill: impl Fn(&mut File) -> io::Result<()>) -> io::Result<()> {
    let mut opened = File::options().write(true).open(target)?;
    fill(&mut opened)?;
    let end = opened.stream_position()?;
    opened.set_len(end)
}

/// Makes the file that is to take the target's place, as open to others as usual.
fn new_file(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".rigkit-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Follows links, also to what is not there yet.
fn link_target(path: &Path) -> io::Result<PathBuf> {
    let mut target = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        match target.symlink_metadata() {
            Ok(metadata) if metadata.is_symlink() => {
                let link = target.read_link()?;
                target = target
                    .parent()
                    .map_or(link.clone(), |folder| folder.join(&link));
            }
            Ok(_) => return Ok(target),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(target),
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("too many links point to each other"))
}

/// Gives the permissions to keep, and refuses what must not be replaced.
fn existing_permissions(target: &Path) -> io::Result<Option<Permissions>> {
    let metadata = match target.symlink_metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if metadata.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    if !metadata.is_file() {
        return Err(io::Error::other(
            "it is a pipe, a socket or a device, not a file",
        ));
    }
    check_writable(target)?;
    Ok(Some(metadata.permissions()))
}

/// Keeps a rename from replacing what could not have been written to.
#[cfg(unix)]
fn check_writable(target: &Path) -> io::Result<()> {
    Ok(nix::unistd::access(target, nix::unistd::AccessFlags::W_OK)?)
}

#[cfg(not(unix))]
fn check_writable(target: &Path) -> io::Result<()> {
    if target.metadata()?.permissions().readonly() {
        return Err(io::Error::from(io::ErrorKind::PermissionDenied));
    }
    Ok(())
}
