//! The files of a confined evaluation: the process that started it has them, and is asked. The
//! parser is at hand.

use std::{
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;

use super::{
    frame::{self, MAX_REQUEST_BYTES},
    message::{FromChild, Question, Reply},
};
use crate::{
    modules::{
        GraphSources, Module, RequestKind, ResolveFailure, ResolvedFile, callee_at,
        normalized_text, original_offset, start_of_loop_after,
    },
    source::LineColumn,
    wire::WirePath,
};

/// The standard streams, by which the process is answered and asks.
#[derive(Default)]
pub(super) struct Channel(Mutex<()>);

impl Channel {
    pub(super) fn send(&self, message: &impl Serialize) -> io::Result<()> {
        let _turn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        frame::write(&mut Standard, message)
    }

    pub(super) fn receive(&self, most: usize) -> io::Result<Option<Vec<u8>>> {
        let _turn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        frame::read(&mut Standard, most)
    }

    fn ask(&self, question: Question) -> Option<Reply> {
        self.send(&FromChild::Question(question)).ok()?;
        let bytes = self.receive(MAX_REQUEST_BYTES).ok()??;
        frame::decode(&bytes).ok()
    }
}

/// Standard input and output without buffers of their own.
struct Standard;

impl Read for Standard {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(rustix::stdio::stdin(), buffer)?)
    }
}

impl Write for Standard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(rustix::stdio::stdout(), bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Sources that are asked for.
pub(super) struct AskedSources {
    project_root: PathBuf,
    channel: Arc<Channel>,
}

impl AskedSources {
    pub(super) fn new(project_root: PathBuf, channel: Arc<Channel>) -> Self {
        Self {
            project_root,
            channel,
        }
    }
}

impl GraphSources for AskedSources {
    fn resolve(
        &self,
        importer: &Path,
        specifier: &str,
        kind: RequestKind,
    ) -> Result<ResolvedFile, ResolveFailure> {
        let reply = self.channel.ask(Question::Resolve {
            importer: WirePath::of(importer),
            specifier: specifier.to_owned(),
            kind,
        });
        let Some(Reply::Resolved(Ok(resolved))) = reply else {
            return Err(ResolveFailure::NotFound { reason: None });
        };
        resolved.decode().map_err(|error| ResolveFailure::NotFound {
            reason: Some(error.to_string()),
        })
    }

    fn read(&self, path: &Path) -> io::Result<Arc<str>> {
        let path = WirePath::of(path);
        match self.channel.ask(Question::Read { path }) {
            Some(Reply::Text(Ok(text))) => Ok(Arc::from(text)),
            Some(Reply::Text(Err(reason))) => Err(io::Error::other(reason)),
            _ => Err(io::Error::other("nobody answers")),
        }
    }

    fn normalized_text(&self, path: &Path, text: &str) -> Option<String> {
        normalized_text(path, text)
    }

    fn original_offset(&self, module: &Module, generated: LineColumn) -> Option<u32> {
        original_offset(module, generated)
    }

    fn loop_after(&self, module: &Module, offset: u32) -> Option<u32> {
        start_of_loop_after(module, offset)
    }

    fn callee_at(&self, module: &Module, offset: u32) -> Option<String> {
        callee_at(&module.path, &module.text, offset)
    }

    fn project_root(&self) -> &Path {
        &self.project_root
    }
}
