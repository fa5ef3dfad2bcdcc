//! `textDocument/didOpen`: from now on the editor's text counts, and not the file's.

use std::sync::Arc;

use tower_lsp::ls_types::DidOpenTextDocumentParams;

use crate::{document::Document, location::path_of, server::Server};

impl Server {
    /// Takes up a document that was opened. One that is no file is none of ours.
    pub(crate) fn did_open(self: &Arc<Self>, parameters: DidOpenTextDocumentParams) {
        let opened = parameters.text_document;
        let Some(path) = path_of(&opened.uri) else {
            return;
        };
        let document = Document::new(opened.uri, path, opened.version, opened.text);
        let new_project = self.world.lock().open(document);
        if let Some(root) = new_project {
            self.watch.project(self, &root);
            self.take_up(root);
        }
    }
}
