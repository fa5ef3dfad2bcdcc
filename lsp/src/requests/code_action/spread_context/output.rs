//! What a task does to the context, as far as its code shows it.

use super::handler::{Function, bare, named_children};
use crate::document::SyntaxNode;

/// Says what a task does to the context.
#[derive(Debug, Clone, Default)]
pub(super) struct Output {
    /// The keys it sets.
    pub(super) keys: Vec<String>,
    /// Whether what was in the context stays in it.
    pub(super) keeps: bool,
    /// Whether it may set what nobody can tell.
    pub(super) is_open: bool,
}

/// What becomes of a context that a handler returns.
enum Returned<'a> {
    /// It stays as it is.
    Nothing,
    /// It is the object that is written there.
    Literal(SyntaxNode<'a>),
    /// Nobody can tell.
    Computed,
}

impl Output {
    /// Is what is known of a handler whose code is elsewhere.
    pub(super) fn unknown() -> Self {
        Self {
            is_open: true,
            ..Self::default()
        }
    }

    /// Reads it from the code of a handler.
    pub(super) fn of(handler: Function<'_>) -> Self {
        let mut output = Self::default();
        let returned = handler.returned();
        output.keeps = returned.is_empty();
        for value in returned {
            match returned_context(handler, value) {
                Returned::Nothing => output.keeps = true,
                Returned::Literal(context) => output.add(handler, context),
                Returned::Computed => output.is_open = true,
            }
        }
        output
    }

    fn add<'a>(&mut self, handler: Function<'a>, context: SyntaxNode<'a>) {
        for member in named_children(context) {
            match member.kind() {
                "spread_element" if is_spread_context(handler, member) => self.keeps = true,
                "comment" => {}
                _ => match key(handler, member) {
                    Some(key) => self.keys.push(key.to_owned()),
                    None => self.is_open = true,
                },
            }
        }
    }
}

/// Lists the contexts that a handler returns as an object without what was in the context before.
pub(super) fn unspread_contexts(handler: Function<'_>) -> Vec<SyntaxNode<'_>> {
    let returned = handler.returned().into_iter();
    let contexts = returned.filter_map(|value| match returned_context(handler, value) {
        Returned::Literal(context) => Some(context),
        Returned::Nothing | Returned::Computed => None,
    });
    let has_spread = |context: &SyntaxNode<'_>| {
        let mut members = named_children(*context).into_iter();
        members.any(|member| member.kind() == "spread_element")
    };
    contexts.filter(|context| !has_spread(context)).collect()
}

fn returned_context<'a>(handler: Function<'a>, value: SyntaxNode<'a>) -> Returned<'a> {
    match value.kind() {
        "undefined" | "null" => return Returned::Nothing,
        "object" => {}
        _ => return Returned::Computed,
    }
    let mut has_spread = false;
    for member in named_children(value) {
        has_spread |= member.kind() == "spread_element";
        if key(handler, member) == Some("ctx") {
            let context = member.child_by_field_name("value").map(bare);
            return match context.filter(|context| context.kind() == "object") {
                Some(context) => Returned::Literal(context),
                None => Returned::Computed,
            };
        }
    }
    if has_spread {
        Returned::Computed
    } else {
        Returned::Nothing
    }
}

fn is_spread_context<'a>(handler: Function<'a>, spread: SyntaxNode<'a>) -> bool {
    let value = spread.named_child(0).map(|value| handler.text_of(value));
    value.and_then(|value| value.rsplit('.').next()) == Some("ctx")
}

/// Gives the name of a member of an object, where it is written as one.
fn key<'a>(handler: Function<'a>, member: SyntaxNode<'a>) -> Option<&'a str> {
    let name = match member.kind() {
        "shorthand_property_identifier" => member,
        "pair" => member.child_by_field_name("key")?,
        "method_definition" => member.child_by_field_name("name")?,
        _ => return None,
    };
    match name.kind() {
        "string" => Some(handler.text_of(name).trim_matches(['"', '\''])),
        "computed_property_name" => None,
        _ => Some(handler.text_of(name)),
    }
}
