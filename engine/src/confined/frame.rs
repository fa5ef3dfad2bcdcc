//! Messages between two processes: a length of four bytes, little end first, and so many bytes.

use std::io::{self, BufWriter, Read, Write};

use serde::{Serialize, de::DeserializeOwned};

use crate::sandbox::SandboxLimits;

/// Returns the most bytes of a message from a confined evaluation that may use so much memory. What is
/// decoded takes up to fifty times as much; a definition of 10,000 tasks has a few megabytes.
pub(super) fn most_answer_bytes(limits: SandboxLimits) -> usize {
    limits.memory / 8
}

/// The most bytes of a message to a confined evaluation: all the sources of a project, as text
/// and as code.
pub(super) const MAX_REQUEST_BYTES: usize = 1024 * 1024 * 1024;

/// How many bytes go to the other process at once.
const WRITTEN_AT_ONCE: usize = 64 * 1024;

/// Writes a message.
///
/// # Errors
/// Where it cannot be written, or is longer than four bytes can say.
pub(super) fn write(stream: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    // A request holds all the sources: it is not put together in memory once more.
    let length = postcard::experimental::serialized_size(message).map_err(io::Error::other)?;
    let length = u32::try_from(length).map_err(io::Error::other)?;
    let mut stream = BufWriter::with_capacity(WRITTEN_AT_ONCE, stream);
    stream.write_all(&length.to_le_bytes())?;
    postcard::to_io(message, &mut stream).map_err(io::Error::other)?;
    stream.flush()
}

/// Reads the bytes of a message; nothing where the stream ends before one begins.
///
/// # Errors
/// Where the message is longer than allowed, or the stream ends within it.
pub(super) fn read(stream: &mut impl Read, most: usize) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match stream.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        result => result?,
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > most {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "a message is too long",
        ));
    }
    let mut bytes = Vec::new();
    // What is announced need not come: memory is taken as the bytes arrive.
    stream.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(bytes))
}

/// Decodes a message that owns all of its parts.
///
/// # Errors
/// Where the bytes are no such message.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> io::Result<T> {
    postcard::from_bytes(bytes).map_err(io::Error::other)
}
