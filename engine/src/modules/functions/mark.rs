//! Makes functions and what they captured reachable in the code that is printed.
//!
//! - `import.meta.made(n, value, reader, name)` gives `value` back and notes which unit it
//!   is, with a reader of the variables around it; `name` is that which it would have had.
//!   An argument of a builder call is noted by the mark of the call.
//! - `import.meta.madeClass` does so for a class and its methods.
//! - `import.meta.declared(n, value, …)` notes the functions of a block.
//! - `import.meta.members(object, [[n, "name", reader, "get"], …])` does so for the methods of
//!   an object; `import.meta.key(key)` gives it the names that are computed, which are absent.
//! - `import.meta.scope(() => [a, …])` hands over variables of the module that are captured, to
//!   be read once the module has been evaluated.
//!
//! A reader is a function that gives the variable of a number, when it is asked for it: it may
//! have no value before.

use std::{cell::Cell, mem};

use oxc::{
    allocator::{Allocator, TakeIn, Vec as ArenaVec},
    ast::{
        ast::{
            Argument, ArrayExpressionElement, ArrowFunctionBody, ArrowFunctionExpression,
            BindingIdentifier, BindingPattern, CallExpression, Class, Declaration,
            ExportDefaultDeclarationKind, Expression, FormalParameter, FormalParameterKind,
            FormalParameters, Function, IdentifierName, ObjectExpression, ObjectProperty,
            ObjectPropertyKind, Program, PropertyKind, Statement,
        },
        builder::AstBuilder,
    },
    ast_visit::{VisitMut, walk_mut},
    semantic::{ScopeFlags, ScopeId},
    span::{GetSpan, SPAN, Span},
    syntax::{number::NumberBase, operator::BinaryOperator},
};

use super::{FoundFunctions, LocalBinding, UnitKind};
use crate::modules::call_site;

/// Marks the functions that were found.
pub(crate) fn mark_functions<'a>(
    allocator: &'a Allocator,
    program: &mut Program<'a>,
    found: &FoundFunctions<'a>,
) {
    let mut marker = Marker {
        allocator,
        builder: AstBuilder::new(allocator),
        found,
        callee: SPAN,
        is_site: false,
    };
    marker.name_default_exports(program);
    marker.visit_program(program);
    marker.hand_over_bindings(program);
}

/// The parameter of readers.
const READER_NUMBER: &str = "__rigkit_n";

/// Is a method of an object that is to be noted.
struct MarkedMethod {
    unit: usize,
    /// Its name, unless that is computed.
    name: Option<String>,
    accessor: Option<&'static str>,
}

fn accessor(kind: PropertyKind) -> Option<&'static str> {
    match kind {
        PropertyKind::Init => None,
        PropertyKind::Get => Some("get"),
        PropertyKind::Set => Some("set"),
    }
}

/// The name of a default export that has none, so that it can be noted.
const DEFAULT_NAME: &str = "__rigkit_default";

struct Marker<'a, 'f> {
    allocator: &'a Allocator,
    builder: AstBuilder<'a>,
    found: &'f FoundFunctions<'a>,
    /// The callee of the call whose arguments are visited.
    callee: Span,
    /// Whether that call is the mark of a builder call.
    is_site: bool,
}

impl<'a> VisitMut<'a> for Marker<'a, '_> {
    fn visit_expression(&mut self, expression: &mut Expression<'a>) {
        walk_mut::walk_expression(self, expression);
        let unit = match &*expression {
            Expression::FunctionExpression(function) => self.found.unit_at(&function.scope_id),
            Expression::ArrowFunctionExpression(arrow) => self.found.unit_at(&arrow.scope_id),
            Expression::ClassExpression(class) => self.found.unit_at(&class.scope_id),
            Expression::ObjectExpression(object) => {
                if let Some(methods) = self.methods(object) {
                    let object = expression.take_in(&self.allocator);
                    *expression = self.members(object, &methods);
                }
                return;
            }
            _ => None,
        };
        if let Some(unit) = unit {
            let value = expression.take_in(&self.allocator);
            *expression = self.made(unit, value);
        }
    }

    fn visit_arguments(&mut self, arguments: &mut ArenaVec<'a, Argument<'a>>) {
        let Some(unit) = self.marked_unit(arguments) else {
            walk_mut::walk_arguments(self, arguments);
            return;
        };
        if let Some(value) = arguments.last_mut().map(Argument::to_expression_mut) {
            walk_mut::walk_expression(self, value);
        }
        arguments.push(Argument::from(self.number(unit)));
        let locals = &self.found.drafts[unit].locals;
        if !locals.is_empty() {
            arguments.push(Argument::from(self.reader(locals)));
        }
    }

