//! Makes functions and what they captured reachable in the code that is printed.
//!
//! - `import.meta.made(n, value, readers, name)` gives `value` back and notes which unit it
//!   is, with readers of the variables around it; `name` is that which it would have had.
//! - `import.meta.madeClass` does so for a class and its methods.
//! - `import.meta.members(object, [[n, "name", readers, "get"], …])` does so for the methods of
//!   an object; `import.meta.key(key)` gives it the names that are computed, which are absent.
//! - `import.meta.scope(() => [() => a, …])` hands over readers of the module's own bindings.

use std::mem;

use oxc::{
    allocator::{Allocator, TakeIn, Vec as ArenaVec},
    ast::{
        ast::{
            Argument, ArrayExpressionElement, ArrowFunctionBody, ArrowFunctionExpression,
            BindingIdentifier, CallExpression, Class, Declaration, ExportDefaultDeclarationKind,
            Expression, FormalParameterKind, FormalParameters, Function, IdentifierName,
            ObjectExpression, ObjectProperty, ObjectPropertyKind, Program, PropertyKind, Statement,
        },
        builder::AstBuilder,
    },
    ast_visit::{VisitMut, walk_mut},
    semantic::ScopeFlags,
    span::{GetSpan, SPAN, Span},
    syntax::number::NumberBase,
};

use super::{FoundFunctions, LocalBinding, UnitKind};

/// Marks the functions that were found.
pub(crate) fn mark_functions<'a>(
    allocator: &'a Allocator,
    program: &mut Program<'a>,
    found: &FoundFunctions,
) {
    let mut marker = Marker {
        allocator,
        builder: AstBuilder::new(allocator),
        found,
        callee: SPAN,
    };
    marker.name_default_exports(program);
    marker.visit_program(program);
    marker.hand_over_bindings(program);
}

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
    found: &'f FoundFunctions,
    /// The callee of the call whose arguments are visited.
    callee: Span,
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

    fn visit_call_expression(&mut self, call: &mut CallExpression<'a>) {
        self.visit_expression(&mut call.callee);
        let callee = match &call.callee {
            Expression::StaticMemberExpression(member) => member.property.span,
            other => other.span(),
        };
        let outer = mem::replace(&mut self.callee, callee);
        self.visit_arguments(&mut call.arguments);
        self.callee = outer;
    }

    fn visit_function(&mut self, function: &mut Function<'a>, flags: ScopeFlags) {
        let outer = mem::replace(&mut self.callee, SPAN);
        walk_mut::walk_function(self, function, flags);
        self.callee = outer;
    }

    fn visit_arrow_function_expression(&mut self, arrow: &mut ArrowFunctionExpression<'a>) {
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
        let functions: Vec<Statement<'a>> = statements
            .iter()
            .filter_map(declared_function)
            .filter_map(|function| self.declaration(&function.scope_id, function.id.as_ref()))
            .collect();
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

    /// Writes the statement that notes a declaration.
    fn declaration(
        &self,
        scope: &std::cell::Cell<Option<oxc::semantic::ScopeId>>,
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
            arguments.push(self.readers(locals));
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
            entry.push(self.readers(locals));
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
        let readers = self.found.readers.iter();
        let readers = readers.map(|binding| self.read(&LocalBinding::Name(binding.name.clone())));
        let all = self.arrow(self.array(readers.collect()));
        let call = self.meta_call("scope", vec![all]);
        let statement = Statement::new_expression_statement(SPAN, call, &self.builder);
        program.body.insert(0, statement);
    }

    /// Writes `() => [() => a, () => b]`.
    fn readers(&self, bindings: &[LocalBinding]) -> Expression<'a> {
        let readers = bindings.iter().map(|binding| self.read(binding)).collect();
        self.arrow(self.array(readers))
    }

    fn read(&self, binding: &LocalBinding) -> Expression<'a> {
        let value = match binding {
            LocalBinding::Name(name) => {
                Expression::new_identifier(SPAN, self.allocator.alloc_str(name), &self.builder)
            }
            LocalBinding::This => Expression::new_this_expression(SPAN, &self.builder),
        };
        self.arrow(value)
    }

    fn arrow(&self, value: Expression<'a>) -> Expression<'a> {
        let parameters = FormalParameters::boxed(
            SPAN,
            FormalParameterKind::ArrowFormalParameters,
            ArenaVec::new_in(&self.allocator),
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
