//! Finds the functions and classes of a module, and what each takes from outside.

mod visit;

use std::{borrow::Cow, cell::Cell, mem, ops::Range, sync::Arc};

use compact_str::CompactString;
use oxc::{
    ast::ast::{
        Argument, BindingIdentifier, BindingPattern, CallExpression, Declaration, Expression,
        IdentifierReference, ImportDeclaration, ImportDeclarationSpecifier, Program, Statement,
        VariableDeclaration, VariableDeclarationKind,
    },
    ast_visit::Visit,
    semantic::{ScopeId, Scoping, SymbolId},
    span::Span,
};
use rustc_hash::FxHashMap;
use smallvec::smallvec;

use super::{
    CaptureSource, CapturedName, FoundFunctions, FunctionUnit, HiddenCapture, LocalBinding,
    ModuleFunctions, Touched, UnitDraft, UnitKind, Uses,
    members::{MemberPath, named_member, root_of},
};
use crate::digest::Digest;

/// Functions nested deeper than this count as part of the one around them.
const MAX_DEPTH: usize = 32;

/// Finds the functions and classes of a program; their digests are still to come.
pub(super) fn find<'a>(program: &Program<'a>, scoping: &Scoping) -> FoundFunctions<'a> {
    let mut finder = Finder {
        scoping,
        units: Vec::new(),
        captures: Vec::new(),
        symbols: Vec::new(),
        spare: Vec::new(),
        known: FxHashMap::default(),
        open: Vec::new(),
        owners: vec![None; scoping.scopes_len()],
        units_by_scope: vec![None; scoping.scopes_len()],
        not_units: Vec::new(),
        names_by_place: FxHashMap::default(),
        bindings: bindings(program, scoping),
        readers: Vec::new(),
        readers_by_symbol: FxHashMap::default(),
        touched: Vec::new(),
        names_prototypes: false,
        in_static_blocks: Vec::new(),
    };
    finder.visit_program(program);
    finder.finish()
}

struct Finder<'a, 's> {
    scoping: &'s Scoping,
    units: Vec<OpenUnit<'a>>,
    /// The captures of all units that have ended.
    captures: Vec<CapturedName>,
    symbols: Vec<Option<SymbolId>>,
    /// Room for captures that units have left.
    spare: Vec<Vec<Captured>>,
    /// Where among the captures of a unit something is.
    known: FxHashMap<(usize, CaptureKey<'a>), usize>,
    open: Vec<usize>,
    /// The innermost unit that each scope is in.
    owners: Vec<Option<usize>>,
    units_by_scope: Vec<Option<u32>>,
    /// Functions that are part of the unit around them: methods of classes, and functions
    /// that are called where they are written.
    not_units: Vec<ScopeId>,
    names_by_place: FxHashMap<ScopeId, Cow<'a, str>>,
    /// What is known of each variable.
    bindings: Vec<Binding<'a>>,
    readers: Vec<&'a str>,
    readers_by_symbol: FxHashMap<SymbolId, u32>,
    touched: Vec<Touched>,
    names_prototypes: bool,
    /// The classes whose static blocks are visited, which run when the class is made.
    in_static_blocks: Vec<usize>,
}

/// Is what an imported name stands for.
#[derive(Clone)]
struct Imported {
    specifier: Arc<str>,
    export: Arc<str>,
}

struct Captured {
    capture: CapturedName,
    symbol: Option<SymbolId>,
}

struct OpenUnit<'a> {
    unit: FunctionUnit,
    captures: Vec<Captured>,
    draft: UnitDraft<'a>,
    this: ThisKind,
    depth: usize,
}

