//! Where builder calls are written.
//!
//! The last argument of every call that may be a builder call is wrapped as
//! `import.meta.site(n, argument)`. It is the last thing evaluated before the call itself,
//! so the builder knows which call site it was reached from, in constant time and also in
//! loops and factories.

use std::ops::Range;

use oxc::{
    allocator::{Allocator, TakeIn, Vec as ArenaVec},
    ast::{
        ast::{
            Argument, CallExpression, Expression, IdentifierName, ObjectPropertyKind, Program,
            PropertyKey,
        },
        builder::AstBuilder,
    },
    ast_visit::{VisitMut, walk_mut},
    span::{GetSpan, SPAN, Span},
    syntax::number::NumberBase,
};
use serde::{Deserialize, Serialize};

/// Is the place of one builder call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallSite {
    /// The call's own part: for `a.b("x")` from `b` to the closing parenthesis.
    pub span: Range<u32>,
    /// The name of the called function or method.
    pub callee: Range<u32>,
    /// The arguments in order.
    pub arguments: Vec<ArgumentSite>,
}

/// Is the place of one argument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArgumentSite {
    /// The whole argument.
    pub span: Range<u32>,
    /// Its properties, where it is written as an object.
    pub properties: Vec<PropertySite>,
}

/// Is the place of one property of an object that is written in a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertySite {
    /// The property's name.
    pub name: Box<str>,
    /// Where the name is.
    pub key: Range<u32>,
    /// Where the value is.
    pub value: Range<u32>,
    /// The properties of the value, where it is written as an object.
    pub properties: Vec<PropertySite>,
}

impl CallSite {
    /// Finds a property, by the path of names that leads to it, in any argument.
    #[must_use]
    pub fn property(&self, path: &[&str]) -> Option<&PropertySite> {
        self.arguments
            .iter()
            .find_map(|argument| find_property(&argument.properties, path))
    }
}

fn find_property<'a>(properties: &'a [PropertySite], path: &[&str]) -> Option<&'a PropertySite> {
    let (first, rest) = path.split_first()?;
    let found = properties
        .iter()
        .rfind(|property| *property.name == **first)?;
    if rest.is_empty() {
        return Some(found);
    }
    find_property(&found.properties, rest)
}

const METHODS: &[&str] = &[
    "task",
    "step",
    "sequence",
    "add",
    "parallel",
    "addProvider",
    "removeProvider",
    "configure",
    "workspace",
    "operation",
    "workspaceOperation",
];
const FUNCTIONS: &[&str] = &[
    "task",
    "step",
    "sequence",
    "workflow",
    "defineConfig",
    "defineProvider",
];

/// Wraps the last argument of each call that may be a builder call, and says where they are.
pub(super) fn mark_call_sites<'a>(
    allocator: &'a Allocator,
    program: &mut Program<'a>,
) -> Vec<CallSite> {
    let mut marker = Marker {
        allocator,
        builder: AstBuilder::new(allocator),
        sites: Vec::new(),
    };
    marker.visit_program(program);
    marker.sites
}

struct Marker<'a> {
    allocator: &'a Allocator,
    builder: AstBuilder<'a>,
    sites: Vec<CallSite>,
}

impl<'a> VisitMut<'a> for Marker<'a> {
    fn visit_call_expression(&mut self, call: &mut CallExpression<'a>) {
        walk_mut::walk_call_expression(self, call);
        let Some(callee) = builder_name(&call.callee) else {
            return;
        };
        if call.arguments.is_empty() {
            return;
        }
        self.sites.push(CallSite {
            span: callee.start..call.span.end,
            callee: range(callee),
            arguments: call.arguments.iter().map(argument_site).collect(),
        });
        self.wrap_last_argument(&mut call.arguments);
    }
}

impl<'a> Marker<'a> {
    fn wrap_last_argument(&self, arguments: &mut ArenaVec<'a, Argument<'a>>) {
        match arguments.last_mut() {
            Some(Argument::SpreadElement(spread)) => {
                let inner = spread.argument.take_in(&self.allocator);
                spread.argument = self.site_call(inner);
            }
            Some(argument) => {
                let inner = argument.to_expression_mut().take_in(&self.allocator);
                *argument = Argument::from(self.site_call(inner));
            }
            None => {}
        }
    }

    fn site_call(&self, argument: Expression<'a>) -> Expression<'a> {
        let builder = &self.builder;
        let name = |text: &'static str| IdentifierName::new(SPAN, text, builder);
        #[expect(clippy::cast_precision_loss, reason = "no file has 2^52 calls")]
        let ordinal = (self.sites.len() - 1) as f64;
        let meta = Expression::new_import_meta(SPAN, builder);
        let callee =
            Expression::new_static_member_expression(SPAN, meta, name("site"), false, builder);
        let ordinal =
            Expression::new_numeric_literal(SPAN, ordinal, None, NumberBase::Decimal, builder);
        let arguments = ArenaVec::from_array_in(
            [Argument::from(ordinal), Argument::from(argument)],
            &self.allocator,
        );
        Expression::new_call_expression(SPAN, callee, None, arguments, false, builder)
    }
}

/// Says whether a call is the mark of a builder call.
pub(super) fn is_mark(callee: &Expression<'_>) -> bool {
    let Expression::StaticMemberExpression(member) = callee else {
        return false;
    };
    member.property.name == "site"
        && member.property.span.is_unspanned()
        && matches!(member.object, Expression::ImportMeta(_))
}

fn builder_name(callee: &Expression<'_>) -> Option<Span> {
    match callee {
        Expression::StaticMemberExpression(member)
            if METHODS.contains(&member.property.name.as_str()) =>
        {
            Some(member.property.span)
        }
        Expression::Identifier(name) if FUNCTIONS.contains(&name.name.as_str()) => Some(name.span),
        _ => None,
    }
}

fn argument_site(argument: &Argument<'_>) -> ArgumentSite {
    ArgumentSite {
        span: range(argument.span()),
        properties: argument
            .as_expression()
            .map(property_sites)
            .unwrap_or_default(),
    }
}

fn property_sites(expression: &Expression<'_>) -> Vec<PropertySite> {
    let Expression::ObjectExpression(object) = expression.get_inner_expression() else {
        return Vec::new();
    };
    object
        .properties
        .iter()
        .filter_map(|property| match property {
            ObjectPropertyKind::ObjectProperty(property) => Some(PropertySite {
                name: key_name(&property.key)?,
                key: range(property.key.span()),
                value: range(property.value.span()),
                properties: property_sites(&property.value),
            }),
            ObjectPropertyKind::SpreadProperty(_) => None,
        })
        .collect()
}

fn key_name(key: &PropertyKey<'_>) -> Option<Box<str>> {
    key.static_name().map(|name| Box::from(&*name))
}

fn range(span: Span) -> Range<u32> {
    span.start..span.end
}
