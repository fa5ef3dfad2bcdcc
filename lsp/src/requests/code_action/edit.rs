//! Edits of files, open or not, as the protocol wants them.

use std::{collections::BTreeMap, ops::Range, path::PathBuf, sync::Arc};

use tower_lsp::ls_types::{
    DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit,
    Uri, WorkspaceEdit,
};

use crate::{document::Text, view::ProjectView};

/// Is one replacement in a file.
pub(super) struct FileEdit {
    /// The file.
    pub(super) path: PathBuf,
    /// Its text, to which the edit applies.
    pub(super) text: Arc<Text>,
    /// What is replaced.
    pub(super) bytes: Range<u32>,
    /// What takes its place.
    pub(super) new_text: String,
}

/// Holds the changes of each file, under its name for the client.
type Files = BTreeMap<PathBuf, (Uri, Vec<TextEdit>)>;

/// Makes one edit of several, all or none of which a client carries out.
pub(super) fn workspace_edit(view: &ProjectView, edits: Vec<FileEdit>) -> Option<WorkspaceEdit> {
    let mut files = Files::new();
    for edit in edits {
        let range = edit.text.range(&edit.bytes, view.editor.encoding());
        let uri = view.editor.uri(&edit.path)?;
        let (_, changes) = files.entry(edit.path).or_insert((uri, Vec::new()));
        changes.push(TextEdit::new(range, edit.new_text));
    }
    Some(if view.editor.features.document_changes {
        versioned(view, files)
    } else {
        unversioned(files)
    })
}

fn versioned(view: &ProjectView, files: Files) -> WorkspaceEdit {
    let edits = files
        .into_iter()
        .map(|(path, (uri, changes))| TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                uri,
                version: view.document(&path).map(|document| document.version),
            },
            edits: changes.into_iter().map(OneOf::Left).collect(),
        });
    WorkspaceEdit {
        document_changes: Some(DocumentChanges::Edits(edits.collect())),
        ..WorkspaceEdit::default()
    }
}

fn unversioned(files: Files) -> WorkspaceEdit {
    WorkspaceEdit {
        changes: Some(files.into_values().collect()),
        ..WorkspaceEdit::default()
    }
}
