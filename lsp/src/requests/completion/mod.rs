//! `textDocument/completion`: names and values that only the engine knows.

mod cache_ttl;
mod context_keys;
mod destructuring;
mod input_fields;
mod options;
mod providers;
mod removable_providers;
mod task_names;
mod variables;

use std::{ops::Range, sync::Arc};

use tower_lsp::ls_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionTextEdit, Documentation,
    InsertTextFormat, Position, TextEdit,
};

use crate::{
    context_keys::ContextPath,
    document::{Document, QuotedRole, SyntaxTree, member_path, quoted},
    handlers::{HandlerPlace, INVALIDATE},
    markdown::Markdown,
    variables::VariableUse,
    view::ProjectView,
};

/// The characters after which a client asks by itself.
pub(crate) const TRIGGERS: [&str; 4] = [".", "\"", "'", "`"];

/// Is one thing that may be written at a place.
struct Proposal {
    /// What is shown, and written unless something else is said.
    label: String,
    /// What kind of thing it is.
    kind: CompletionItemKind,
    /// A few words about it.
    detail: Option<String>,
    /// More about it.
    documentation: Option<Markdown>,
    /// What is written in its place.
    insertion: Insertion,
}

/// Says what is written for a proposal.
enum Insertion {
    /// Its label.
    Label,
    /// A text with places to fill in, and what stands for it where a client cannot do that.
    Template {
        /// With places to fill in.
        snippet: String,
        /// Without.
        plain: String,
    },
    /// The label in brackets, which also takes the place of the dot before it.
    Subscript,
}

/// Is what may be written, and which stretch of the text it takes the place of.
struct Proposals {
    bytes: Range<u32>,
    /// Best first.
    ranked: Vec<Proposal>,
    /// Whether they depend on what is written already.
    follow_typing: bool,
}

/// Lists what may be written at a position.
pub(crate) fn complete(
    view: &ProjectView,
    document: &Arc<Document>,
    position: Position,
) -> Option<CompletionList> {
    let offset = document.text.offset(position, view.editor.encoding());
    let place = Place::at(view, document, offset)?;
    let found = place.in_quotes().or_else(|| place.in_code())?;
    (!found.ranked.is_empty()).then(|| CompletionList {
        is_incomplete: found.follow_typing,
        items: found.items(view, document),
    })
}

/// Is a place where somebody writes.
struct Place<'a> {
    view: &'a ProjectView,
    document: &'a Document,
    tree: &'a SyntaxTree,
    offset: u32,
    is_in_text: bool,
}

impl<'a> Place<'a> {
    /// Looks at a place; nothing in a comment.
    fn at(view: &'a ProjectView, document: &'a Document, offset: u32) -> Option<Self> {
        let tree = document.syntax.tree()?;
        let before = offset.saturating_sub(1);
        let kind = tree.node_at(&(before..offset))?.kind();
        (kind != "comment").then_some(Self {
            view,
            document,
            tree,
            offset,
            is_in_text: matches!(kind, "string_fragment" | "regex_pattern"),
        })
    }

    fn handlers(&self) -> HandlerPlace<'a, 'a> {
        HandlerPlace::at(self.view, self.document, self.tree, self.offset)
    }

    fn in_quotes(&self) -> Option<Proposals> {
        let found = quoted(&self.document.text.content, self.offset)?;
        let written = self.document.text.slice(&found.content);
        let ranked = match &found.role {
            QuotedRole::Argument(callee) => self.argument(callee)?,
            QuotedRole::Member(owners) => self.member(owners, Written::InQuotes)?,
            QuotedRole::Property("cacheTTL") => cache_ttl::proposals(written),
            QuotedRole::Property(property) => options::values(self, property)?,
        };
        Some(Proposals {
            bytes: found.content,
            ranked,
            follow_typing: matches!(found.role, QuotedRole::Property(_)),
        })
    }

    fn argument(&self, callee: &[&str]) -> Option<Vec<Proposal>> {
        if callee.last() == Some(&INVALIDATE) {
            return Some(task_names::proposals(self));
        }
        if callee.last() == Some(&"removeProvider") {
            return Some(removable_providers::proposals(self));
        }
        VariableUse::of_call(self.tree, callee)?;
        Some(variables::proposals(self.view))
    }

