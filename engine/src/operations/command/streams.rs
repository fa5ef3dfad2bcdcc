//! The pipes between the engine and a command.

use std::convert::Infallible;
use std::io::Cursor;
use std::os::fd::AsFd;

use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::ChildStdin;

use super::OperationContext;
use super::invocation::Invocation;
use super::output::OutputText;
use crate::event::{Event, OutputStream};

/// The capacity of a pipe on Linux, so that one read empties it.
const CHUNK_BYTES: usize = 64 * 1024;

/// Reads one stream of a command to its end, telling what comes.
pub(super) struct OutputReader<R> {
    /// Nothing once the stream ended.
    pipe: Option<R>,
    stream: OutputStream,
    chunk: Vec<u8>,
    text: OutputText,
    read: u64,
}

impl<R: AsyncRead + Unpin + AsFd> OutputReader<R> {
    /// Reads from `pipe` and keeps at most `limit` bytes of it.
    pub(super) fn new(pipe: Option<R>, stream: OutputStream, limit: usize) -> Self {
        Self {
            pipe,
            stream,
            chunk: Vec::new(),
            text: OutputText::new(limit),
            read: 0,
        }
    }

    /// Reads until the last process that can write has closed the stream.
    ///
    /// Nothing that was read is lost when this is dropped, and calling it again goes on.
    pub(super) async fn drain(&mut self, invocation: &Invocation, context: &OperationContext) {
        while let Some(pipe) = &mut self.pipe {
            self.chunk.clear();
            self.chunk.reserve(CHUNK_BYTES);
            // A pipe that cannot be read has nothing more to say.
            let read = pipe.read_buf(&mut self.chunk).await.unwrap_or(0);
            self.read += read as u64;
            let text = if read == 0 {
                self.pipe = None;
                self.text.finish()
            } else {
                self.text.push(&self.chunk)
            };
            tell(text, self.stream, invocation, context);
        }
    }

    /// Returns how many bytes have come so far.
    pub(super) fn bytes_read(&self) -> u64 {
        self.read
    }

    /// Returns the number of the pipe, as long as somebody can write to it.
    pub(super) fn open_pipe(&self) -> Option<u64> {
        let status = nix::sys::stat::fstat(self.pipe.as_ref()?);
        status.ok().map(|status| status.st_ino)
    }

    /// Gives up a stream that has not ended, and tells what is still incomplete.
    pub(super) fn give_up(
        &mut self,
        invocation: &Invocation,
        context: &OperationContext,
    ) -> Option<R> {
        let pipe = self.pipe.take()?;
        tell(self.text.finish(), self.stream, invocation, context);
        Some(pipe)
    }

    /// Gives what is kept and how many bytes before it are not.
    pub(super) fn take(&mut self) -> (String, u64) {
        self.text.take()
    }
}

fn tell(data: String, stream: OutputStream, invocation: &Invocation, context: &OperationContext) {
    if data.is_empty() {
        return;
    }
    (context.progress)(json!({ "stream": stream, "data": data }));
    (context.emit)(Event::CommandOutput {
        node_path: context.node_path.clone(),
        command_id: Some(invocation.id),
        command_name: invocation.name.clone(),
        stream,
        data,
    });
}

/// Writes what a command is to read.
pub(super) struct InputWriter {
    /// Nothing once everything is written.
    pipe: Option<ChildStdin>,
    rest: Cursor<Vec<u8>>,
}

impl InputWriter {
    /// Writes `bytes` to `pipe` and then closes it.
    pub(super) fn new(pipe: Option<ChildStdin>, bytes: Option<Vec<u8>>) -> Self {
        Self {
            pipe,
            rest: Cursor::new(bytes.unwrap_or_default()),
        }
    }

    /// Writes until all is written, and then lets others go on; calling it again goes on.
    pub(super) async fn feed(&mut self) -> Infallible {
        if let Some(pipe) = &mut self.pipe {
            // A command need not read what it is given.
            let _ = pipe.write_all_buf(&mut self.rest).await;
            self.pipe = None;
        }
        std::future::pending().await
    }
}
