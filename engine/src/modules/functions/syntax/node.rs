//! What tells one node of a syntax tree from another, apart from the nodes below it.
//!
//! A node is written as the number of its kind, and then all that says how many nodes follow in
//! which of its places. So two trees are written alike only if they are alike.

use oxc::ast::{
    AstKind,
    ast::{
        ArrayAssignmentTarget, ArrayPattern, Function, ImportPhase, MethodDefinition,
        MethodDefinitionKind, ObjectProperty, PropertyKind,
    },
};

/// Says which kind of node follows. Digests depend on the numbers: a new kind goes to the end.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub(super) enum Tag {
    Unknown,
    Captured,
    Own,
    Free,
    Unit,
    Name,
    Label,
    This,
    Super,
    ImportMeta,
    NewTarget,
    Boolean,
    Null,
    Number,
    BigInt,
    Text,
    Pattern,
    Template,
    TaggedTemplate,
    TemplateText,
    Array,
    Hole,
    Object,
    Property,
    Spread,
    ComputedMember,
    StaticMember,
    PrivateMember,
    PrivateName,
    PrivateIn,
    Call,
    New,
    Import,
    Update,
    Unary,
    Binary,
    Logical,
    Conditional,
    Assignment,
    Sequence,
    Await,
    Yield,
    Chain,
    ArrayTarget,
    ObjectTarget,
    RestTarget,
    DefaultTarget,
    TargetProperty,
    DefaultPattern,
    ObjectPattern,
    PatternProperty,
    ArrayPattern,
    RestPattern,
    Function,
    Arrow,
    Parameters,
    Parameter,
    RestParameter,
    Body,
    Directive,
    Class,
    ClassBody,
    Method,
    Field,
    Accessor,
    StaticBlock,
    Decorator,
    Block,
    Variables,
    Variable,
    Empty,
    Expression,
    If,
    DoWhile,
    While,
    For,
    ForIn,
    ForOf,
    Continue,
    Break,
    Return,
    With,
    Switch,
    Case,
    Labeled,
    Throw,
    Try,
    Catch,
    CatchParameter,
    Debugger,
}

/// Collects what is written of a tree.
#[derive(Default)]
pub(super) struct Written {
    pub(super) bytes: Vec<u8>,
}

impl Written {
    /// Begins a node.
    pub(super) fn node(&mut self, tag: Tag) -> &mut Self {
        self.bytes.push(tag as u8);
        self
    }

    pub(super) fn flag(&mut self, is_set: bool) -> &mut Self {
        self.bytes.push(u8::from(is_set));
        self
    }

    pub(super) fn count(&mut self, count: usize) -> &mut Self {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.number(count)
    }

