//! Digests of syntax: what a function does, whatever it is called and however it is laid out.
//!
//! Each function and class is printed on its own: variables get numbers for names, and a
//! function inside it stands there as its own digest with what it captures. So every part of
//! a module is printed once, and a digest changes only with the code it is of. The tree is
//! changed for that, and put back as it was.

use std::mem;

use oxc::{
    allocator::{Allocator, Box as ArenaBox, Vec as ArenaVec},
    ast::{
        ast::{
            Argument, ArrowFunctionBody, ArrowFunctionExpression, BindingIdentifier,
            BindingProperty, Class, ClassBody, ClassHeritage, Decorator, Expression,
            FormalParameterKind, FormalParameters, Function, FunctionBody, IdentifierReference,
            ImportExpression, ObjectProperty, Program, PropertyKey, Statement,
        },
        builder::AstBuilder,
    },
    ast_visit::{VisitMut, walk_mut},
    codegen::{Codegen, CodegenOptions, CommentOptions, Context, Gen},
    semantic::{ReferenceId, ScopeFlags, ScopeId, Scoping, SymbolId},
    span::SPAN,
    str::{Ident, Str},
    syntax::identifier::is_identifier_name,
};
use rustc_hash::FxHashMap;

use super::{CaptureSource, FoundFunctions};
use crate::digest::hash_parts;

/// Computes the digest of every function and class that was found.
pub(super) fn digest_syntax<'a>(
    allocator: &'a Allocator,
    program: &mut Program<'a>,
    scoping: &Scoping,
    found: &mut FoundFunctions,
) {
    if found.functions.units.is_empty() {
        return;
    }
    let mut normalizer = Normalizer {
        allocator,
        builder: AstBuilder::new(allocator),
        scoping,
        found,
        names: FxHashMap::default(),
        specifiers: FxHashMap::default(),
        taken: FxHashMap::default(),
    };
    normalizer.visit_program(program);
}

struct Normalizer<'a, 's> {
    allocator: &'a Allocator,
    builder: AstBuilder<'a>,
    scoping: &'s Scoping,
    found: &'s mut FoundFunctions,
    /// The names that variables had.
    names: FxHashMap<SymbolId, Ident<'a>>,
    /// The specifiers that imports had, by where they are.
    specifiers: FxHashMap<u32, Str<'a>>,
    /// What was inside units that are inside others.
    taken: FxHashMap<usize, Inside<'a>>,
}

/// Is what a unit consists of, taken out of it.
enum Inside<'a> {
    Function(
        ArenaBox<'a, FormalParameters<'a>>,
        Option<ArenaBox<'a, FunctionBody<'a>>>,
    ),
    Arrow(ArenaBox<'a, FormalParameters<'a>>, ArrowFunctionBody<'a>),
    Class(
        ArenaBox<'a, ClassBody<'a>>,
        Option<ClassHeritage<'a>>,
        ArenaVec<'a, Decorator<'a>>,
    ),
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
        if id.is_some() {
            function.id = id;
        }
        if self.is_nested(unit) {
            let body = self.body(unit);
            let params = mem::replace(&mut function.params, self.no_parameters());
            let body = function.body.replace(body);
            self.taken.insert(unit, Inside::Function(params, body));
        } else {
            self.restorer().visit_function(function, flags);
        }
    }

    fn visit_expression(&mut self, expression: &mut Expression<'a>) {
        walk_mut::walk_expression(self, expression);
        let Expression::ArrowFunctionExpression(arrow) = expression else {
            return;
        };
        let Some(unit) = self.found.unit_at(&arrow.scope_id) else {
            return;
        };
        self.renamer(unit).visit_arrow_function_expression(arrow);
        self.digest(unit, "arrow", |printer| {
            printer.print_expression(expression);
        });
        let Expression::ArrowFunctionExpression(arrow) = expression else {
            return;
        };
        if self.is_nested(unit) {
            let placeholder = ArrowFunctionBody::from(self.placeholder(unit));
            let params = mem::replace(&mut arrow.params, self.no_parameters());
            let body = mem::replace(&mut arrow.body, placeholder);
            self.taken.insert(unit, Inside::Arrow(params, body));
        } else {
            self.restorer().visit_arrow_function_expression(arrow);
        }
    }

    fn visit_class(&mut self, class: &mut Class<'a>) {
        walk_mut::walk_class(self, class);
        let Some(unit) = self.found.unit_at(&class.scope_id) else {
            return;
        };
        // Instances know the name of their class, so it counts.
        let id = class.id.take();
        let tag = id.as_ref().map_or("class", |id| id.name.as_str());
        self.renamer(unit).visit_class(class);
        self.digest(unit, &format!("class {tag}"), |printer| {
            class.print(printer, Context::default());
        });
        class.id = id;
        if self.is_nested(unit) {
            let heritage = ClassHeritage::new(self.placeholder(unit), None, &self.builder);
            let nothing = ClassBody::boxed(SPAN, ArenaVec::new_in(&self.allocator), &self.builder);
            let body = mem::replace(&mut class.body, nothing);
            let heritage = class.heritage.replace(heritage);
            let decorators = mem::replace(&mut class.decorators, ArenaVec::new_in(&self.allocator));
            self.taken
                .insert(unit, Inside::Class(body, heritage, decorators));
        } else {
            self.restorer().visit_class(class);
        }
    }
}

