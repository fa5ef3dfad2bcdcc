//! Digests of syntax: what a function does, whatever it is called and however it is laid out.
//!
//! One walk writes the tree down, each function and class on its own: variables are numbers, and
//! a function inside another stands there as its own digest with what it captures. So every part
//! of a module is written once, and a digest changes only with the code it is of.

mod node;

use oxc::{
    ast::{
        AstKind,
        ast::{
            ArrowFunctionExpression, AssignmentTargetPropertyIdentifier,
            AssignmentTargetPropertyProperty, BindingIdentifier, BindingProperty, Class,
            Expression, Function, IdentifierReference, ImportExpression, ObjectProperty, Program,
            PropertyKey,
        },
    },
    ast_visit::{Visit, walk},
    semantic::{ScopeFlags, ScopeId, Scoping, SymbolId},
    syntax::identifier::is_identifier_name,
};
use rustc_hash::FxHashMap;

use self::node::{Tag, Written, write_node};
use super::{CaptureSource, FoundFunctions};
use crate::digest::{Digest, hash_parts};

/// Computes the digest of every function and class that was found.
pub(super) fn digest_syntax(
    program: &Program<'_>,
    scoping: &Scoping,
    found: &mut FoundFunctions<'_>,
) {
    if found.functions.units.is_empty() {
        return;
    }
    let mut writer = SyntaxWriter {
        scoping,
        found,
        written: Written::default(),
        open: Vec::new(),
        numbers: vec![None; scoping.symbols_len()],
        replaced: Vec::new(),
        digests: vec![Digest::default(); found.functions.units.len()],
    };
    writer.visit_program(program);
    let digests = writer.digests;
    for (unit, digest) in found.functions.units.iter_mut().zip(digests) {
        unit.syntax = digest;
    }
}

struct SyntaxWriter<'s> {
    scoping: &'s Scoping,
    found: &'s FoundFunctions<'s>,
    /// What has been written of the open units, the innermost last.
    written: Written,
    open: Vec<OpenUnit<'s>>,
    /// The number of each variable in the innermost unit.
    numbers: Vec<Option<Number>>,
    /// Variables that got another number in an open unit, with that which they had.
    replaced: Vec<(SymbolId, Option<Number>)>,
    digests: Vec<Digest>,
}

/// Is a unit that is being written.
struct OpenUnit<'s> {
    unit: usize,
    /// Where in what is written it begins.
    start: usize,
    /// How many variables had been replaced before.
    replaced: usize,
    /// How many variables of its own have a number.
    own: u32,
    /// The modules that are imported while the unit runs, which count by what is in them.
    imported: FxHashMap<&'s str, u32>,
}

/// Stands for the name of a variable.
#[derive(Debug, Clone, Copy)]
enum Number {
    /// It is that capture of the unit.
    Captured(u32),
    /// It is that variable of the unit, in the order in which they appear.
    Own(u32),
}

impl<'a> Visit<'a> for SyntaxWriter<'_> {
    fn enter_node(&mut self, kind: AstKind<'a>) {
        if !self.open.is_empty() {
            write_node(kind, &mut self.written);
        }
    }

    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        let Some(unit) = self.found.unit_at(&function.scope_id) else {
            walk::walk_function(self, function, flags);
            return;
        };
        let outer_name = self.outer_name(function.id.as_ref(), function.scope_id.get());
        self.begin(unit);
        self.written
            .flag(function.r#async)
            .flag(function.generator)
            .flag(function.id.is_some() && outer_name.is_none());
        if let Some(own_name) = function.id.as_ref().filter(|_| outer_name.is_none()) {
            self.visit_binding_identifier(own_name);
        }
        self.visit_formal_parameters(&function.params);
        if let Some(body) = &function.body {
            self.visit_function_body(body);
        }
        self.end("function");
        self.write_unit(unit, function.is_declaration(), outer_name);
    }

    fn visit_arrow_function_expression(&mut self, arrow: &ArrowFunctionExpression<'a>) {
        let Some(unit) = self.found.unit_at(&arrow.scope_id) else {
            walk::walk_arrow_function_expression(self, arrow);
            return;
        };
        self.begin(unit);
        self.written.flag(arrow.r#async);
        self.visit_formal_parameters(&arrow.params);
        self.visit_arrow_function_body(&arrow.body);
        self.end("arrow");
        self.write_unit(unit, false, None);
    }

    fn visit_class(&mut self, class: &Class<'a>) {
        let Some(unit) = self.found.unit_at(&class.scope_id) else {
            walk::walk_class(self, class);
            return;
        };
        let outer_name = self.outer_name(class.id.as_ref(), class.scope_id.get());
        self.begin(unit);
        self.written
            .count(class.decorators.len())
            .flag(class.heritage.is_some());
        self.visit_decorators(&class.decorators);
        if let Some(heritage) = &class.heritage {
            self.visit_class_heritage(heritage);
        }
        self.visit_class_body(&class.body);
        // Instances know the name of their class, so it counts.
        let name = class.id.as_ref().map_or("class", |id| id.name.as_str());
        self.end(&format!("class {name}"));
        self.write_unit(unit, class.is_declaration(), outer_name);
    }

    fn visit_identifier_reference(&mut self, reference: &IdentifierReference<'a>) {
        let id = reference.reference_id.get();
        let symbol = id.and_then(|id| self.scoping.get_reference(id).symbol_id());
        self.write_variable(symbol, &reference.name);
    }

    fn visit_binding_identifier(&mut self, binding: &BindingIdentifier<'a>) {
        self.write_variable(binding.symbol_id.get(), &binding.name);
    }

    fn visit_object_property(&mut self, property: &ObjectProperty<'a>) {
        self.enter_node(AstKind::ObjectProperty(self.alloc(property)));
        self.write_key(&property.key, property.computed);
        self.visit_expression(&property.value);
    }

    fn visit_binding_property(&mut self, property: &BindingProperty<'a>) {
        self.enter_node(AstKind::BindingProperty(self.alloc(property)));
        self.write_key(&property.key, property.computed);
        self.visit_binding_pattern(&property.value);
    }

    fn visit_assignment_target_property_property(
        &mut self,
        property: &AssignmentTargetPropertyProperty<'a>,
    ) {
        let kind = AstKind::AssignmentTargetPropertyProperty(self.alloc(property));
        self.enter_node(kind);
        self.write_key(&property.name, property.computed);
        self.visit_assignment_target_maybe_default(&property.binding);
    }

    /// Writes `{ a = 1 }` as `{ a: a = 1 }`, for the name of the variable does not count.
    fn visit_assignment_target_property_identifier(
        &mut self,
        property: &AssignmentTargetPropertyIdentifier<'a>,
    ) {
        self.write(|written| {
            written.node(Tag::TargetProperty).flag(false);
            written.node(Tag::Name).text(&property.binding.name);
            if property.init.is_some() {
                written.node(Tag::DefaultTarget);
            }
        });
        self.visit_identifier_reference(&property.binding);
        if let Some(init) = &property.init {
            self.visit_expression(init);
        }
    }

    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        self.enter_node(AstKind::ImportExpression(self.alloc(import)));
        match self.imported(&import.source) {
            Some(number) => self.write(|written| {
                written.node(Tag::Captured).number(number);
            }),
            None => self.visit_expression(&import.source),
        }
        if let Some(options) = &import.options {
            self.visit_expression(options);
        }
    }
}

