//! The closed set of operations and how a message becomes one.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::command::CommandRun;
use super::file::{
    FileCopy, FileExists, FileGlob, FileHash, FileMkdir, FileRead, FileRemove, FileRename,
    FileStat, FileWrite,
};
use super::network::Fetch;
use super::{Open, OperationError, Sleep};

/// Declares the operations once: the name in messages, the variant, the payload.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:literal => $variant:ident($payload:ty),)*) => {
        /// Is something a handler may ask for, with everything it needs to know.
        #[derive(Debug, Clone)]
        pub enum Operation {
            $($(#[$doc])* $variant($payload),)*
        }

        impl Operation {
            /// Lists the names messages may use.
            pub const NAMES: &[&str] = &[$($name),*];

            /// Reads a message.
            ///
            /// # Errors
            ///
            /// Fails when there is no operation of that name, and when the payload is not
            /// what that operation takes.
            pub fn parse(name: &str, payload: Value) -> Result<Self, OperationError> {
                match name {
                    $($name => parse_payload($name, payload).map(Self::$variant),)*
                    _ => Err(unknown(name)),
                }
            }
        }
    };
}

operations! {
    /// Runs a program or a shell line.
    "command.run" => CommandRun(CommandRun),
    /// Reads a whole file.
    "file.read" => FileRead(FileRead),
    /// Writes a whole file, or adds to its end.
    "file.write" => FileWrite(FileWrite),
    /// Tells whether something is there.
    "file.exists" => FileExists(FileExists),
    /// Tells what something is.
    "file.stat" => FileStat(FileStat),
    /// Makes a folder.
    "file.mkdir" => FileMkdir(FileMkdir),
    /// Removes a file or a folder.
    "file.remove" => FileRemove(FileRemove),
    /// Copies a file or a folder.
    "file.copy" => FileCopy(FileCopy),
    /// Moves a file or a folder.
    "file.rename" => FileRename(FileRename),
    /// Finds files by patterns.
    "file.glob" => FileGlob(FileGlob),
    /// Fingerprints the contents of files.
    "file.hash" => FileHash(FileHash),
    /// Waits.
    "timer.sleep" => TimerSleep(Sleep),
    /// Sends an HTTP request.
    "network.fetch" => NetworkFetch(Fetch),
    /// Opens an address or a file with the person's own program for it.
    "local.open" => LocalOpen(Open),
}

fn parse_payload<T: DeserializeOwned>(
    operation: &'static str,
    payload: Value,
) -> Result<T, OperationError> {
    serde_json::from_value(payload)
        .map_err(|source| OperationError::MalformedPayload { operation, source })
}

fn unknown(name: &str) -> OperationError {
    let nearest = Operation::NAMES
        .iter()
        .map(|known| (strsim::jaro_winkler(name, known), *known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known);
    OperationError::Unknown {
        name: name.to_owned(),
        nearest,
    }
}

#[cfg(all(test, unix))]
mod tests;
