//! `textDocument/didChange`: an edit.

use crate::server::Server;
use tower_lsp::ls_types::DidChangeTextDocumentParams;

impl Server {
    /// Takes up an edit, which ends the evaluation of the text before it.
    pub(crate) fn did_change(&self, parameters: DidChangeTextDocumentParams) {
        let identifier = parameters.text_document;
        let changes = parameters.content_changes;
        let mut world = self.world.lock();
        world.change(&identifier.uri, identifier.version, changes);
    }
}