impl<'a> Normalizer<'a, '_> {
    /// Takes away the name of a declaration, which belongs to what is around it.
    fn without_outer_name(
        &self,
        id: &mut Option<BindingIdentifier<'a>>,
        own: Option<ScopeId>,
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

    fn renamer(&mut self, unit: usize) -> Renamer<'a, '_> {
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
            names: &mut self.names,
            specifiers: &mut self.specifiers,
        }
    }

    fn restorer(&mut self) -> Restorer<'a, '_> {
        Restorer {
            scoping: self.scoping,
            found: self.found,
            names: &self.names,
            specifiers: &self.specifiers,
            taken: &mut self.taken,
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

    fn no_parameters(&self) -> ArenaBox<'a, FormalParameters<'a>> {
        let none = ArenaVec::new_in(&self.allocator);
        let kind = FormalParameterKind::FormalParameter;
        FormalParameters::boxed(SPAN, kind, none, None, &self.builder)
    }

    fn body(&self, unit: usize) -> ArenaBox<'a, FunctionBody<'a>> {
        let placeholder = self.placeholder(unit);
        let statement = Statement::new_expression_statement(SPAN, placeholder, &self.builder);
        let statements = ArenaVec::from_array_in([statement], &self.allocator);
        let directives = ArenaVec::new_in(&self.allocator);
        FunctionBody::boxed(SPAN, directives, statements, &self.builder)
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
    names: &'s mut FxHashMap<SymbolId, Ident<'a>>,
    specifiers: &'s mut FxHashMap<u32, Str<'a>>,
}

impl<'a> Renamer<'a, '_> {
    fn rename(&mut self, symbol: SymbolId, name: &mut Ident<'a>) {
        let new = if let Some(index) = self.captured.get(&symbol) {
            format!("__c{index}")
        } else {
            let next = self.own.len();
            let index = *self.own.entry(symbol).or_insert(next);
            format!("__v{index}")
        };
        let old = mem::replace(name, self.allocator.alloc_str(&new).into());
        self.names.entry(symbol).or_insert(old);
    }

    /// Takes the quotes off a key that needs none.
    fn bare_key(&self, key: &mut PropertyKey<'a>) {
        if let PropertyKey::StringLiteral(name) = key
            && is_identifier_name(&name.value)
        {
            *key = PropertyKey::new_static_identifier(name.span, name.value, &self.builder);
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
            let new = self.allocator.alloc_str(&format!("__c{index}"));
            let old = mem::replace(&mut source.value, new.into());
            self.specifiers.entry(source.span.start).or_insert(old);
        }
    }

    fn visit_binding_identifier(&mut self, name: &mut BindingIdentifier<'a>) {
        if let Some(symbol) = name.symbol_id.get() {
            self.rename(symbol, &mut name.name);
        }
    }

    fn visit_identifier_reference(&mut self, name: &mut IdentifierReference<'a>) {
        let reference = name.reference_id.get();
        let symbol = reference.and_then(|id| self.scoping.get_reference(id).symbol_id());
        if let Some(symbol) = symbol {
            self.rename(symbol, &mut name.name);
        }
    }
}

/// Puts back the names of variables and modules, and what was inside units.
struct Restorer<'a, 's> {
    scoping: &'s Scoping,
    found: &'s FoundFunctions,
    names: &'s FxHashMap<SymbolId, Ident<'a>>,
    specifiers: &'s FxHashMap<u32, Str<'a>>,
    taken: &'s mut FxHashMap<usize, Inside<'a>>,
}

impl<'a> Restorer<'a, '_> {
    fn inside(&mut self, scope: &std::cell::Cell<Option<ScopeId>>) -> Option<Inside<'a>> {
        let unit = self.found.unit_at(scope)?;
        self.taken.remove(&unit)
    }
}

impl<'a> VisitMut<'a> for Restorer<'a, '_> {
    fn visit_function(&mut self, function: &mut Function<'a>, flags: ScopeFlags) {
        if let Some(Inside::Function(params, body)) = self.inside(&function.scope_id) {
            function.params = params;
            function.body = body;
        }
        walk_mut::walk_function(self, function, flags);
    }

    fn visit_arrow_function_expression(&mut self, arrow: &mut ArrowFunctionExpression<'a>) {
        if let Some(Inside::Arrow(params, body)) = self.inside(&arrow.scope_id) {
            arrow.params = params;
            arrow.body = body;
        }
        walk_mut::walk_arrow_function_expression(self, arrow);
    }

    fn visit_class(&mut self, class: &mut Class<'a>) {
        if let Some(Inside::Class(body, heritage, decorators)) = self.inside(&class.scope_id) {
            class.body = body;
            class.heritage = heritage;
            class.decorators = decorators;
        }
        walk_mut::walk_class(self, class);
    }

    fn visit_import_expression(&mut self, import: &mut ImportExpression<'a>) {
        walk_mut::walk_import_expression(self, import);
        if let Expression::StringLiteral(source) = &mut import.source
            && let Some(old) = self.specifiers.get(&source.span.start)
        {
            source.value = *old;
        }
    }

    fn visit_binding_identifier(&mut self, name: &mut BindingIdentifier<'a>) {
        let symbol = name.symbol_id.get();
        if let Some(old) = symbol.and_then(|symbol| self.names.get(&symbol)) {
            name.name = *old;
        }
    }

    fn visit_identifier_reference(&mut self, name: &mut IdentifierReference<'a>) {
        let reference = name.reference_id.get();
        let symbol = reference.and_then(|id| self.scoping.get_reference(id).symbol_id());
        if let Some(old) = symbol.and_then(|symbol| self.names.get(&symbol)) {
            name.name = *old;
        }
    }
}
