//! Opening a path beneath a folder: by the kernel where it can, part by part elsewhere.

use std::{
    ffi::OsStr,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Mode, OFlags, Stat, fstat, openat},
    io::Errno,
};

use super::{DiskError, Root, walk::walk};

/// Nothing is waited for, and nothing becomes the terminal of this process.
const OPENING: OFlags = OFlags::CLOEXEC
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY);

/// Opens a folder only to name what is in it, or a file only to look at it.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) const LOOKING: OFlags = OFlags::PATH.union(OFlags::CLOEXEC);
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) const LOOKING: OFlags = OPENING;

/// Opens what a relative path leads to, with what it was opened as.
pub(super) fn open_to_read(root: &Root, relative: &Path) -> Result<(OwnedFd, Stat), DiskError> {
    let opened = open(root, relative, OPENING)?;
    let stat = fstat(&opened)
        .map_err(|errno| DiskError::from_system(&root.path().join(relative), errno))?;
    Ok((opened, stat))
}

/// Opens a folder to name what is in it.
pub(super) fn open_folder(root: &Root, relative: &Path) -> Result<OwnedFd, DiskError> {
    open(root, relative, LOOKING | OFlags::DIRECTORY)
}

/// Returns the status of what a relative path leads to.
pub(super) fn look(root: &Root, relative: &Path) -> Result<Stat, DiskError> {
    match by_kernel(root, relative, LOOKING) {
        Some(Ok(opened)) => fstat(&opened)
            .map_err(|errno| DiskError::from_system(&root.path().join(relative), errno)),
        Some(Err(errno)) => Err(DiskError::from_system(&root.path().join(relative), errno)),
        None => Ok(walk(root, relative)?.stat),
    }
}

fn open(root: &Root, relative: &Path, flags: OFlags) -> Result<OwnedFd, DiskError> {
    let fail = |errno| DiskError::from_system(&root.path().join(relative), errno);
    if let Some(opened) = by_kernel(root, relative, flags) {
        return opened.map_err(fail);
    }
    let place = walk(root, relative)?;
    let flags = flags | OFlags::NOFOLLOW;
    openat(&place.folder, &*place.name, flags, Mode::empty()).map_err(fail)
}

/// Returns what the kernel answers; nothing where the path has to be gone by hand: where the kernel
/// does not know how to stay beneath a folder, where it may not, and where it refuses a link,
/// which may be an absolute one that leads back, and of which more is to be said in any case.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn by_kernel(root: &Root, relative: &Path, flags: OFlags) -> Option<Result<OwnedFd, Errno>> {
    use rustix::fs::{ResolveFlags, openat2};

    use super::{Links, root::Resolution};

    /// How often a path is tried again while something on it is being renamed.
    const TRIES: usize = 16;

    if root.resolution() == Resolution::ByHand {
        return None;
    }
    let resolve = ResolveFlags::BENEATH
        | match root.links() {
            Links::Inside => ResolveFlags::NO_MAGICLINKS,
            Links::Refused => ResolveFlags::NO_SYMLINKS,
        };
    let relative = or_here(relative);
    for _ in 0..TRIES {
        match openat2(root.folder(), relative, flags, Mode::empty(), resolve) {
            Err(Errno::AGAIN) => {}
            Err(Errno::NOSYS | Errno::PERM | Errno::XDEV | Errno::LOOP | Errno::INVAL) => {
                return None;
            }
            answer => return Some(answer),
        }
    }
    None
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn by_kernel(_: &Root, _: &Path, _: OFlags) -> Option<Result<OwnedFd, Errno>> {
    None
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn or_here(relative: &Path) -> &Path {
    if relative.as_os_str().is_empty() {
        Path::new(".")
    } else {
        relative
    }
}

/// Splits a relative path into its folder and its last name; nothing where the last part is no name.
pub(super) fn split(relative: &Path) -> Option<(PathBuf, &OsStr)> {
    let name = relative.file_name()?;
    Some((
        relative.parent().unwrap_or(Path::new("")).to_path_buf(),
        name,
    ))
}
