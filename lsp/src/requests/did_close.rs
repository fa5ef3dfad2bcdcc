//! `textDocument/didClose`: from now on the file counts again.

use std::sync::Arc;

use tower_lsp::ls_types::DidCloseTextDocumentParams;

use crate::server::Server;

impl Server {
    /// Lets go of a document, and of what it was told.
    pub(crate) fn did_close(self: &Arc<Self>, parameters: &DidCloseTextDocumentParams) {
        let closed = self.world.lock().close(&parameters.text_document.uri);
        if let Some(document) = closed {
            self.unpublish(&document.uri);
            self.world.lock().close_deserted_projects(&document.path);
            self.tell_of_closed_projects();
        }
    }
}
