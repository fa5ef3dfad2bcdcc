//! How a handler names its context, and how it gets a name for it.

use super::handler::{Function, ParsedFile, named_children};
use crate::{
    document::{SyntaxNode, size},
    requests::code_action::{edit::FileEdit, object::with_first_member},
};

/// Is how a handler names its context.
pub(super) struct ContextName {
    /// What the context is called.
    pub(super) expression: String,
    /// What has to be changed first.
    pub(super) edit: Option<FileEdit>,
}

impl ContextName {
    fn known(expression: String) -> Self {
        Self {
            expression,
            edit: None,
        }
    }

    fn after(edit: FileEdit) -> Self {
        Self {
            expression: "step.ctx".to_owned(),
            edit: Some(edit),
        }
    }
}

/// Finds out how a handler names its context. Parameters with types are left to their author.
pub(super) fn context_name(file: &ParsedFile, handler: Function<'_>) -> Option<ContextName> {
    if let Some(name) = handler.node.child_by_field_name("parameter") {
        let name = handler.text_of(name);
        return Some(ContextName::known(format!("{name}.step.ctx")));
    }
    let parameters = handler.node.child_by_field_name("parameters")?;
    let Some(first) = parameters.named_child(0) else {
        let start = size(parameters.start_byte() + 1);
        return Some(ContextName::after(file.replacement(
            start..size(parameters.end_byte().checked_sub(1)?),
            "{ step }".to_owned(),
        )));
    };
    let pattern = first.child_by_field_name("pattern")?;
    match pattern.kind() {
        "identifier" => {
            let name = handler.text_of(pattern);
            Some(ContextName::known(format!("{name}.step.ctx")))
        }
        "object_pattern" => in_pattern(file, handler, first, pattern),
        _ => None,
    }
}

fn in_pattern<'a>(
    file: &ParsedFile,
    handler: Function<'a>,
    parameter: SyntaxNode<'a>,
    pattern: SyntaxNode<'a>,
) -> Option<ContextName> {
    for member in named_children(pattern) {
        if let Some(expression) = step_context(handler, member) {
            return Some(ContextName::known(expression));
        }
        if is_step(handler, member) {
            return None;
        }
    }
    if parameter.child_by_field_name("type").is_some() {
        return None;
    }
    let bytes = size(pattern.start_byte())..size(pattern.end_byte());
    let member = with_first_member(&file.text, &bytes, "step");
    let edit = file.replacement(member.bytes, member.new_text);
    Some(ContextName::after(edit))
}

fn step_context<'a>(handler: Function<'a>, member: SyntaxNode<'a>) -> Option<String> {
    if !is_step(handler, member) {
        return None;
    }
    let name = match member.kind() {
        "shorthand_property_identifier_pattern" => member,
        _ => member.child_by_field_name("value")?,
    };
    match name.kind() {
        "shorthand_property_identifier_pattern" | "identifier" => {
            Some(format!("{}.ctx", handler.text_of(name)))
        }
        "object_pattern" => {
            let mut members = named_children(name).into_iter();
            let has_context = members.any(|member| {
                member.kind() == "shorthand_property_identifier_pattern"
                    && handler.text_of(member) == "ctx"
            });
            has_context.then(|| "ctx".to_owned())
        }
        _ => None,
    }
}

fn is_step<'a>(handler: Function<'a>, member: SyntaxNode<'a>) -> bool {
    let key = match member.kind() {
        "pair_pattern" => member.child_by_field_name("key"),
        "object_assignment_pattern" => member.child_by_field_name("left"),
        _ => Some(member),
    };
    key.is_some_and(|key| handler.text_of(key) == "step")
}
