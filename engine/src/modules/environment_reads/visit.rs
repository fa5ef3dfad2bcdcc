//! The walk over a module's syntax that tells where variables are read, and where what leads to
//! them goes elsewhere.

use oxc::{
    ast::ast::{
        Argument, BinaryExpression, BindingPattern, CallExpression, Declaration,
        ExportAllDeclaration, ExportDeclaration, ExportFromDeclaration, Expression,
        IdentifierReference, ImportExpression, TSType, TSTypeAnnotation, UnaryExpression,
        VariableDeclarator,
    },
    ast_visit::{Visit, walk},
    span::GetSpan as _,
    syntax::operator::{BinaryOperator, UnaryOperator},
};

use super::{
    Finder, VariableWay,
    meanings::{Meaning, imports_sdk, is_sdk, member, text_of},
};

impl<'a> Visit<'a> for Finder<'_> {
    fn visit_expression(&mut self, expression: &Expression<'a>) {
        if self.is_read(expression) {
            return;
        }
        if self.meanings.of_expression(expression).is_some() {
            self.note_others(expression.span());
            return;
        }
        walk::walk_expression(self, expression);
    }

    fn visit_identifier_reference(&mut self, reference: &IdentifierReference<'a>) {
        let makes_code =
            matches!(&*reference.name, "eval" | "Function") && self.meanings.is_global(reference);
        if makes_code || self.meanings.of_name(reference).is_some() {
            self.note_others(reference.span);
        }
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        let way = match self.meanings.of_expression(&call.callee) {
            Some(Meaning::Env) => Some(VariableWay::Env),
            Some(Meaning::Secret) => Some(VariableWay::Secret),
            _ => None,
        };
        let is_direct = member(&call.callee)
            .and_then(|(_, name)| name)
            .is_none_or(|name| !matches!(&*name, "call" | "apply" | "bind"));
        if let Some(way) = way {
            let name = call.arguments.first().and_then(Argument::as_expression);
            match name.and_then(text_of).filter(|_| is_direct) {
                Some(name) => self.note(&name, way),
                None => self.note_others(call.span),
            }
            self.visit_arguments(&call.arguments);
            return;
        }
        // What all objects have in common may look at any member.
        let object = member(&call.callee).map(|(object, _)| object);
        let meaning = object.and_then(|object| self.meanings.of_expression(object));
        if meaning == Some(Meaning::Variables) {
            self.note_others(call.span);
            self.visit_arguments(&call.arguments);
            return;
        }
        walk::walk_call_expression(self, call);
    }

    fn visit_unary_expression(&mut self, unary: &UnaryExpression<'a>) {
        let is_name = matches!(unary.argument, Expression::Identifier(_));
        if unary.operator == UnaryOperator::Typeof && is_name {
            return;
        }
        walk::walk_unary_expression(self, unary);
    }

    fn visit_binary_expression(&mut self, binary: &BinaryExpression<'a>) {
        let right = self.meanings.of_expression(&binary.right);
        match (binary.operator, right, text_of(&binary.left)) {
            (BinaryOperator::In, Some(Meaning::Variables), Some(name)) => {
                self.note(&name, VariableWay::Process);
            }
            (BinaryOperator::Instanceof, None, _)
                if matches!(binary.right, Expression::Identifier(_)) =>
            {
                self.visit_expression(&binary.left);
            }
            _ => walk::walk_binary_expression(self, binary),
        }
    }

    fn visit_variable_declarator(&mut self, declarator: &VariableDeclarator<'a>) {
        let init = declarator.init.as_ref();
        match init.and_then(|init| self.meanings.of_expression(init)) {
            Some(meaning) => self.take(&declarator.id, meaning),
            None => walk::walk_variable_declarator(self, declarator),
        }
    }

    fn visit_export_declaration(&mut self, export: &ExportDeclaration<'a>) {
        if let Declaration::VariableDeclaration(variables) = &export.declaration {
            for declarator in &variables.declarations {
                for name in declarator.id.get_binding_identifiers() {
                    let symbol = name.symbol_id.get();
                    if symbol.is_some_and(|symbol| self.meanings.of_symbol(symbol).is_some()) {
                        self.note_others(name.span);
                    }
                }
            }
        }
        walk::walk_export_declaration(self, export);
    }

    fn visit_export_from_declaration(&mut self, export: &ExportFromDeclaration<'a>) {
        let mut names = export.specifiers.iter().map(|one| one.local.name());
        if is_sdk(&export.source.value) && names.any(|name| name == "env") {
            self.note_others(export.span);
        }
    }

    fn visit_export_all_declaration(&mut self, export: &ExportAllDeclaration<'a>) {
        if is_sdk(&export.source.value) {
            self.note_others(export.span);
        }
    }

    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        if imports_sdk(import) {
            self.note_others(import.span);
            return;
        }
        walk::walk_import_expression(self, import);
    }

    // Types are gone when the module runs.
    fn visit_ts_type(&mut self, _: &TSType<'a>) {}

    fn visit_ts_type_annotation(&mut self, _: &TSTypeAnnotation<'a>) {}
}

impl<'a> Finder<'_> {
    /// Notes what a member expression reads. Returns whether there is no more to say of it.
    fn is_read(&mut self, expression: &Expression<'a>) -> bool {
        let Some((object, name)) = member(expression) else {
            return false;
        };
        let Some(meaning) = self.meanings.of_expression(object) else {
            let is_unknown_process = name.as_deref() == Some("env")
                && member(object).is_some_and(|(_, name)| name.as_deref() == Some("process"));
            if is_unknown_process {
                self.note_others(expression.span());
            }
            return is_unknown_process;
        };
        match name {
            Some(name) if meaning == Meaning::Variables => {
                self.note(&name, VariableWay::Process);
                true
            }
            // Where it leads to the environment, it goes elsewhere.
            Some(name) => meaning.member(&name).is_none(),
            None => {
                self.note_others(expression.span());
                true
            }
        }
    }

    /// Notes what a pattern takes out of something that leads to the environment.
    fn take(&mut self, pattern: &BindingPattern<'a>, meaning: Meaning) {
        match pattern {
            BindingPattern::BindingIdentifier(name) => {
                let symbol = name.symbol_id.get();
                let is_alias =
                    symbol.is_some_and(|symbol| self.meanings.of_symbol(symbol) == Some(meaning));
                if !is_alias {
                    self.note_others(name.span);
                }
            }
            BindingPattern::ObjectPattern(pattern) => {
                if let Some(rest) = &pattern.rest {
                    self.note_others(rest.span);
                }
                for property in &pattern.properties {
                    match property.key.static_name() {
                        None => self.note_others(property.span),
                        Some(name) if meaning == Meaning::Variables => {
                            self.note(&name, VariableWay::Process);
                            self.visit_binding_pattern(&property.value);
                        }
                        Some(name) => match meaning.member(&name) {
                            Some(meaning) => self.take(&property.value, meaning),
                            None => self.visit_binding_pattern(&property.value),
                        },
                    }
                }
            }
            BindingPattern::ArrayPattern(_) | BindingPattern::AssignmentPattern(_) => {
                self.note_others(pattern.span());
            }
        }
    }
}
