//! The walk over a module's syntax, which tells the finder what begins, ends and is used.

use std::cell::Cell;

use oxc::{
    ast::ast::{
        ArrowFunctionExpression, AssignmentExpression, AssignmentPattern, AssignmentTarget,
        BindingPattern, CallExpression, Class, ClassElement, ComputedMemberExpression,
        ExportDefaultDeclaration, Expression, ExpressionStatement, FormalParameter, Function,
        IdentifierReference, ImportExpression, ImportMeta, MethodDefinition, ObjectProperty,
        PropertyDefinition, SimpleAssignmentTarget, StaticBlock, StaticMemberExpression, Super,
        ThisExpression, UnaryExpression, UpdateExpression, VariableDeclarator,
    },
    ast_visit::{Visit, walk},
    semantic::{ScopeFlags, ScopeId},
    syntax::operator::UnaryOperator,
};

use super::{CaptureKey, Finder, ThisKind};
use crate::modules::functions::{
    HiddenCapture, UnitKind, Uses,
    members::{called_root, named_member, taken_members},
};

impl<'a> Visit<'a> for Finder<'a, '_> {
    fn enter_scope(&mut self, _: ScopeFlags, scope: &Cell<Option<ScopeId>>) {
        let owner = self.open.last().copied();
        if let Some(slot) = scope
            .get()
            .and_then(|scope| self.owners.get_mut(scope.index()))
        {
            *slot = owner;
        }
    }

    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        let name = function.id.as_ref().map(|id| id.name.as_str());
        let has_begun = function.body.is_some()
            && self.begin(
                &function.scope_id,
                name,
                function.span,
                UnitKind::Function { uses_this: false },
                ThisKind::Own,
            );
        walk::walk_function(self, function, flags);
        self.end(has_begun);
    }

    fn visit_arrow_function_expression(&mut self, arrow: &ArrowFunctionExpression<'a>) {
        let has_begun = self.begin(
            &arrow.scope_id,
            None,
            arrow.span,
            UnitKind::Function { uses_this: false },
            ThisKind::Enclosing,
        );
        walk::walk_arrow_function_expression(self, arrow);
        self.end(has_begun);
    }

    fn visit_class(&mut self, class: &Class<'a>) {
        let private = class.body.body.iter().filter_map(private_state);
        let statics: Vec<bool> = private.collect();
        let kind = UnitKind::Class {
            has_private_state: statics.contains(&false),
            has_private_statics: statics.contains(&true),
        };
        let name = class.id.as_ref().map(|id| id.name.as_str());
        let has_begun = self.begin(&class.scope_id, name, class.span, kind, ThisKind::Own);
        walk::walk_class(self, class);
        self.end(has_begun);
    }

    fn visit_static_block(&mut self, block: &StaticBlock<'a>) {
        let class = self.open.last().copied();
        self.in_static_blocks.extend(class);
        walk::walk_static_block(self, block);
        self.in_static_blocks
            .truncate(self.in_static_blocks.len() - usize::from(class.is_some()));
    }

    fn visit_method_definition(&mut self, method: &MethodDefinition<'a>) {
        self.not_units.extend(method.value.scope_id.get());
        walk::walk_method_definition(self, method);
        self.not_units.pop();
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        let callee = &call.callee;
        let called_in_place = match callee {
            Expression::FunctionExpression(function) => function.scope_id.get(),
            Expression::ArrowFunctionExpression(arrow) => arrow.scope_id.get(),
            _ => None,
        };
        self.note_extended(call);
        if let Some((name, is_secret)) = self.read_variable(call) {
            let key = CaptureKey::Variable { name, is_secret };
            self.note_whole(key, name, call.span);
            self.visit_arguments(&call.arguments);
            return;
        }
        if let Some((object, name)) = named_member(callee) {
            self.visit_member(object, name, true);
            self.visit_arguments(&call.arguments);
            return;
        }
        if let Expression::Identifier(name) = callee
            && name.name == "eval"
        {
            self.note_eval(name);
        }
        self.not_units.extend(called_in_place);
        walk::walk_call_expression(self, call);
        if called_in_place.is_some() {
            self.not_units.pop();
        }
    }

    fn visit_static_member_expression(&mut self, member: &StaticMemberExpression<'a>) {
        self.visit_member(&member.object, member.property.name.as_str(), false);
    }

    fn visit_computed_member_expression(&mut self, member: &ComputedMemberExpression<'a>) {
        match &member.expression {
            Expression::StringLiteral(name) => {
                self.visit_member(&member.object, name.value.as_str(), false);
            }
            _ => walk::walk_computed_member_expression(self, member),
        }
    }

    fn visit_identifier_reference(&mut self, reference: &IdentifierReference<'a>) {
        self.note_reference(reference, Uses::Whole, reference.span);
    }

    fn visit_expression_statement(&mut self, statement: &ExpressionStatement<'a>) {
        // A call for whose result nobody asks is made for what it changes.
        if self.open.is_empty()
            && let Some(root) = called_root(&statement.expression)
            && !self.is_global(root, &root.name)
        {
            self.note_touch(root, statement.span);
        }
        walk::walk_expression_statement(self, statement);
    }

    fn visit_this_expression(&mut self, this: &ThisExpression) {
        self.note_this(this.span);
    }

    fn visit_super(&mut self, it: &Super) {
        self.note_this(it.span);
    }

    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        let (key, name) = match &import.source {
            Expression::StringLiteral(source) => {
                let specifier = source.value.as_str();
                (CaptureKey::DynamicImport(specifier), specifier)
            }
            _ => (
                CaptureKey::Hidden(HiddenCapture::ComputedImport),
                "import()",
            ),
        };
        self.note_whole(key, name, import.span);
        walk::walk_import_expression(self, import);
    }

    fn visit_import_meta(&mut self, meta: &ImportMeta) {
        self.note_whole(CaptureKey::ImportMeta, "import.meta", meta.span);
    }

    fn visit_assignment_expression(&mut self, assignment: &AssignmentExpression<'a>) {
        match &assignment.left {
            AssignmentTarget::AssignmentTargetIdentifier(name) => {
                self.name_by_place(&assignment.right, name.name.as_str());
            }
            AssignmentTarget::StaticMemberExpression(member) => {
                self.note_member_assignment(&member.object, assignment.span);
            }
            AssignmentTarget::ComputedMemberExpression(member) => {
                self.note_member_assignment(&member.object, assignment.span);
            }
            _ => {}
        }
        walk::walk_assignment_expression(self, assignment);
    }

    fn visit_update_expression(&mut self, update: &UpdateExpression<'a>) {
        match &update.argument {
            SimpleAssignmentTarget::StaticMemberExpression(member) => {
                self.note_member_assignment(&member.object, update.span);
            }
            SimpleAssignmentTarget::ComputedMemberExpression(member) => {
                self.note_member_assignment(&member.object, update.span);
            }
            _ => {}
        }
        walk::walk_update_expression(self, update);
    }

    fn visit_unary_expression(&mut self, unary: &UnaryExpression<'a>) {
        if unary.operator == UnaryOperator::Delete {
            self.note_member_assignment(&unary.argument, unary.span);
        }
        walk::walk_unary_expression(self, unary);
    }

    fn visit_variable_declarator(&mut self, declarator: &VariableDeclarator<'a>) {
        if let (BindingPattern::BindingIdentifier(name), Some(value)) =
            (&declarator.id, &declarator.init)
        {
            self.name_by_place(value, name.name.as_str());
        }
        let value = declarator.init.as_ref();
        let taken = value.and_then(|value| taken_members(&declarator.id, value));
        let Some((root, members)) = taken else {
            walk::walk_variable_declarator(self, declarator);
            return;
        };
        self.visit_binding_pattern(&declarator.id);
        for path in members {
            self.note_member(root, &path, false);
        }
    }

    fn visit_formal_parameter(&mut self, parameter: &FormalParameter<'a>) {
        if let (BindingPattern::BindingIdentifier(name), Some(value)) =
            (&parameter.pattern, &parameter.initializer)
        {
            self.name_by_place(value, name.name.as_str());
        }
        walk::walk_formal_parameter(self, parameter);
    }

    fn visit_assignment_pattern(&mut self, pattern: &AssignmentPattern<'a>) {
        if let BindingPattern::BindingIdentifier(name) = &pattern.left {
            self.name_by_place(&pattern.right, name.name.as_str());
        }
        walk::walk_assignment_pattern(self, pattern);
    }

    fn visit_object_property(&mut self, property: &ObjectProperty<'a>) {
        if let Some(name) = property.key.static_name() {
            self.name_by_place(&property.value, name);
        }
        walk::walk_object_property(self, property);
    }

    fn visit_property_definition(&mut self, property: &PropertyDefinition<'a>) {
        if let (Some(name), Some(value)) = (property.key.static_name(), &property.value) {
            self.name_by_place(value, name);
        }
        walk::walk_property_definition(self, property);
    }

    fn visit_export_default_declaration(&mut self, export: &ExportDefaultDeclaration<'a>) {
        if let Some(value) = export.declaration.as_expression() {
            self.name_by_place(value, "default");
        }
        walk::walk_export_default_declaration(self, export);
    }
}

impl<'a> Finder<'a, '_> {
    fn note_eval(&mut self, name: &IdentifierReference<'a>) {
        self.mark_use_of_this();
        self.note_whole(CaptureKey::Hidden(HiddenCapture::Eval), "eval", name.span);
    }
}

/// Says of a field that nobody else can read whether it is static.
fn private_state(element: &ClassElement<'_>) -> Option<bool> {
    match element {
        ClassElement::PropertyDefinition(property) => property
            .key
            .is_private_identifier()
            .then_some(property.r#static),
        ClassElement::AccessorProperty(property) => Some(property.r#static),
        _ => None,
    }
}