impl SyntaxWriter<'_> {
    fn write(&mut self, write: impl FnOnce(&mut Written)) {
        if !self.open.is_empty() {
            write(&mut self.written);
        }
    }

    fn begin(&mut self, unit: usize) {
        let found = self.found;
        let mut imported = FxHashMap::default();
        let replaced = self.replaced.len();
        let captures = found.functions.captures(&found.functions.units[unit]);
        for ((number, capture), symbol) in (0..).zip(captures).zip(found.symbols(unit)) {
            if let Some(symbol) = symbol {
                self.give_number(*symbol, Number::Captured(number));
            }
            if let CaptureSource::DynamicImport { specifier } = &capture.source {
                imported.insert(&**specifier, number);
            }
        }
        self.open.push(OpenUnit {
            unit,
            start: self.written.bytes.len(),
            replaced,
            own: 0,
            imported,
        });
    }

    fn give_number(&mut self, symbol: SymbolId, number: Number) {
        if let Some(slot) = self.numbers.get_mut(symbol.index()) {
            self.replaced.push((symbol, slot.replace(number)));
        }
    }

    fn end(&mut self, tag: &str) {
        let Some(open) = self.open.pop() else {
            return;
        };
        let written = &self.written.bytes[open.start..];
        self.digests[open.unit] = hash_parts("syntax", [tag.as_bytes(), written]);
        self.written.bytes.truncate(open.start);
        for (symbol, number) in self.replaced.drain(open.replaced..).rev() {
            self.numbers[symbol.index()] = number;
        }
    }

    /// Writes what stands for a unit in the one around it: its digest, and what it captures.
    fn write_unit(&mut self, unit: usize, is_declaration: bool, name: Option<SymbolId>) {
        if self.open.is_empty() {
            return;
        }
        let digest = self.digests[unit];
        let symbols = self.found.symbols(unit);
        self.written
            .node(Tag::Unit)
            .flag(is_declaration)
            .flag(name.is_some())
            .count(symbols.len())
            .bytes
            .extend_from_slice(digest.as_bytes());
        for symbol in name.iter().chain(symbols.iter().flatten()) {
            self.write_variable(Some(*symbol), "");
        }
    }

    /// Gives the name of a declaration, which belongs to what is around it.
    fn outer_name(
        &self,
        id: Option<&BindingIdentifier<'_>>,
        own: Option<ScopeId>,
    ) -> Option<SymbolId> {
        let symbol = id?.symbol_id.get()?;
        (Some(self.scoping.symbol_scope_id(symbol)) != own).then_some(symbol)
    }

    /// Writes a variable, or a global by its name.
    fn write_variable(&mut self, symbol: Option<SymbolId>, name: &str) {
        let Some(unit) = self.open.last_mut() else {
            return;
        };
        let Some(symbol) = symbol else {
            self.written.node(Tag::Free).text(name);
            return;
        };
        let known = self.numbers.get(symbol.index()).copied().flatten();
        let number = known.unwrap_or(Number::Own(unit.own));
        if known.is_none() {
            unit.own += 1;
            self.give_number(symbol, number);
        }
        match number {
            Number::Captured(number) => self.written.node(Tag::Captured).number(number),
            Number::Own(number) => self.written.node(Tag::Own).number(number),
        };
    }

    /// Writes the key of a property; quotes do not count where none are needed.
    fn write_key(&mut self, key: &PropertyKey<'_>, is_computed: bool) {
        match key {
            PropertyKey::StringLiteral(name) if !is_computed && is_identifier_name(&name.value) => {
                self.write(|written| {
                    written.node(Tag::Name).text(&name.value);
                });
            }
            _ => self.visit_property_key(key),
        }
    }

    fn imported(&self, source: &Expression<'_>) -> Option<u32> {
        let Expression::StringLiteral(source) = source else {
            return None;
        };
        let imported = &self.open.last()?.imported;
        imported.get(source.value.as_str()).copied()
    }
}
