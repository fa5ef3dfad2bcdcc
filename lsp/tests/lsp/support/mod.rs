//! A project, a client beside it, and fixtures with a cursor.

mod client;
mod fixture;
mod places;
mod terminal;
mod wire;

pub use self::{
    client::{Capabilities, TestClient},
    fixture::{Fixture, Place},
    terminal::{apply, terminal, try_apply},
};

/// Lists the requests about a document or a place in one.
pub const DOCUMENT_REQUESTS: &[&str] = &[
    "textDocument/codeAction",
    "textDocument/codeLens",
    "textDocument/inlayHint",
    "textDocument/diagnostic",
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/rename",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/prepareCallHierarchy",
];
