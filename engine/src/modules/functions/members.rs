//! Chains of members, such as `versions.node`, and patterns that take members out of a value.

use std::borrow::Cow;

use oxc::ast::ast::{BindingPattern, Expression, IdentifierReference, ObjectPattern};
use smallvec::SmallVec;

/// Takes the last name off a chain of members.
pub(super) fn named_member<'e, 'a>(
    expression: &'e Expression<'a>,
) -> Option<(&'e Expression<'a>, &'a str)> {
    match expression {
        Expression::StaticMemberExpression(member) => {
            Some((&member.object, member.property.name.as_str()))
        }
        Expression::ComputedMemberExpression(member) => match &member.expression {
            Expression::StringLiteral(name) => Some((&member.object, name.value.as_str())),
            _ => None,
        },
        _ => None,
    }
}

/// Finds the name at the beginning of a chain of members.
pub(super) fn root_of<'e, 'a>(
    mut expression: &'e Expression<'a>,
) -> Option<&'e IdentifierReference<'a>> {
    loop {
        expression = match expression {
            Expression::Identifier(name) => return Some(name),
            Expression::StaticMemberExpression(member) => &member.object,
            Expression::ComputedMemberExpression(member) => &member.object,
            _ => return None,
        };
    }
}

/// Finds the name at the beginning of a chain of calls and members.
pub(super) fn called_root<'e, 'a>(
    mut expression: &'e Expression<'a>,
) -> Option<&'e IdentifierReference<'a>> {
    loop {
        expression = match expression {
            Expression::AwaitExpression(awaited) => &awaited.argument,
            Expression::CallExpression(call) => match root_of(&call.callee) {
                Some(root) => return Some(root),
                None => &call.callee,
            },
            Expression::StaticMemberExpression(member) => &member.object,
            _ => return None,
        };
    }
}

/// Is the names that lead to a member.
pub(super) type MemberPath<'a> = SmallVec<[Cow<'a, str>; 4]>;

/// Lists the members that a pattern takes out of a value with a name, as
/// `const { node } = versions` does; nothing where it may take any.
pub(super) fn taken_members<'e, 'a>(
    pattern: &BindingPattern<'a>,
    value: &'e Expression<'a>,
) -> Option<(&'e IdentifierReference<'a>, Vec<MemberPath<'a>>)> {
    let BindingPattern::ObjectPattern(pattern) = pattern else {
        return None;
    };
    let mut path = MemberPath::new();
    let mut value = value;
    while let Some((inner, name)) = named_member(value) {
        path.insert(0, Cow::Borrowed(name));
        value = inner;
    }
    let Expression::Identifier(root) = value else {
        return None;
    };
    let mut members = Vec::new();
    add_taken(pattern, &path, &mut members)?;
    Some((root, members))
}

fn add_taken<'a>(
    pattern: &ObjectPattern<'a>,
    path: &MemberPath<'a>,
    members: &mut Vec<MemberPath<'a>>,
) -> Option<()> {
    if pattern.rest.is_some() || pattern.properties.is_empty() {
        return None;
    }
    for property in &pattern.properties {
        let mut path = path.clone();
        path.push(property.key.static_name()?);
        let inner = match &property.value {
            BindingPattern::ObjectPattern(inner) => add_taken(inner, &path, members),
            _ => None,
        };
        if inner.is_none() {
            members.push(path);
        }
    }
    Some(())
}