/// Says whether `this` inside a unit is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ThisKind {
    Own,
    Enclosing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum CaptureKey<'a> {
    Symbol(SymbolId),
    Global(&'a str),
    This,
    DynamicImport(&'a str),
    Variable { name: &'a str, is_secret: bool },
    ImportMeta,
    Hidden(HiddenCapture),
}

/// Is one use of something that may come from outside.
struct Use<'a> {
    key: CaptureKey<'a>,
    name: &'a str,
    uses: Uses,
    span: Range<u32>,
    is_assigned: bool,
}

/// Is what the syntax shows of a variable.
#[derive(Clone)]
enum Binding<'a> {
    Unknown,
    Import(Imported),
    /// It has this value always.
    Text(&'a str),
    /// It has this value always.
    Number(f64),
}

/// Finds what is imported, and the variables that have one value always, which can be read off.
fn bindings<'a>(program: &Program<'a>, scoping: &Scoping) -> Vec<Binding<'a>> {
    let mut bindings = vec![Binding::Unknown; scoping.symbols_len()];
    for statement in &program.body {
        match statement {
            Statement::ImportDeclaration(import) => add_imports(import, &mut bindings),
            Statement::VariableDeclaration(variables) => add_constants(variables, &mut bindings),
            Statement::ExportDeclaration(export) => {
                if let Declaration::VariableDeclaration(variables) = &export.declaration {
                    add_constants(variables, &mut bindings);
                }
            }
            _ => {}
        }
    }
    bindings
}

fn add_imports<'a>(import: &ImportDeclaration<'a>, bindings: &mut [Binding<'a>]) {
    let specifier: Arc<str> = import.source.value.as_str().into();
    for one in import.specifiers.iter().flatten() {
        let (local, export) = match one {
            ImportDeclarationSpecifier::ImportSpecifier(one) => {
                (&one.local, one.imported.name().as_str().into())
            }
            ImportDeclarationSpecifier::ImportDefaultSpecifier(one) => {
                (&one.local, "default".into())
            }
            ImportDeclarationSpecifier::ImportNamespaceSpecifier(one) => (&one.local, "*".into()),
        };
        let specifier = specifier.clone();
        add_binding(
            local,
            Binding::Import(Imported { specifier, export }),
            bindings,
        );
    }
}

fn add_constants<'a>(variables: &VariableDeclaration<'a>, bindings: &mut [Binding<'a>]) {
    if variables.kind != VariableDeclarationKind::Const {
        return;
    }
    for declarator in &variables.declarations {
        if let BindingPattern::BindingIdentifier(name) = &declarator.id {
            add_binding(name, constant(declarator.init.as_ref()), bindings);
        }
    }
}

fn constant<'a>(value: Option<&Expression<'a>>) -> Binding<'a> {
    match value {
        Some(Expression::StringLiteral(text)) if !text.lone_surrogates => {
            Binding::Text(text.value.as_str())
        }
        Some(Expression::NumericLiteral(number)) => Binding::Number(number.value),
        _ => Binding::Unknown,
    }
}

fn add_binding<'a>(
    name: &BindingIdentifier<'a>,
    binding: Binding<'a>,
    bindings: &mut [Binding<'a>],
) {
    let symbol = name.symbol_id.get();
    if let Some(slot) = symbol.and_then(|symbol| bindings.get_mut(symbol.index())) {
        *slot = binding;
    }
}

