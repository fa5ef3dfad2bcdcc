//! `textDocument/codeAction`: what can be done with the task, workflow, workspace or operation at
//! a place, and how to mend what is wrong there.
//!
//! What a client says of diagnostics may be old; only what is known now counts.

mod call;
mod commands;
mod edit;
mod kinds;
mod literal;
mod object;
mod quick_fixes;
mod spread_context;

use std::{ops::Range, sync::Arc};

use tower_lsp::ls_types::{
    CodeAction, CodeActionContext, CodeActionKind, CodeActionOptions, CodeActionOrCommand,
    CodeActionProviderCapability, CodeActionResponse, CodeActionTriggerKind, Range as LspRange,
};

use self::kinds::{RIGKIT, WantedKinds};
use crate::{document::Document, documentation::Documentation, view::ProjectView};

/// Says which actions there may be.
pub(crate) fn capability() -> CodeActionProviderCapability {
    CodeActionProviderCapability::Options(CodeActionOptions {
        code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, RIGKIT]),
        resolve_provider: Some(false),
        ..CodeActionOptions::default()
    })
}

/// Is what actions are asked for.
struct Place<'a> {
    view: &'a ProjectView,
    document: &'a Arc<Document>,
    documentation: &'a Documentation,
    bytes: Range<u32>,
    /// Whether a person asked, and not an editor whose cursor has moved.
    is_asked_by_person: bool,
}

/// Gives what can be done at a range.
pub(crate) fn actions(
    view: &ProjectView,
    document: &Arc<Document>,
    range: LspRange,
    context: &CodeActionContext,
    documentation: &Documentation,
) -> CodeActionResponse {
    let place = Place {
        view,
        document,
        documentation,
        bytes: document.text.bytes(range, view.editor.encoding()),
        is_asked_by_person: context.trigger_kind != Some(CodeActionTriggerKind::AUTOMATIC),
    };
    let wanted = WantedKinds::new(context.only.as_deref());
    let mut actions = Vec::new();
    if wanted.may_include(&CodeActionKind::QUICKFIX) {
        actions.extend(quick_fixes::actions(&place));
        actions.extend(spread_context::actions(&place));
    }
    if wanted.may_include(&RIGKIT) {
        actions.extend(commands::actions(&place));
    }
    actions.retain(|action| {
        let kind = action.kind.as_ref();
        kind.is_some_and(|kind| wanted.include(kind))
    });
    as_understood(actions, view.editor.features.code_actions)
}

/// Leaves to a client that knows only commands what is one.
fn as_understood(actions: Vec<CodeAction>, takes_actions: bool) -> CodeActionResponse {
    if takes_actions {
        return actions.into_iter().map(CodeActionOrCommand::from).collect();
    }
    actions
        .into_iter()
        .filter_map(|action| action.command)
        .map(CodeActionOrCommand::from)
        .collect()
}

impl Place<'_> {
    /// Says whether a stretch of the document is at the place, if only with an end.
    fn touches(&self, bytes: &Range<u32>) -> bool {
        self.bytes.start <= bytes.end && bytes.start <= self.bytes.end
    }
}