    fn visit_call_expression(&mut self, call: &mut CallExpression<'a>) {
        self.visit_expression(&mut call.callee);
        let is_site = call_site::is_mark(&call.callee);
        let callee = match &call.callee {
            _ if is_site => self.callee,
            Expression::StaticMemberExpression(member) => member.property.span,
            other => other.span(),
        };
        let outer = mem::replace(&mut self.callee, callee);
        let outer_is_site = mem::replace(&mut self.is_site, is_site);
        self.visit_arguments(&mut call.arguments);
        self.is_site = outer_is_site;
        self.callee = outer;
    }

    fn visit_function(&mut self, function: &mut Function<'a>, flags: ScopeFlags) {
        if self.is_leaf(&function.scope_id) {
            return;
        }
        let outer = mem::replace(&mut self.callee, SPAN);
        walk_mut::walk_function(self, function, flags);
        self.callee = outer;
    }

    fn visit_arrow_function_expression(&mut self, arrow: &mut ArrowFunctionExpression<'a>) {
        if self.is_leaf(&arrow.scope_id) {
            return;
        }
        let outer = mem::replace(&mut self.callee, SPAN);
        walk_mut::walk_arrow_function_expression(self, arrow);
        self.callee = outer;
    }

    fn visit_object_property(&mut self, property: &mut ObjectProperty<'a>) {
        if property.method || property.kind != PropertyKind::Init {
            // A method is no expression of its own; its object notes it.
            self.visit_property_key(&mut property.key);
            self.note_key(property);
            if let Expression::FunctionExpression(function) = &mut property.value {
                self.visit_function(function, ScopeFlags::Function);
            }
            return;
        }
        walk_mut::walk_object_property(self, property);
    }

    fn visit_statements(&mut self, statements: &mut ArenaVec<'a, Statement<'a>>) {
        walk_mut::walk_statements(self, statements);
        let functions = self.declared(statements);
        let has_classes = statements
            .iter()
            .any(|statement| declared_class(statement).is_some());
        if functions.is_empty() && !has_classes {
            return;
        }
        let old = statements.take_in(&self.allocator);
        // Functions exist from the start of the block, so they are noted there.
        statements.extend(functions);
        for statement in old {
            let noted = declared_class(&statement)
                .and_then(|class| self.declaration(&class.scope_id, class.id.as_ref()));
            statements.push(statement);
            statements.extend(noted);
        }
    }
}

fn declared_function<'s, 'a>(statement: &'s Statement<'a>) -> Option<&'s Function<'a>> {
    match statement {
        Statement::FunctionDeclaration(function) => Some(function),
        Statement::ExportDeclaration(export) => match &export.declaration {
            Declaration::FunctionDeclaration(function) => Some(function),
            _ => None,
        },
        Statement::ExportDefaultDeclaration(export) => match &export.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => Some(function),
            _ => None,
        },
        _ => None,
    }
}

fn declared_class<'s, 'a>(statement: &'s Statement<'a>) -> Option<&'s Class<'a>> {
    match statement {
        Statement::ClassDeclaration(class) => Some(class),
        Statement::ExportDeclaration(export) => match &export.declaration {
            Declaration::ClassDeclaration(class) => Some(class),
            _ => None,
        },
        Statement::ExportDefaultDeclaration(export) => match &export.declaration {
            ExportDefaultDeclarationKind::ClassDeclaration(class) => Some(class),
            _ => None,
        },
        _ => None,
    }
}