impl<'a> Finder<'a, '_> {
    fn finish(self) -> FoundFunctions<'a> {
        let (units, drafts): (Vec<_>, Vec<_>) = self
            .units
            .into_iter()
            .map(|open| (open.unit, open.draft))
            .unzip();
        FoundFunctions {
            functions: ModuleFunctions {
                units,
                captures: self.captures,
                readers: place(self.readers.len()),
                touched: self.touched,
                names_prototypes: self.names_prototypes,
            },
            units_by_scope: self.units_by_scope,
            drafts,
            symbols: self.symbols,
            readers: self.readers,
        }
    }

    /// Begins a unit at a scope, unless what is there is part of the unit around it.
    fn begin(
        &mut self,
        scope: &Cell<Option<ScopeId>>,
        name: Option<&str>,
        span: Span,
        kind: UnitKind,
        this: ThisKind,
    ) -> bool {
        let Some(scope) = scope.get() else {
            return false;
        };
        if self.open.len() >= MAX_DEPTH || self.not_units.contains(&scope) {
            return false;
        }
        if let Some(outer) = self.open.last() {
            self.units[*outer].draft.has_nested = true;
        }
        let by_place = self.names_by_place.remove(&scope);
        let index = self.units.len();
        if let Some(slot) = self.units_by_scope.get_mut(scope.index()) {
            *slot = u32::try_from(index).ok();
        }
        self.units.push(OpenUnit {
            draft: UnitDraft {
                is_named_by_place: name.is_none() && by_place.is_some(),
                is_nested: !self.open.is_empty(),
                ..UnitDraft::default()
            },
            unit: FunctionUnit {
                name: name.or(by_place.as_deref()).map(CompactString::from),
                kind,
                span: range(span),
                syntax: Digest::default(),
                captures: 0..0,
            },
            captures: self.spare.pop().unwrap_or_default(),
            this,
            depth: self.open.len(),
        });
        self.open.push(index);
        true
    }

    fn end(&mut self, has_begun: bool) {
        let ended = if has_begun { self.open.pop() } else { None };
        if let Some(unit) = ended {
            self.line_up_captures(unit);
        }
    }

    fn line_up_captures(&mut self, unit: usize) {
        let mut captures = mem::take(&mut self.units[unit].captures);
        let start = place(self.captures.len());
        for Captured { capture, symbol } in captures.drain(..) {
            self.captures.push(capture);
            self.symbols.push(symbol);
        }
        self.units[unit].unit.captures = start..place(self.captures.len());
        self.spare.push(captures);
    }

    /// Notes a use in every open unit that does not declare what is used.
    fn note(&mut self, used: Use<'a>) {
        let outermost = match used.key {
            CaptureKey::Symbol(symbol) => self.first_outside(symbol),
            CaptureKey::This => self.first_with_enclosing_this(),
            _ => 0,
        };
        let mut used = used;
        for position in (outermost..self.open.len()).rev() {
            let members = if position == outermost {
                mem::replace(&mut used.uses, Uses::Whole)
            } else {
                used.uses.clone()
            };
            if !self.note_in(self.open[position], &used, members) {
                break;
            }
        }
    }

    /// Gives the position of the outermost open unit that does not declare a symbol.
    fn first_outside(&self, symbol: SymbolId) -> usize {
        let scope = self.scoping.symbol_scope_id(symbol);
        let owner = self.owners.get(scope.index()).copied().flatten();
        owner.map_or(0, |owner| self.units[owner].depth + 1)
    }

    fn first_with_enclosing_this(&self) -> usize {
        let own = self
            .open
            .iter()
            .rposition(|unit| self.units[*unit].this == ThisKind::Own);
        own.map_or(0, |position| position + 1)
    }

    /// Notes a use in a unit; says whether that is news.
    fn note_in(&mut self, unit: usize, used: &Use<'a>, members: Uses) -> bool {
        let is_assigned = used.is_assigned && self.in_static_blocks.last() != Some(&unit);
        let assigned_at = is_assigned.then(|| used.span.clone());
        let next = self.units[unit].captures.len();
        let known = *self.known.entry((unit, used.key)).or_insert(next);
        if known < next {
            let capture = &mut self.units[unit].captures[known].capture;
            let is_first_assignment = is_assigned && capture.assigned_at.is_none();
            if is_first_assignment {
                capture.assigned_at = assigned_at;
            }
            return capture.uses.add(members) || is_first_assignment;
        }
        let source = self.source(unit, used);
        let symbol = match used.key {
            CaptureKey::Symbol(symbol) => Some(symbol),
            _ => None,
        };
        let capture = CapturedName {
            name: used.name.into(),
            source,
            uses: members,
            span: used.span.clone(),
            assigned_at,
        };
        self.units[unit].captures.push(Captured { capture, symbol });
        true
    }

    fn source(&mut self, unit: usize, used: &Use<'a>) -> CaptureSource {
        match used.key {
            CaptureKey::Symbol(symbol) => self.source_of_symbol(unit, symbol, used.name),
            CaptureKey::This => self.local(unit, LocalBinding::This),
            CaptureKey::Global(_) => CaptureSource::Global,
            CaptureKey::DynamicImport(specifier) => CaptureSource::DynamicImport {
                specifier: specifier.into(),
            },
            CaptureKey::Variable { is_secret, .. } => CaptureSource::Variable { is_secret },
            CaptureKey::ImportMeta => CaptureSource::ImportMeta,
            CaptureKey::Hidden(hidden) => CaptureSource::Hidden(hidden),
        }
    }

    fn source_of_symbol(&mut self, unit: usize, symbol: SymbolId, name: &'a str) -> CaptureSource {
        match self.bindings.get(symbol.index()) {
            Some(Binding::Import(Imported { specifier, export })) => {
                let (specifier, export) = (specifier.clone(), export.clone());
                return CaptureSource::Import { specifier, export };
            }
            Some(Binding::Text(text)) => return CaptureSource::Text((*text).into()),
            Some(Binding::Number(number)) => return CaptureSource::Number(number.to_bits()),
            Some(Binding::Unknown) | None => {}
        }
        if self.scoping.symbol_scope_id(symbol) == self.scoping.root_scope_id() {
            return CaptureSource::Module(self.reader(symbol, name));
        }
        self.local(unit, LocalBinding::Name(name))
    }

    fn local(&mut self, unit: usize, binding: LocalBinding<'a>) -> CaptureSource {
        let locals = &mut self.units[unit].draft.locals;
        locals.push(binding);
        CaptureSource::Local(place(locals.len() - 1))
    }

    fn reader(&mut self, symbol: SymbolId, name: &'a str) -> u32 {
        let readers = &mut self.readers;
        *self.readers_by_symbol.entry(symbol).or_insert_with(|| {
            readers.push(name);
            place(readers.len() - 1)
        })
    }

    fn note_reference(&mut self, reference: &IdentifierReference<'a>, uses: Uses, span: Span) {
        let Some(id) = reference.reference_id.get() else {
            return;
        };
        let found = self.scoping.get_reference(id);
        let name = reference.name.as_str();
        let key = match found.symbol_id() {
            Some(symbol) => CaptureKey::Symbol(symbol),
            None if name == "arguments" => CaptureKey::Hidden(HiddenCapture::Arguments),
            None => CaptureKey::Global(name),
        };
        // The arguments of a function that is a unit itself, or part of a class, are its own.
        let is_own = matches!(key, CaptureKey::Hidden(_)) && self.has_own_this();
        if is_own || self.open.is_empty() {
            return;
        }
        self.note(Use {
            key,
            name,
            uses,
            span: range(span),
            is_assigned: found.is_write(),
        });
    }

    fn has_own_this(&self) -> bool {
        self.first_with_enclosing_this() == self.open.len()
    }

    fn note_this(&mut self, span: Span) {
        self.mark_use_of_this();
        self.note_whole(CaptureKey::This, "this", span);
    }

    /// Notes in the unit that `this` belongs to that it is used.
    fn mark_use_of_this(&mut self) {
        let owner = self.first_with_enclosing_this().checked_sub(1);
        let owner = owner.and_then(|position| self.open.get(position));
        let Some(owner) = owner.and_then(|unit| self.units.get_mut(*unit)) else {
            return;
        };
        if let UnitKind::Function { uses_this } = &mut owner.unit.kind {
            *uses_this = true;
        }
    }

    /// Notes the use of something that no variable stands for.
    fn note_whole(&mut self, key: CaptureKey<'a>, name: &'a str, span: Span) {
        self.note(Use {
            key,
            name,
            uses: Uses::Whole,
            span: range(span),
            is_assigned: false,
        });
    }

    /// Notes that a member of something is given another value.
    fn note_member_assignment(&mut self, target: &Expression<'a>, span: Span) {
        let Some(root) = root_of(target) else {
            return;
        };
        self.note_touch(root, span);
        let Some(id) = root.reference_id.get() else {
            return;
        };
        let Some(symbol) = self.scoping.get_reference(id).symbol_id() else {
            return;
        };
        self.note(Use {
            key: CaptureKey::Symbol(symbol),
            name: root.name.as_str(),
            uses: Uses::Whole,
            span: range(span),
            is_assigned: true,
        });
    }

    /// Visits the use of a member: of something with a name, or of what an expression gives.
    fn visit_member(&mut self, object: &Expression<'a>, name: &'a str, is_called: bool) {
        let mut path: MemberPath = smallvec![Cow::Borrowed(name)];
        let mut object = object;
        while let Some((inner, name)) = named_member(object) {
            path.push(Cow::Borrowed(name));
            object = inner;
        }
        self.names_prototypes |= path.iter().any(|name| name == "prototype");
        let Expression::Identifier(root) = object else {
            self.visit_expression(object);
            return;
        };
        path.reverse();
        self.note_member(root, &path, is_called);
    }

    fn note_member(
        &mut self,
        root: &IdentifierReference<'a>,
        path: &[Cow<'a, str>],
        is_called: bool,
    ) {
        if self.open.is_empty() {
            return;
        }
        match path {
            // A member of the global object is a global.
            [Cow::Borrowed(name), path @ ..] if self.is_global(root, "globalThis") => {
                self.note(Use {
                    key: CaptureKey::Global(name),
                    name,
                    uses: Uses::of(path, is_called),
                    span: range(root.span),
                    is_assigned: false,
                });
            }
            _ => self.note_reference(root, Uses::of(path, is_called), root.span),
        }
    }

    fn is_global(&self, reference: &IdentifierReference<'_>, name: &str) -> bool {
        let id = reference.reference_id.get();
        let symbol = id.and_then(|id| self.scoping.get_reference(id).symbol_id());
        reference.name == name && symbol.is_none()
    }

    fn imported(&self, symbol: SymbolId) -> Option<&Imported> {
        match self.bindings.get(symbol.index())? {
            Binding::Import(imported) => Some(imported),
            _ => None,
        }
    }

    /// Gives the variable of the environment that a call of the SDK's `env` or `env.secret`
    /// reads, and whether it is a secret.
    fn read_variable(&self, call: &CallExpression<'a>) -> Option<(&'a str, bool)> {
        let (function, is_secret) = match named_member(&call.callee) {
            Some((function, "secret")) => (function, true),
            _ => (&call.callee, false),
        };
        let (root, export) = match named_member(function) {
            Some((namespace, "env")) => (namespace, "*"),
            _ => (function, "env"),
        };
        let Expression::Identifier(root) = root else {
            return None;
        };
        let reference = self.scoping.get_reference(root.reference_id.get()?);
        let imported = self.imported(reference.symbol_id()?)?;
        let is_env = &*imported.specifier == "@rigkit/sdk" && &*imported.export == export;
        match call.arguments.first() {
            Some(Argument::StringLiteral(name)) if is_env => Some((name.value.as_str(), is_secret)),
            _ => None,
        }
    }

    /// Notes that code may change what a name stands for, if that is shared with others.
    fn note_touch(&mut self, root: &IdentifierReference<'_>, span: Span) {
        let id = root.reference_id.get();
        let symbol = id.and_then(|id| self.scoping.get_reference(id).symbol_id());
        let imported = symbol.map(|symbol| self.imported(symbol));
        let specifier = match imported {
            None => None,
            Some(Some(imported)) => Some(imported.specifier.clone()),
            Some(None) => return,
        };
        self.touched.push(Touched {
            name: root.name.as_str().into(),
            specifier,
            span: range(span),
        });
    }

    /// Notes the object that a call such as `Object.assign(Array.prototype, …)` adds to.
    fn note_extended(&mut self, call: &CallExpression<'_>) {
        let adds = matches!(
            named_member(&call.callee),
            Some((
                Expression::Identifier(object),
                "assign" | "defineProperty" | "defineProperties" | "setPrototypeOf"
            )) if self.is_global(object, "Object") || self.is_global(object, "Reflect")
        );
        let target = call.arguments.first().filter(|_| adds);
        if let Some(root) = target.and_then(Argument::as_expression).and_then(root_of) {
            self.note_touch(root, call.span);
        }
    }

    fn name_by_place(&mut self, value: &Expression<'a>, name: impl Into<Cow<'a, str>>) {
        let scope = match value {
            Expression::ArrowFunctionExpression(arrow) => arrow.scope_id.get(),
            Expression::FunctionExpression(function) if function.id.is_none() => {
                function.scope_id.get()
            }
            Expression::ClassExpression(class) if class.id.is_none() => class.scope_id.get(),
            _ => None,
        };
        if let Some(scope) = scope {
            self.names_by_place.insert(scope, name.into());
        }
    }
}

fn place(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn range(span: Span) -> Range<u32> {
    span.start..span.end
}
