//! How a handler names its context, and how it gets a name for it.

use crate::{
    document::{SyntaxNode, SyntaxTree, Text, bytes_of, children, member_key},
    requests::code_action::object::{FirstMember, with_first_member},
};

/// Is how a handler names its context.
#[derive(Clone)]
pub(super) struct ContextName {
    /// What the context is called.
    pub(super) expression: String,
    /// What has to be changed first.
    pub(super) edit: Option<FirstMember>,
}

impl ContextName {
    fn known(expression: String) -> Self {
        Self {
            expression,
            edit: None,
        }
    }

    fn after(edit: FirstMember) -> Self {
        Self {
            expression: "step.ctx".to_owned(),
            edit: Some(edit),
        }
    }
}

/// Finds out how a handler names its context. Parameters with types are left to their author.
pub(super) fn context_name(
    text: &Text,
    tree: &SyntaxTree,
    handler: SyntaxNode<'_>,
) -> Option<ContextName> {
    let given = |name: SyntaxNode<'_>| {
        let name = tree.text_of(name);
        Some(ContextName::known(format!("{name}.step.ctx")))
    };
    if let Some(name) = handler.child_by_field_name("parameter") {
        return given(name);
    }
    let parameters = handler.child_by_field_name("parameters")?;
    let Some(first) = parameters.named_child(0) else {
        let bytes = bytes_of(parameters);
        return Some(ContextName::after(FirstMember {
            bytes: bytes.start + 1..bytes.end.checked_sub(1)?,
            new_text: "{ step }".to_owned(),
        }));
    };
    let pattern = first.child_by_field_name("pattern")?;
    match pattern.kind() {
        "identifier" => given(pattern),
        "object_pattern" => in_pattern(text, tree, first, pattern),
        _ => None,
    }
}

fn in_pattern(
    text: &Text,
    tree: &SyntaxTree,
    parameter: SyntaxNode<'_>,
    pattern: SyntaxNode<'_>,
) -> Option<ContextName> {
    let is_step = |member: &SyntaxNode<'_>| {
        member_key(*member).is_some_and(|key| tree.text_of(key) == "step")
    };
    if let Some(member) = children(pattern).find(is_step) {
        return step_context(tree, member).map(ContextName::known);
    }
    let is_typed = parameter.child_by_field_name("type").is_some();
    let edit = || with_first_member(text, &bytes_of(pattern), "step");
    (!is_typed).then(|| ContextName::after(edit()))
}

fn step_context(tree: &SyntaxTree, member: SyntaxNode<'_>) -> Option<String> {
    let name = match member.kind() {
        "shorthand_property_identifier_pattern" => member,
        _ => member.child_by_field_name("value")?,
    };
    match name.kind() {
        "shorthand_property_identifier_pattern" | "identifier" => {
            Some(format!("{}.ctx", tree.text_of(name)))
        }
        "object_pattern" => {
            let mut members = children(name);
            let has_context = members.any(|member| {
                member.kind() == "shorthand_property_identifier_pattern"
                    && tree.text_of(member) == "ctx"
            });
            has_context.then(|| "ctx".to_owned())
        }
        _ => None,
    }
}