impl<'a> Marker<'a, '_> {
    /// Says whether a unit has nothing in it that is to be marked.
    fn is_leaf(&self, scope: &Cell<Option<ScopeId>>) -> bool {
        let unit = self.found.unit_at(scope);
        unit.is_some_and(|unit| !self.found.drafts[unit].has_nested)
    }

    fn name_default_exports(&self, program: &mut Program<'a>) {
        for statement in &mut program.body {
            let Statement::ExportDefaultDeclaration(export) = statement else {
                continue;
            };
            let id = match &mut export.declaration {
                ExportDefaultDeclarationKind::FunctionDeclaration(function) => &mut function.id,
                ExportDefaultDeclarationKind::ClassDeclaration(class) => &mut class.id,
                _ => continue,
            };
            if id.is_none() {
                *id = Some(BindingIdentifier::new(SPAN, DEFAULT_NAME, &self.builder));
            }
        }
    }

    /// Gives the unit that is noted by the mark of a builder call: `site(n, value)`.
    fn marked_unit(&self, arguments: &ArenaVec<'a, Argument<'a>>) -> Option<usize> {
        let [Argument::NumericLiteral(_), value] = arguments.as_slice() else {
            return None;
        };
        let unit = match value {
            _ if !self.is_site => None,
            Argument::FunctionExpression(function) => self.found.unit_at(&function.scope_id),
            Argument::ArrowFunctionExpression(arrow) => self.found.unit_at(&arrow.scope_id),
            _ => None,
        };
        unit.filter(|unit| !self.found.drafts[*unit].is_named_by_place)
    }

    /// Writes the statements that note the functions of a block.
    fn declared(&self, statements: &ArenaVec<'a, Statement<'a>>) -> Vec<Statement<'a>> {
        let mut noted = Vec::new();
        let mut plain = Vec::new();
        for function in statements.iter().filter_map(declared_function) {
            let Some(unit) = self.found.unit_at(&function.scope_id) else {
                continue;
            };
            let id = function.id.as_ref();
            match id.filter(|id| self.is_plain(unit, id)) {
                Some(id) => {
                    plain.push(self.number(unit));
                    plain.push(Expression::new_identifier(SPAN, id.name, &self.builder));
                }
                None => noted.extend(self.declaration(&function.scope_id, id)),
            }
        }
        if !plain.is_empty() {
            let call = self.meta_call("declared", plain);
            noted.push(Statement::new_expression_statement(
                SPAN,
                call,
                &self.builder,
            ));
        }
        noted
    }

    /// Says whether a declaration can be noted together with others. Declarations of functions
    /// run again and again, so those are noted only while a config is defined.
    fn is_plain(&self, unit: usize, id: &BindingIdentifier<'a>) -> bool {
        let draft = &self.found.drafts[unit];
        !draft.is_nested && draft.locals.is_empty() && id.name != DEFAULT_NAME
    }

    /// Writes the statement that notes a declaration.
    fn declaration(
        &self,
        scope: &Cell<Option<ScopeId>>,
        id: Option<&BindingIdentifier<'a>>,
    ) -> Option<Statement<'a>> {
        let unit = self.found.unit_at(scope)?;
        let id = id?;
        let value = Expression::new_identifier(SPAN, id.name, &self.builder);
        let name = (id.name == DEFAULT_NAME).then_some("default");
        let call = self.made_as(unit, value, name);
        Some(Statement::new_expression_statement(
            SPAN,
            call,
            &self.builder,
        ))
    }

    fn made(&self, unit: usize, value: Expression<'a>) -> Expression<'a> {
        let name = self.found.drafts[unit]
            .is_named_by_place
            .then(|| self.found.functions.units[unit].name.as_deref())
            .flatten();
        self.made_as(unit, value, name)
    }

    fn made_as(&self, unit: usize, value: Expression<'a>, name: Option<&str>) -> Expression<'a> {
        let locals = &self.found.drafts[unit].locals;
        let mut arguments = vec![self.number(unit), value];
        if !locals.is_empty() {
            arguments.push(self.reader(locals));
        } else if name.is_some() {
            arguments.push(self.number(0));
        }
        if let Some(name) = name {
            arguments.push(self.text(name));
        }
        let is_class = matches!(
            self.found.functions.units[unit].kind,
            UnitKind::Class { .. }
        );
        self.meta_call(if is_class { "madeClass" } else { "made" }, arguments)
    }

    /// Has a computed name of a method noted, because nothing else tells which method it is.
    fn note_key(&self, property: &mut ObjectProperty<'a>) {
        let Expression::FunctionExpression(function) = &property.value else {
            return;
        };
        let is_noted = property.computed && self.found.unit_at(&function.scope_id).is_some();
        if is_noted && let Some(key) = property.key.as_expression_mut() {
            let key_value = key.take_in(&self.allocator);
            *key = self.meta_call("key", vec![key_value]);
        }
    }

    /// Lists the methods of an object.
    fn methods(&self, object: &ObjectExpression<'a>) -> Option<Vec<MarkedMethod>> {
        let methods = object.properties.iter().filter_map(|property| {
            let ObjectPropertyKind::ObjectProperty(property) = property else {
                return None;
            };
            let is_method = property.method || property.kind != PropertyKind::Init;
            let Expression::FunctionExpression(function) = &property.value else {
                return None;
            };
            let name = if property.computed {
                None
            } else {
                Some(property.key.static_name()?.into_owned())
            };
            Some(MarkedMethod {
                unit: is_method.then(|| self.found.unit_at(&function.scope_id))??,
                name,
                accessor: accessor(property.kind),
            })
        });
        let methods: Vec<_> = methods.collect();
        (!methods.is_empty()).then_some(methods)
    }

    fn members(&self, object: Expression<'a>, methods: &[MarkedMethod]) -> Expression<'a> {
        let entries = methods.iter().map(|method| self.method(method));
        let entries = self.array(entries.collect());
        self.meta_call("members", vec![object, entries])
    }

    fn method(&self, method: &MarkedMethod) -> Expression<'a> {
        let locals = &self.found.drafts[method.unit].locals;
        let name = method.name.as_deref();
        let mut entry = vec![
            self.number(method.unit),
            name.map_or_else(|| self.number(0), |name| self.text(name)),
        ];
        if !locals.is_empty() {
            entry.push(self.reader(locals));
        } else if method.accessor.is_some() {
            entry.push(self.number(0));
        }
        entry.extend(method.accessor.map(|accessor| self.text(accessor)));
        self.array(entry)
    }

    fn hand_over_bindings(&self, program: &mut Program<'a>) {
        if self.found.readers.is_empty() {
            return;
        }
        let names = self.found.readers.iter();
        let names = names.map(|name| Expression::new_identifier(SPAN, *name, &self.builder));
        let all = self.arrow(self.array(names.collect()), None);
        let call = self.meta_call("scope", vec![all]);
        let statement = Statement::new_expression_statement(SPAN, call, &self.builder);
        program.body.insert(0, statement);
    }

    /// Writes `(n) => n < 1 ? a : b`, as a tree, so that it is shallow however many there are.
    fn reader(&self, bindings: &[LocalBinding<'a>]) -> Expression<'a> {
        self.arrow(self.choice(bindings, 0), Some(self.parameter()))
    }

    fn choice(&self, bindings: &[LocalBinding<'a>], first: usize) -> Expression<'a> {
        let builder = &self.builder;
        let (left, right) = bindings.split_at(bindings.len() / 2);
        if left.is_empty() {
            return self.read(bindings.first());
        }
        let middle = first + left.len();
        let number = Expression::new_identifier(SPAN, READER_NUMBER, builder);
        let is_left = Expression::new_binary_expression(
            SPAN,
            number,
            BinaryOperator::LessThan,
            self.number(middle),
            builder,
        );
        let (left, right) = (self.choice(left, first), self.choice(right, middle));
        Expression::new_conditional_expression(SPAN, is_left, left, right, builder)
    }

    fn read(&self, binding: Option<&LocalBinding<'a>>) -> Expression<'a> {
        match binding {
            Some(LocalBinding::Name(name)) => {
                Expression::new_identifier(SPAN, *name, &self.builder)
            }
            _ => Expression::new_this_expression(SPAN, &self.builder),
        }
    }

    fn arrow(
        &self,
        value: Expression<'a>,
        parameter: Option<FormalParameter<'a>>,
    ) -> Expression<'a> {
        let mut items = ArenaVec::new_in(&self.allocator);
        items.extend(parameter);
        let parameters = FormalParameters::boxed(
            SPAN,
            FormalParameterKind::ArrowFormalParameters,
            items,
            None,
            &self.builder,
        );
        Expression::new_arrow_function_expression(
            SPAN,
            false,
            None,
            parameters,
            None,
            ArrowFunctionBody::from(value),
            &self.builder,
        )
    }

    fn parameter(&self) -> FormalParameter<'a> {
        let builder = &self.builder;
        let name = BindingPattern::new_binding_identifier(SPAN, READER_NUMBER, builder);
        let decorators = ArenaVec::new_in(&self.allocator);
        FormalParameter::new(
            SPAN, decorators, name, None, None, false, None, false, false, builder,
        )
    }

    fn array(&self, items: Vec<Expression<'a>>) -> Expression<'a> {
        let mut elements = ArenaVec::with_capacity_in(items.len(), &self.allocator);
        elements.extend(items.into_iter().map(ArrayExpressionElement::from));
        Expression::new_array_expression(SPAN, elements, &self.builder)
    }

    fn number(&self, number: usize) -> Expression<'a> {
        #[expect(clippy::cast_precision_loss, reason = "no file has 2^52 functions")]
        let number = number as f64;
        Expression::new_numeric_literal(SPAN, number, None, NumberBase::Decimal, &self.builder)
    }

    fn text(&self, text: &str) -> Expression<'a> {
        let text = self.allocator.alloc_str(text);
        Expression::new_string_literal(SPAN, text, None, &self.builder)
    }

    fn meta_call(&self, name: &'static str, arguments: Vec<Expression<'a>>) -> Expression<'a> {
        let builder = &self.builder;
        let meta = Expression::new_import_meta(SPAN, builder);
        // A call remembers the place of what was called last on the way to it, so a mark among
        // its arguments has to have the place of the call.
        let name = IdentifierName::new(self.callee, name, builder);
        let callee = Expression::new_static_member_expression(SPAN, meta, name, false, builder);
        let mut list = ArenaVec::with_capacity_in(arguments.len(), &self.allocator);
        list.extend(arguments.into_iter().map(Argument::from));
        Expression::new_call_expression(SPAN, callee, None, list, false, builder)
    }
}