    /// Writes a number, seven bits a byte: most are small.
    pub(super) fn number(&mut self, number: u32) -> &mut Self {
        let mut rest = number;
        loop {
            let [lowest, ..] = rest.to_le_bytes();
            rest >>= 7;
            if rest == 0 {
                self.bytes.push(lowest);
                return self;
            }
            self.bytes.push(lowest | 0x80);
        }
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.count(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
        self
    }

    /// Says which places of a list are taken.
    fn places<T>(&mut self, places: &[Option<T>]) -> &mut Self {
        self.count(places.len());
        for place in places {
            self.flag(place.is_some());
        }
        self
    }
}

/// Writes a node; variables are written by who knows them.
pub(super) fn write_node(kind: AstKind<'_>, out: &mut Written) {
    match kind {
        AstKind::IdentifierName(name) => out.node(Tag::Name).text(&name.name),
        AstKind::PrivateIdentifier(name) => out.node(Tag::PrivateName).text(&name.name),
        AstKind::ThisExpression(_) => out.node(Tag::This),
        AstKind::Super(_) => out.node(Tag::Super),
        AstKind::ImportMeta(_) => out.node(Tag::ImportMeta),
        AstKind::NewTarget(_) => out.node(Tag::NewTarget),
        AstKind::BooleanLiteral(literal) => out.node(Tag::Boolean).flag(literal.value),
        AstKind::NullLiteral(_) => out.node(Tag::Null),
        AstKind::NumericLiteral(literal) => {
            let bits = literal.value.to_bits();
            out.node(Tag::Number).bytes.extend(bits.to_le_bytes());
            out
        }
        AstKind::BigIntLiteral(literal) => out.node(Tag::BigInt).text(&literal.value),
        AstKind::StringLiteral(literal) => out
            .node(Tag::Text)
            .flag(literal.lone_surrogates)
            .text(&literal.value),
        AstKind::RegExpLiteral(literal) => out
            .node(Tag::Pattern)
            .text(&literal.regex.pattern.text)
            .text(literal.regex.flags.to_inline_string().as_str()),
        AstKind::TemplateLiteral(template) => {
            out.node(Tag::Template).count(template.expressions.len())
        }
        AstKind::TaggedTemplateExpression(_) => out.node(Tag::TaggedTemplate),
        AstKind::TemplateElement(text) => out.node(Tag::TemplateText).text(&text.value.raw),
        AstKind::ArrayExpression(array) => out.node(Tag::Array).count(array.elements.len()),
        AstKind::Elision(_) => out.node(Tag::Hole),
        AstKind::ObjectExpression(object) => out.node(Tag::Object).count(object.properties.len()),
        AstKind::ObjectProperty(property) => write_property(property, out),
        AstKind::SpreadElement(_) => out.node(Tag::Spread),
        AstKind::ParenthesizedExpression(_) => out,
        _ => write_expression(kind, out),
    };
}

fn write_expression<'o>(kind: AstKind<'_>, out: &'o mut Written) -> &'o mut Written {
    match kind {
        AstKind::ComputedMemberExpression(it) => out.node(Tag::ComputedMember).flag(it.optional),
        AstKind::StaticMemberExpression(it) => out.node(Tag::StaticMember).flag(it.optional),
        AstKind::PrivateFieldExpression(it) => out.node(Tag::PrivateMember).flag(it.optional),
        AstKind::PrivateInExpression(_) => out.node(Tag::PrivateIn),
        AstKind::CallExpression(it) => out
            .node(Tag::Call)
            .flag(it.optional)
            .count(it.arguments.len()),
        AstKind::NewExpression(it) => out.node(Tag::New).count(it.arguments.len()),
        AstKind::ImportExpression(it) => out
            .node(Tag::Import)
            .text(it.phase.map_or("", phase))
            .flag(it.options.is_some()),
        AstKind::UpdateExpression(it) => out
            .node(Tag::Update)
            .text(it.operator.as_str())
            .flag(it.prefix),
        AstKind::UnaryExpression(it) => out.node(Tag::Unary).text(it.operator.as_str()),
        AstKind::BinaryExpression(it) => out.node(Tag::Binary).text(it.operator.as_str()),
        AstKind::LogicalExpression(it) => out.node(Tag::Logical).text(it.operator.as_str()),
        AstKind::ConditionalExpression(_) => out.node(Tag::Conditional),
        AstKind::AssignmentExpression(it) => out.node(Tag::Assignment).text(it.operator.as_str()),
        AstKind::SequenceExpression(it) => out.node(Tag::Sequence).count(it.expressions.len()),
        AstKind::AwaitExpression(_) => out.node(Tag::Await),
        AstKind::YieldExpression(it) => out
            .node(Tag::Yield)
            .flag(it.delegate)
            .flag(it.argument.is_some()),
        AstKind::ChainExpression(_) => out.node(Tag::Chain),
        _ => write_pattern(kind, out),
    }
}

fn write_pattern<'o>(kind: AstKind<'_>, out: &'o mut Written) -> &'o mut Written {
    match kind {
        AstKind::ArrayAssignmentTarget(ArrayAssignmentTarget { elements, rest, .. }) => out
            .node(Tag::ArrayTarget)
            .places(elements)
            .flag(rest.is_some()),
        AstKind::ObjectAssignmentTarget(it) => out
            .node(Tag::ObjectTarget)
            .count(it.properties.len())
            .flag(it.rest.is_some()),
        AstKind::AssignmentTargetRest(_) => out.node(Tag::RestTarget),
        AstKind::AssignmentTargetWithDefault(_) => out.node(Tag::DefaultTarget),
        AstKind::AssignmentTargetPropertyProperty(it) => {
            out.node(Tag::TargetProperty).flag(it.computed)
        }
        AstKind::AssignmentPattern(_) => out.node(Tag::DefaultPattern),
        AstKind::ObjectPattern(it) => out
            .node(Tag::ObjectPattern)
            .count(it.properties.len())
            .flag(it.rest.is_some()),
        AstKind::BindingProperty(it) => out.node(Tag::PatternProperty).flag(it.computed),
        AstKind::ArrayPattern(ArrayPattern { elements, rest, .. }) => out
            .node(Tag::ArrayPattern)
            .places(elements)
            .flag(rest.is_some()),
        AstKind::BindingRestElement(_) => out.node(Tag::RestPattern),
        _ => write_function_part(kind, out),
    }
}

fn write_function_part<'o>(kind: AstKind<'_>, out: &'o mut Written) -> &'o mut Written {
    match kind {
        AstKind::Function(it) => write_function(it, out),
        AstKind::ArrowFunctionExpression(it) => out.node(Tag::Arrow).flag(it.r#async),
        AstKind::FormalParameters(it) => out
            .node(Tag::Parameters)
            .count(it.items.len())
            .flag(it.rest.is_some()),
        AstKind::FormalParameter(it) => out
            .node(Tag::Parameter)
            .count(it.decorators.len())
            .flag(it.initializer.is_some()),
        AstKind::FormalParameterRest(it) => out.node(Tag::RestParameter).count(it.decorators.len()),
        AstKind::FunctionBody(it) => out
            .node(Tag::Body)
            .count(it.directives.len())
            .count(it.statements.len()),
        AstKind::Directive(_) => out.node(Tag::Directive),
        AstKind::Class(it) => out
            .node(Tag::Class)
            .flag(it.is_declaration())
            .count(it.decorators.len())
            .flag(it.id.is_some())
            .flag(it.heritage.is_some()),
        AstKind::ClassBody(it) => out.node(Tag::ClassBody).count(it.body.len()),
        AstKind::MethodDefinition(it) => write_method(it, out),
        AstKind::PropertyDefinition(it) => out
            .node(Tag::Field)
            .count(it.decorators.len())
            .flag(it.computed)
            .flag(it.r#static)
            .flag(it.value.is_some()),
        AstKind::AccessorProperty(it) => out
            .node(Tag::Accessor)
            .count(it.decorators.len())
            .flag(it.computed)
            .flag(it.r#static)
            .flag(it.value.is_some()),
        AstKind::StaticBlock(it) => out.node(Tag::StaticBlock).count(it.body.len()),
        AstKind::Decorator(_) => out.node(Tag::Decorator),
        _ => write_statement(kind, out),
    }
}

fn write_statement<'o>(kind: AstKind<'_>, out: &'o mut Written) -> &'o mut Written {
    match kind {
        AstKind::LabelIdentifier(it) => out.node(Tag::Label).text(&it.name),
        AstKind::BlockStatement(it) => out.node(Tag::Block).count(it.body.len()),
        AstKind::VariableDeclaration(it) => out
            .node(Tag::Variables)
            .text(it.kind.as_str())
            .count(it.declarations.len()),
        AstKind::VariableDeclarator(it) => out.node(Tag::Variable).flag(it.init.is_some()),
        AstKind::EmptyStatement(_) => out.node(Tag::Empty),
        AstKind::ExpressionStatement(_) => out.node(Tag::Expression),
        AstKind::IfStatement(it) => out.node(Tag::If).flag(it.alternate.is_some()),
        AstKind::DoWhileStatement(_) => out.node(Tag::DoWhile),
        AstKind::WhileStatement(_) => out.node(Tag::While),
        AstKind::ForStatement(it) => out
            .node(Tag::For)
            .flag(it.init.is_some())
            .flag(it.test.is_some())
            .flag(it.update.is_some()),
        AstKind::ForInStatement(_) => out.node(Tag::ForIn),
        AstKind::ForOfStatement(it) => out.node(Tag::ForOf).flag(it.r#await),
        AstKind::ContinueStatement(it) => out.node(Tag::Continue).flag(it.label.is_some()),
        AstKind::BreakStatement(it) => out.node(Tag::Break).flag(it.label.is_some()),
        AstKind::ReturnStatement(it) => out.node(Tag::Return).flag(it.argument.is_some()),
        AstKind::WithStatement(_) => out.node(Tag::With),
        AstKind::SwitchStatement(it) => out.node(Tag::Switch).count(it.cases.len()),
        AstKind::SwitchCase(it) => out
            .node(Tag::Case)
            .flag(it.test.is_some())
            .count(it.consequent.len()),
        AstKind::LabeledStatement(_) => out.node(Tag::Labeled),
        AstKind::ThrowStatement(_) => out.node(Tag::Throw),
        AstKind::TryStatement(it) => out
            .node(Tag::Try)
            .flag(it.handler.is_some())
            .flag(it.finalizer.is_some()),
        AstKind::CatchClause(it) => out.node(Tag::Catch).flag(it.param.is_some()),
        AstKind::CatchParameter(_) => out.node(Tag::CatchParameter),
        AstKind::DebuggerStatement(_) => out.node(Tag::Debugger),
        // Types are gone, and what only modules consist of is in no function.
        _ => out.node(Tag::Unknown),
    }
}

fn write_property<'o>(property: &ObjectProperty<'_>, out: &'o mut Written) -> &'o mut Written {
    let kind = match property.kind {
        PropertyKind::Init => "",
        PropertyKind::Get => "get",
        PropertyKind::Set => "set",
    };
    // Of all shorthands only this one does something else than what it is short for.
    let is_own_prototype = property.shorthand && property.key.is_specific_static_name("__proto__");
    out.node(Tag::Property)
        .text(kind)
        .flag(property.method)
        .flag(property.computed)
        .flag(is_own_prototype)
}

fn write_function<'o>(function: &Function<'_>, out: &'o mut Written) -> &'o mut Written {
    out.node(Tag::Function)
        .flag(function.is_declaration())
        .flag(function.r#async)
        .flag(function.generator)
        .flag(function.id.is_some())
        .flag(function.body.is_some())
}

fn write_method<'o>(method: &MethodDefinition<'_>, out: &'o mut Written) -> &'o mut Written {
    let kind = match method.kind {
        MethodDefinitionKind::Constructor => "constructor",
        MethodDefinitionKind::Method => "",
        MethodDefinitionKind::Get => "get",
        MethodDefinitionKind::Set => "set",
    };
    out.node(Tag::Method)
        .text(kind)
        .count(method.decorators.len())
        .flag(method.computed)
        .flag(method.r#static)
}

fn phase(phase: ImportPhase) -> &'static str {
    match phase {
        ImportPhase::Source => "source",
        ImportPhase::Defer => "defer",
    }
}
