//! What expressions stand for, as far as it leads to the environment.

use std::borrow::Cow;

use oxc::{
    ast::ast::{
        BindingPattern, ChainElement, Expression, IdentifierReference, ImportDeclarationSpecifier,
        ImportExpression, MemberExpression, Program, Statement, VariableDeclarator,
    },
    ast_visit::{Visit, walk},
    semantic::{Scoping, SymbolId},
};
use rustc_hash::FxHashMap;

/// Something through which variables of the environment are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The object that holds the globals.
    Globals,
    /// `process`.
    Process,
    /// `process.env`.
    Variables,
    /// All that the SDK exports.
    Sdk,
    /// `env` of the SDK.
    Env,
    /// `env.secret` of the SDK.
    Secret,
}

impl Meaning {
    /// Returns what a member stands for; nothing where that does not lead to the environment.
    pub(super) fn member(self, name: &str) -> Option<Self> {
        match (self, name) {
            (Self::Globals, "process") => Some(Self::Process),
            (Self::Globals, "globalThis" | "global") => Some(Self::Globals),
            (Self::Process, "env") => Some(Self::Variables),
            (Self::Sdk, "env") => Some(Self::Env),
            (Self::Env, "secret") => Some(Self::Secret),
            // What functions have in common calls them with whatever it is given.
            (Self::Env | Self::Secret, "call" | "apply" | "bind") => Some(self),
            _ => None,
        }
    }

    fn of_global(name: &str) -> Option<Self> {
        match name {
            "process" => Some(Self::Process),
            "globalThis" | "global" => Some(Self::Globals),
            _ => None,
        }
    }
}

/// The specifier of the module that `env` is from.
const SDK: &str = "@rigkit/sdk";

/// Returns whether a specifier leads to the SDK.
pub(super) fn is_sdk(specifier: &str) -> bool {
    specifier == SDK
}

/// What the names of a module stand for.
pub(super) struct Meanings<'s> {
    scoping: &'s Scoping,
    of_symbols: FxHashMap<SymbolId, Meaning>,
}

/// A member expression: the object, and the name where it is written down.
pub(super) type Member<'e, 'a> = (&'e Expression<'a>, Option<Cow<'e, str>>);

impl<'s> Meanings<'s> {
    /// Finds what the variables of a module stand for, those that have one value always.
    pub(super) fn of(program: &Program<'_>, scoping: &'s Scoping) -> Self {
        /// An alias of an alias of an alias may be declared after it is used.
        const MOST_ROUNDS: usize = 8;

        let mut meanings = Self {
            scoping,
            of_symbols: FxHashMap::default(),
        };
        meanings.add_imports(program);
        for _ in 0..MOST_ROUNDS {
            let before = meanings.of_symbols.len();
            meanings.visit_program(program);
            if meanings.of_symbols.len() == before {
                break;
            }
        }
        meanings
    }

    fn add_imports(&mut self, program: &Program<'_>) {
        let imports = program.body.iter().filter_map(|statement| match statement {
            Statement::ImportDeclaration(import) if is_sdk(&import.source.value) => Some(import),
            _ => None,
        });
        for specifier in imports.flat_map(|import| import.specifiers.iter().flatten()) {
            let meaning = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(one) => {
                    Meaning::Sdk.member(&one.imported.name())
                }
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => Some(Meaning::Sdk),
                ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => None,
            };
            let symbol = specifier.local().symbol_id.get();
            self.of_symbols.extend(symbol.zip(meaning));
        }
    }

    /// Returns what a variable stands for.
    pub(super) fn of_symbol(&self, symbol: SymbolId) -> Option<Meaning> {
        self.of_symbols.get(&symbol).copied()
    }

    /// Returns what a name stands for.
    pub(super) fn of_name(&self, reference: &IdentifierReference<'_>) -> Option<Meaning> {
        match self.symbol(reference) {
            Some(symbol) => self.of_symbol(symbol),
            None => Meaning::of_global(&reference.name),
        }
    }

    /// Returns whether a name is a global.
    pub(super) fn is_global(&self, reference: &IdentifierReference<'_>) -> bool {
        self.symbol(reference).is_none()
    }

    fn symbol(&self, reference: &IdentifierReference<'_>) -> Option<SymbolId> {
        let id = reference.reference_id.get()?;
        self.scoping.get_reference(id).symbol_id()
    }

    /// Returns what an expression stands for.
    pub(super) fn of_expression(&self, expression: &Expression<'_>) -> Option<Meaning> {
        let expression = expression.get_inner_expression();
        match expression {
            Expression::Identifier(name) => self.of_name(name),
            Expression::AwaitExpression(awaited) => match &awaited.argument {
                Expression::ImportExpression(import) if imports_sdk(import) => Some(Meaning::Sdk),
                _ => None,
            },
            _ => {
                let (object, name) = member(expression)?;
                self.of_expression(object)?.member(&name?)
            }
        }
    }

    fn add_pattern(&mut self, pattern: &BindingPattern<'_>, meaning: Meaning) {
        match pattern {
            BindingPattern::BindingIdentifier(name) => {
                let symbol = name.symbol_id.get();
                let symbol = symbol.filter(|symbol| !self.scoping.symbol_is_mutated(*symbol));
                self.of_symbols
                    .extend(symbol.map(|symbol| (symbol, meaning)));
            }
            BindingPattern::ObjectPattern(pattern) => {
                for property in &pattern.properties {
                    let name = property.key.static_name();
                    if let Some(meaning) = name.and_then(|name| meaning.member(&name)) {
                        self.add_pattern(&property.value, meaning);
                    }
                }
            }
            BindingPattern::ArrayPattern(_) | BindingPattern::AssignmentPattern(_) => {}
        }
    }
}

impl<'a> Visit<'a> for Meanings<'_> {
    fn visit_variable_declarator(&mut self, declarator: &VariableDeclarator<'a>) {
        let init = declarator.init.as_ref();
        if let Some(meaning) = init.and_then(|init| self.of_expression(init)) {
            self.add_pattern(&declarator.id, meaning);
        }
        walk::walk_variable_declarator(self, declarator);
    }
}

/// Returns whether an expression imports the SDK.
pub(super) fn imports_sdk(import: &ImportExpression<'_>) -> bool {
    matches!(&import.source, Expression::StringLiteral(source) if is_sdk(&source.value))
}

/// Takes a member expression apart.
pub(super) fn member<'e, 'a>(expression: &'e Expression<'a>) -> Option<Member<'e, 'a>> {
    let member = match expression.get_inner_expression() {
        Expression::ChainExpression(chain) => match &chain.expression {
            ChainElement::TSNonNullExpression(inner) => return member(&inner.expression),
            element => element.as_member_expression()?,
        },
        expression => expression.as_member_expression()?,
    };
    match member {
        MemberExpression::StaticMemberExpression(member) => {
            let name = member.property.name.as_str();
            Some((&member.object, Some(Cow::Borrowed(name))))
        }
        MemberExpression::ComputedMemberExpression(member) => {
            Some((&member.object, text_of(&member.expression)))
        }
        MemberExpression::PrivateFieldExpression(_) => None,
    }
}

/// Returns the text that an expression is, if it is written down.
pub(super) fn text_of<'e>(expression: &'e Expression<'_>) -> Option<Cow<'e, str>> {
    match expression.get_inner_expression() {
        Expression::StringLiteral(text) => Some(Cow::Borrowed(text.value.as_str())),
        Expression::TemplateLiteral(template) => {
            let text = template.single_quasi()?;
            Some(Cow::Owned(text.to_string()))
        }
        _ => None,
    }
}
