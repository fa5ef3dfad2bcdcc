//! The files of a project: as they are now, and as they were when the definition was last good.

use std::{collections::HashMap, sync::Arc};

use rigkit_engine::modules::{Module, ModuleId};

use super::CallKey;
use crate::{
    document::{Syntax, SyntaxNode, SyntaxTree, Text},
    view::ProjectView,
};

/// Is a file that went into the last good definition.
pub(super) struct ProjectFile<'view> {
    /// What was evaluated.
    pub(super) module: &'view Module,
    /// The text.
    pub(super) text: Arc<Text>,
    /// Which text it is.
    pub(super) version: Version,
    id: ModuleId,
    syntax: Syntax,
    /// Where calls begin in the text, and where they began when they were evaluated.
    calls: HashMap<u32, u32>,
}

/// Says which text of a file is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    /// The one that is open, or else the one that was evaluated.
    Current,
    /// The one that was evaluated, although another one is open.
    Evaluated,
}

impl<'view> ProjectFile<'view> {
    /// Takes up a module as it is now.
    pub(super) fn current(view: &ProjectView, id: ModuleId, module: &'view Module) -> Self {
        let Some(document) = view.document(&module.path) else {
            return Self {
                version: Version::Current,
                ..Self::evaluated(id, module)
            };
        };
        let calls = module.call_sites.iter().map(|call| {
            let now = view.current_bytes(&module.path, &call.callee);
            (now.start, call.span.start)
        });
        Self {
            module,
            text: Arc::clone(&document.text),
            version: Version::Current,
            id,
            syntax: document.syntax.clone(),
            calls: calls.collect(),
        }
    }

    /// Takes up a module as it was evaluated.
    pub(super) fn evaluated(id: ModuleId, module: &'view Module) -> Self {
        let text = Arc::new(Text::new(Arc::clone(&module.text)));
        let starts = module.call_sites.iter().map(|call| call.span.start);
        Self {
            module,
            syntax: Syntax::new(Arc::clone(&text)),
            text,
            version: Version::Evaluated,
            id,
            calls: starts.map(|start| (start, start)).collect(),
        }
    }

    /// Gives the module's name in the graph.
    pub(super) fn id(&self) -> ModuleId {
        self.id
    }

    /// Gives the syntax, which is parsed when it is asked for.
    pub(super) fn tree(&self) -> Option<&SyntaxTree> {
        self.syntax.tree()
    }

    /// Finds the evaluated call that a call of the tree is.
    pub(super) fn call(&self, call: SyntaxNode<'_>) -> Option<CallKey> {
        if call.kind() != "call_expression" {
            return None;
        }
        let callee = callee_name(call)?;
        let start = u32::try_from(callee.start_byte()).ok()?;
        Some(CallKey {
            module: self.id,
            start: *self.calls.get(&start)?,
        })
    }
}

/// Gives the name of the called function or method.
pub(super) fn callee_name(call: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    let function = call.child_by_field_name("function")?;
    match function.kind() {
        "identifier" => Some(function),
        "member_expression" => function.child_by_field_name("property"),
        _ => None,
    }
}
