//! The one way to files that somebody else may have made: those of a repository, and what lies
//! in the folders that a repository controls.
//!
//! A repository decides what is at each of its paths: a link to a file of the person's home, a
//! pipe that never answers, a device without end, a file of many gigabytes. So nothing there is
//! opened by its path. A [`Root`] is a folder that was opened once, and everything below it is
//! named relative to it:
//!
//! - **Nothing leads out.** The kernel resolves the path beneath the folder (`openat2`); where it
//!   cannot, [`walk`] goes part by part and never through a link that it has not read. Whatever
//!   is exchanged in the meantime, no file outside is opened.
//! - **Links** are followed below the folder ([`Links::Inside`]: sources and packages, for pnpm
//!   and workspaces are made of links) or not at all ([`Links::Refused`]: `.rigkit`, which is
//!   Rigkit's own). An absolute link back into the folder counts as one that stays inside.
//! - **Reading** takes regular files only, of a bounded size, without waiting and without
//!   trusting the size that the file system reports; a file that changes while it is read is read
//!   once more and then refused.
//! - **Writing** replaces a file at once or makes a new one, and never writes through a link.
//! - **Deleting** takes an [`OwnFile`], and these come only from a listing of the names that
//!   Rigkit makes ([`OwnNames`]): a file of anybody else can be neither counted nor removed.
//!
//! Every refusal is a [`DiskError`] that says what was there instead and shows nothing of it.
//!
//! [`ImportRoots`] are the folders that the sources of one project may come from. The data folder of a
//! project, `.rigkit`, is opened by [`DataFolder`]; what lies in it is named relative to that.
//! [`Status::owner`] is the owner at the moment of opening, for whoever asks whose a file is.
//!
//! Who works elsewhere, with the person's own paths, says so where it does: clippy refuses the
//! functions of the standard library that open, look or delete by path (`clippy.toml`).

mod beneath;
mod change;
mod data_folder;
mod error;
mod import_roots;
mod own_files;
mod repository;
mod root;
mod status;
mod walk;

#[cfg(test)]
mod tests;

pub use change::Made;
pub use data_folder::DataFolder;
pub use error::{DiskError, Refusal};
pub use import_roots::ImportRoots;
pub use own_files::{OwnFile, OwnNames};
pub use repository::import_root;
pub use root::{Links, Listing, Root};
pub use status::{EntryKind, FileIdentity, Status};
