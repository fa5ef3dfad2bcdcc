//! Digests of syntax: what a function does, whatever it is called and however it is laid out.
//!
//! Each function and class is printed on its own: variables get numbers for names, and a
//! function inside it stands there as its own digest with what it captures. So every part of
//! a module is printed once, and a digest changes only with the code it is of.

use oxc::{
    allocator::{Allocator, CloneIn, Vec as ArenaVec},
    ast::{
        ast::{
            Argument, BindingIdentifier, BindingProperty, Class, ClassHeritage, Expression,
            Function, IdentifierReference, ImportExpression, ObjectProperty, Program, PropertyKey,
            Statement,
        },
        builder::AstBuilder,
    },
    ast_visit::{VisitMut, walk_mut},
    codegen::{Codegen, CodegenOptions, CommentOptions, Context, Gen},
    semantic::{ReferenceId, ScopeFlags, Scoping, SymbolId},
    span::SPAN,
    syntax::identifier::is_identifier_name,
};

use rustc_hash::FxHashMap;

use super::{CaptureSource, FoundFunctions};
use crate::digest::hash_parts;

/// Computes the digest of every function and class that was found.
pub(super) fn digest_syntax<'a>(
    allocator: &'a Allocator,
    program: &Program<'a>,
    scoping: &Scoping,
    found: &mut FoundFunctions,
) {
    if found.functions.units.is_empty() {
        return;
    }
    // It is taken apart on the way; the program itself has yet to be printed.
    let mut program = program.clone_in_with_semantic_ids(allocator);
    let mut normalizer = Normalizer {
        allocator,
        builder: AstBuilder::new(allocator),
        scoping,
        found,
    };
    normalizer.visit_program(&mut program);
}

struct Normalizer<'a, 's> {
    allocator: &'a Allocator,
    builder: AstBuilder<'a>,
    scoping: &'s Scoping,
    found: &'s mut FoundFunctions,
}

impl<'a> VisitMut<'a> for Normalizer<'a, '_> {
    fn visit_function(&mut self, function: &mut Function<'a>, flags: ScopeFlags) {
        walk_mut::walk_function(self, function, flags);
        let Some(unit) = self.found.unit_at(&function.scope_id) else {
            return;
        };
        let id = self.without_outer_name(&mut function.id, function.scope_id.get());
        self.renamer(unit)
            .visit_function(function, ScopeFlags::Function);
        self.digest(unit, "function", |printer| {
            function.print(printer, Context::default());
        });
        function.id = id;
        if self.is_nested(unit) {
            self.replace_body(unit, function);
        }
    }

    fn visit_expression(&mut self, expression: &mut Expression<'a>) {
        walk_mut::walk_expression(self, expression);
        let Expression::ArrowFunctionExpression(arrow) = expression else {
            return;
        };
        if let Some(unit) = self.found.unit_at(&arrow.scope_id) {
            self.renamer(unit).visit_arrow_function_expression(arrow);
            self.digest(unit, "arrow", |printer| {
                printer.print_expression(expression);
            });
            if self.is_nested(unit) {
                *expression = self.placeholder(unit);
            }
        }
    }

    fn visit_class(&mut self, class: &mut Class<'a>) {
        walk_mut::walk_class(self, class);
        let Some(unit) = self.found.unit_at(&class.scope_id) else {
            return;
        };
        // Instances know the name of their class, so it counts.
        let name = class.id.as_ref().map(|id| id.name.to_string());
        let id = class.id.take();
        self.renamer(unit).visit_class(class);
        let tag = format!("class {}", name.unwrap_or_default());
        self.digest(unit, &tag, |printer| {
            class.print(printer, Context::default());
        });
        class.id = id;
        if self.is_nested(unit) {
            class.body.body.clear();
            class.decorators.clear();
            let heritage = ClassHeritage::new(self.placeholder(unit), None, &self.builder);
            class.heritage = Some(heritage);
        }
    }
}

