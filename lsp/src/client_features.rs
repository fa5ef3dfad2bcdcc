//! What the client at the other end can do.

use tower_lsp::ls_types::{ClientCapabilities, InitializeParams};

use crate::document::PositionEncoding;

/// Is what the client can do, as far as the server acts on it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a capability of the protocol"
)]
pub(crate) struct ClientFeatures {
    /// How it counts columns.
    pub(crate) encoding: PositionEncoding,
    /// It asks for diagnostics, and asks again when it is told to.
    pub(crate) pulls_diagnostics: bool,
    /// It asks for lenses again when it is told to.
    pub(crate) refreshes_lenses: bool,
    /// It asks for hints again when it is told to.
    pub(crate) refreshes_hints: bool,
    /// It shows progress that the server begins.
    pub(crate) progress: bool,
    /// It can be asked for its configuration.
    pub(crate) configuration: bool,
    /// It can be told which changes of the configuration are wanted.
    pub(crate) registers_configuration: bool,
    /// It takes edits with notes a person has to confirm.
    pub(crate) change_annotations: bool,
    /// It takes versioned edits of documents.
    pub(crate) document_changes: bool,
    /// It takes actions that say what they edit, and not only commands.
    pub(crate) code_actions: bool,
    /// It fills in snippets.
    pub(crate) snippets: bool,
    /// It shows symbols as a tree.
    pub(crate) symbol_tree: bool,
    /// It asks whether something can be renamed before it asks for a name.
    pub(crate) prepares_renames: bool,
    /// It can open a document when asked to.
    pub(crate) shows_documents: bool,
}

impl ClientFeatures {
    /// Reads what the client said of itself.
    pub(crate) fn of(parameters: &InitializeParams) -> Self {
        let capabilities = &parameters.capabilities;
        Self {
            encoding: encoding(capabilities),
            pulls_diagnostics: pulls_diagnostics(capabilities),
            ..workspace_features(capabilities)
        }
        .with_document_features(capabilities)
        .with_window_features(capabilities)
    }

    fn with_document_features(mut self, capabilities: &ClientCapabilities) -> Self {
        let Some(document) = &capabilities.text_document else {
            return self;
        };
        self.snippets = document
            .completion
            .as_ref()
            .and_then(|completion| completion.completion_item.as_ref()?.snippet_support)
            == Some(true);
        self.code_actions = document
            .code_action
            .as_ref()
            .is_some_and(|action| action.code_action_literal_support.is_some());
        self.prepares_renames = document
            .rename
            .as_ref()
            .and_then(|rename| rename.prepare_support)
            == Some(true);
        self.symbol_tree = document
            .document_symbol
            .as_ref()
            .and_then(|symbol| symbol.hierarchical_document_symbol_support)
            == Some(true);
        self
    }

    fn with_window_features(mut self, capabilities: &ClientCapabilities) -> Self {
        if let Some(window) = &capabilities.window {
            self.progress = window.work_done_progress == Some(true);
            self.shows_documents = window
                .show_document
                .as_ref()
                .is_some_and(|show| show.support);
        }
        self
    }
}

fn encoding(capabilities: &ClientCapabilities) -> PositionEncoding {
    let general = capabilities.general.as_ref();
    let offered = general.and_then(|general| general.position_encodings.as_deref());
    PositionEncoding::negotiate(offered)
}

/// A client that cannot be told to ask again would never see the state change.
fn pulls_diagnostics(capabilities: &ClientCapabilities) -> bool {
    let pulls = capabilities
        .text_document
        .as_ref()
        .is_some_and(|document| document.diagnostic.is_some());
    let workspace = capabilities.workspace.as_ref();
    let refreshes = workspace
        .and_then(|workspace| workspace.diagnostics.as_ref()?.refresh_support)
        .unwrap_or(false);
    pulls && refreshes
}

fn workspace_features(capabilities: &ClientCapabilities) -> ClientFeatures {
    let Some(workspace) = &capabilities.workspace else {
        return ClientFeatures::default();
    };
    let edit = workspace.workspace_edit.as_ref();
    let lenses = workspace.code_lens.as_ref();
    let hints = workspace.inlay_hint.as_ref();
    ClientFeatures {
        refreshes_lenses: lenses.and_then(|lenses| lenses.refresh_support) == Some(true),
        refreshes_hints: hints.and_then(|hints| hints.refresh_support) == Some(true),
        configuration: workspace.configuration == Some(true),
        registers_configuration: workspace
            .did_change_configuration
            .as_ref()
            .and_then(|change| change.dynamic_registration)
            == Some(true),
        change_annotations: edit.is_some_and(|edit| edit.change_annotation_support.is_some()),
        document_changes: edit.and_then(|edit| edit.document_changes) == Some(true),
        ..ClientFeatures::default()
    }
}