    fn in_code(&self) -> Option<Proposals> {
        if self.is_in_text {
            return None;
        }
        let path = member_path(&self.document.text.content, self.offset);
        let ranked = if path.owners.is_empty() {
            destructuring::proposals(self).or_else(|| options::proposals(self, &path.name))?
        } else {
            self.member(&path.owners, Written::AsName)?
        };
        Some(Proposals {
            bytes: path.name,
            ranked,
            follow_typing: false,
        })
    }

    fn member(&self, owners: &[&str], written: Written) -> Option<Vec<Proposal>> {
        if VariableUse::of_member(owners).is_some() {
            return Some(variables::proposals(self.view));
        }
        let handlers = self.handlers();
        if let Some(path) = ContextPath::of_names(&handlers, owners) {
            let sights = handlers.sights();
            return Some(context_keys::proposals(self, sights, &path, written));
        }
        if owners == ["input"] && !handlers.sights().is_empty() {
            return Some(input_fields::proposals(self));
        }
        let is_providers = owners.last() == Some(&"providers");
        is_providers.then(|| providers::in_scope(self.view, handlers.sights()))
    }
}

/// Says how a member is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// After a dot.
    AsName,
    /// In quotes, in brackets.
    InQuotes,
}

impl Proposals {
    fn items(self, view: &ProjectView, document: &Document) -> Vec<CompletionItem> {
        let target = Target {
            view,
            document,
            bytes: self.bytes,
        };
        let ranked = self.ranked.into_iter().enumerate();
        ranked
            .map(|(rank, proposal)| target.item(rank, proposal))
            .collect()
    }
}

/// Is the stretch of a text that an item takes the place of.
struct Target<'a> {
    view: &'a ProjectView,
    document: &'a Document,
    bytes: Range<u32>,
}

impl Target<'_> {
    fn item(&self, rank: usize, proposal: Proposal) -> CompletionItem {
        let item = CompletionItem {
            kind: Some(proposal.kind),
            detail: proposal.detail,
            documentation: proposal.documentation.map(markdown),
            sort_text: Some(format!("{rank:04}")),
            ..CompletionItem::default()
        };
        let label = proposal.label;
        match proposal.insertion {
            Insertion::Label => CompletionItem {
                text_edit: Some(self.edit(&self.bytes, label.clone())),
                label,
                ..item
            },
            Insertion::Template { snippet, plain } => self.template(item, label, snippet, plain),
            Insertion::Subscript => self.subscript(item, label),
        }
    }

    fn template(
        &self,
        item: CompletionItem,
        label: String,
        snippet: String,
        plain: String,
    ) -> CompletionItem {
        let (text, format) = if self.view.editor.features.snippets {
            (snippet, InsertTextFormat::SNIPPET)
        } else {
            (plain, InsertTextFormat::PLAIN_TEXT)
        };
        CompletionItem {
            text_edit: Some(self.edit(&self.bytes, text)),
            insert_text_format: Some(format),
            label,
            ..item
        }
    }

    /// Writes what is no name in brackets, also in place of the dot.
    fn subscript(&self, item: CompletionItem, label: String) -> CompletionItem {
        let before = self.document.text.slice(&(0..self.bytes.start));
        let takes_dot = before.ends_with('.') && !before.ends_with("?.");
        let start = self.bytes.start - u32::from(takes_dot);
        let filter = if takes_dot { "." } else { "" };
        let text = serde_json::Value::from(label.as_str());
        CompletionItem {
            text_edit: Some(self.edit(&(start..self.bytes.end), format!("[{text}]"))),
            filter_text: Some(format!("{filter}{label}")),
            label,
            ..item
        }
    }

    fn edit(&self, bytes: &Range<u32>, new_text: String) -> CompletionTextEdit {
        let encoding = self.view.editor.encoding();
        CompletionTextEdit::Edit(TextEdit {
            range: self.document.text.range(bytes, encoding),
            new_text,
        })
    }
}

fn markdown(text: Markdown) -> Documentation {
    Documentation::MarkupContent(text.content())
}
