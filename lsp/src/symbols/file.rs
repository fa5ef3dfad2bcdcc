//! The files of a project as they are now, beside what was evaluated of them.

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
    /// The text as it is now.
    pub(super) text: Arc<Text>,
    id: ModuleId,
    syntax: Syntax,
    /// Where calls begin now, and where they began when they were evaluated.
    calls: HashMap<u32, u32>,
}

impl<'view> ProjectFile<'view> {
    /// Takes up a module: the open text, or else the one that was evaluated.
    pub(super) fn new(view: &ProjectView, id: ModuleId, module: &'view Module) -> Self {
        let open = view.document(&module.path);
        let calls = module.call_sites.iter().map(|call| {
            let now = match open {
                Some(_) => view.current_bytes(&module.path, &call.callee),
                None => call.callee.clone(),
            };
            (now.start, call.span.start)
        });
        let calls = calls.collect();
        let (text, syntax) = if let Some(document) = open {
            (Arc::clone(&document.text), document.syntax.clone())
        } else {
            let text = Arc::new(Text::new(Arc::clone(&module.text)));
            (Arc::clone(&text), Syntax::new(text))
        };
        Self {
            module,
            text,
            id,
            syntax,
            calls,
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