impl<'a> Normalizer<'a, '_> {
    /// Takes away the name of a declaration, which belongs to what is around it.
    fn without_outer_name(
        &self,
        id: &mut Option<BindingIdentifier<'a>>,
        own: Option<oxc::semantic::ScopeId>,
    ) -> Option<BindingIdentifier<'a>> {
        let symbol = id.as_ref()?.symbol_id.get()?;
        if Some(self.scoping.symbol_scope_id(symbol)) == own {
            return None;
        }
        id.take()
    }

    /// Says whether a unit is part of what another one prints.
    fn is_nested(&self, unit: usize) -> bool {
        self.found.drafts[unit].is_nested
    }

    fn renamer(&self, unit: usize) -> Renamer<'a, '_> {
        let symbols = self.found.drafts[unit].symbols.iter().enumerate();
        let captures = self.found.functions.units[unit].captures.iter().enumerate();
        Renamer {
            allocator: self.allocator,
            builder: AstBuilder::new(self.allocator),
            scoping: self.scoping,
            imported: captures
                .filter_map(|(index, capture)| match &capture.source {
                    CaptureSource::DynamicImport { specifier } => Some((specifier.clone(), index)),
                    _ => None,
                })
                .collect(),
            captured: symbols
                .filter_map(|(index, symbol)| Some(((*symbol)?, index)))
                .collect(),
            own: FxHashMap::default(),
        }
    }

    fn digest(&mut self, unit: usize, tag: &str, print: impl FnOnce(&mut Codegen<'a>)) {
        let mut printer = Codegen::new().with_options(CodegenOptions {
            comments: CommentOptions::disabled(),
            indent_width: 0,
            ..CodegenOptions::default()
        });
        print(&mut printer);
        let text = printer.into_source_text();
        self.found.functions.units[unit].syntax =
            hash_parts("syntax", [tag.as_bytes(), text.as_bytes()]);
    }

    fn replace_body(&self, unit: usize, function: &mut Function<'a>) {
        function.params.items.clear();
        function.params.rest = None;
        if let Some(body) = &mut function.body {
            body.directives.clear();
            body.statements.clear();
            let statement =
                Statement::new_expression_statement(SPAN, self.placeholder(unit), &self.builder);
            body.statements.push(statement);
        }
    }

    /// Writes what stands for a unit in the one around it: its digest, called with what it
    /// captures.
    fn placeholder(&self, unit: usize) -> Expression<'a> {
        let builder = &self.builder;
        let name = format!("unit_{}", self.found.functions.units[unit].syntax);
        let name = self.allocator.alloc_str(&name);
        let callee = Expression::new_identifier(SPAN, name, builder);
        let mut arguments = ArenaVec::new_in(&self.allocator);
        for reference in &self.found.drafts[unit].references {
            arguments.push(Argument::from(self.captured_argument(*reference)));
        }
        Expression::new_call_expression(SPAN, callee, None, arguments, false, builder)
    }

    fn captured_argument(&self, reference: Option<ReferenceId>) -> Expression<'a> {
        let Some(reference) = reference else {
            return Expression::new_this_expression(SPAN, &self.builder);
        };
        let name = IdentifierReference::boxed_with_reference_id(
            SPAN,
            "__global",
            reference,
            &self.builder,
        );
        Expression::Identifier(name)
    }
}

/// Gives numbers to the variables of one unit, in the order in which they appear.
struct Renamer<'a, 's> {
    allocator: &'a Allocator,
    builder: AstBuilder<'a>,
    scoping: &'s Scoping,
    captured: FxHashMap<SymbolId, usize>,
    /// The modules that are imported while the unit runs, which count by what is in them.
    imported: FxHashMap<Box<str>, usize>,
    own: FxHashMap<SymbolId, usize>,
}

impl<'a> Renamer<'a, '_> {
    fn name(&mut self, symbol: SymbolId) -> &'a str {
        let name = if let Some(index) = self.captured.get(&symbol) {
            format!("__c{index}")
        } else {
            let next = self.own.len();
            let index = *self.own.entry(symbol).or_insert(next);
            format!("__v{index}")
        };
        self.allocator.alloc_str(&name)
    }

    /// Takes the quotes off a key that needs none.
    fn bare_key(&self, key: &mut PropertyKey<'a>) {
        if let PropertyKey::StringLiteral(name) = key
            && is_identifier_name(&name.value)
        {
            *key = PropertyKey::new_static_identifier(SPAN, name.value, &self.builder);
        }
    }
}

impl<'a> VisitMut<'a> for Renamer<'a, '_> {
    fn visit_object_property(&mut self, property: &mut ObjectProperty<'a>) {
        walk_mut::walk_object_property(self, property);
        if !property.computed {
            self.bare_key(&mut property.key);
        }
    }

    fn visit_binding_property(&mut self, property: &mut BindingProperty<'a>) {
        walk_mut::walk_binding_property(self, property);
        if !property.computed {
            self.bare_key(&mut property.key);
        }
    }

    fn visit_import_expression(&mut self, import: &mut ImportExpression<'a>) {
        walk_mut::walk_import_expression(self, import);
        if let Expression::StringLiteral(source) = &mut import.source
            && let Some(index) = self.imported.get(source.value.as_str())
        {
            source.value = self.allocator.alloc_str(&format!("__c{index}")).into();
        }
    }

    fn visit_binding_identifier(&mut self, name: &mut BindingIdentifier<'a>) {
        if let Some(symbol) = name.symbol_id.get() {
            name.name = self.name(symbol).into();
        }
    }

    fn visit_identifier_reference(&mut self, name: &mut IdentifierReference<'a>) {
        let Some(reference) = name.reference_id.get() else {
            return;
        };
        let found = self.scoping.get_reference(reference);
        if let Some(symbol) = found.symbol_id() {
            name.name = self.name(symbol).into();
        }
    }
}
