//! What a person points at.

use std::ops::Range;

use rigkit_engine::definition::CacheTtl;
use serde_json::{Map, Value};

use super::variable::Variable;
use crate::{
    context_keys::{ContextKey, ContextPath},
    document::{
        Document, MemberPath, QuotedRole, SyntaxNode, SyntaxTree, children, member_path, quoted,
        size,
    },
    handlers::{HandlerKind, HandlerPlace, INVALIDATE, Sight, Value as Named, is_function},
    sites::{OwnedOperation, PlannedTask, Site, all_tasks, operations_in, tasks_in},
    variables::VariableUse,
    view::ProjectView,
};

/// Is what a person points at.
pub(super) enum Subject<'a> {
    /// Tasks: several where one call makes several.
    Tasks(Vec<PlannedTask<'a>>),
    /// An operation.
    Operation(OwnedOperation<'a>),
    /// A provider.
    Provider {
        /// The name handlers know it under.
        name: String,
        /// The handlers that are meant; all where there are none.
        sights: Vec<Sight<'a>>,
    },
    /// How long a run is kept.
    CacheTtl(CacheTtl),
    /// An environment variable.
    Variable(Variable),
    /// A key of a context.
    ContextKey {
        /// The key.
        name: String,
        /// What it is for each handler that is meant.
        found: Vec<(Sight<'a>, ContextKey)>,
    },
}

/// Finds what is at a place, and which stretch of the text names it.
pub(super) fn subject_at<'a>(
    view: &'a ProjectView,
    document: &Document,
    offset: u32,
) -> Option<(Range<u32>, Subject<'a>)> {
    let tree = document.syntax.tree()?;
    let node = tree.node_at(&(offset..offset))?;
    if node.kind() == "comment" {
        return None;
    }
    let place = Pointed {
        view,
        document,
        tree,
        node,
        offset,
        path: member_path(&document.text.content, offset),
    };
    place
        .made_by_call()
        .or_else(|| place.in_quotes())
        .or_else(|| place.cache_ttl())
        .or_else(|| place.member())
        .or_else(|| place.provider())
        .or_else(|| place.given())
}

/// Is a place with all that tells what is there.
struct Pointed<'a, 'd> {
    view: &'a ProjectView,
    document: &'d Document,
    tree: &'d SyntaxTree,
    node: SyntaxNode<'d>,
    offset: u32,
    path: MemberPath<'d>,
}

type Found<'a> = Option<(Range<u32>, Subject<'a>)>;

impl<'a> Pointed<'a, '_> {
    /// Finds what the builder call made whose method or first argument this is.
    fn made_by_call(&self) -> Found<'a> {
        let snapshot = &self.view.snapshot;
        let path = &self.document.path;
        let tasks = tasks_in(snapshot, path).into_iter().find_map(|found| {
            let bytes = self.pointed_part(&found.site)?;
            Some((bytes, Subject::Tasks(found.tasks)))
        });
        let operation = || {
            operations_in(snapshot, path)
                .into_iter()
                .find_map(|(site, owned)| {
                    let bytes = self.pointed_part(&site)?;
                    Some((bytes, Subject::Operation(owned)))
                })
        };
        tasks.or_else(operation)
    }

    /// Gives the name or the method of a call, whichever is pointed at.
    fn pointed_part(&self, site: &Site<'_>) -> Option<Range<u32>> {
        let current = |bytes| self.view.current_bytes(&self.document.path, bytes);
        let name = current(&site.name);
        if name.contains(&self.offset) {
            return Some(name);
        }
        let is_method = current(&site.call).start == self.path.name.start;
        let is_written = !self.path.name.is_empty();
        (is_method && is_written).then(|| self.path.name.clone())
    }

    fn in_quotes(&self) -> Found<'a> {
        let found = quoted(&self.document.text.content, self.offset)?;
        let name = self.document.text.slice(&found.content);
        let subject = match &found.role {
            QuotedRole::Argument(callee) => self.argument(callee, name),
            QuotedRole::Member(owners) => self.member_of(owners, name),
            QuotedRole::Property(_) => None,
        };
        Some((found.content, subject?))
    }

    fn argument(&self, callee: &[&str], name: &str) -> Option<Subject<'a>> {
        match callee {
            [.., INVALIDATE] => self.invalidated(name),
            [.., "addProvider" | "removeProvider"] => Some(Subject::Provider {
                name: name.to_owned(),
                sights: Vec::new(),
            }),
            callee => Some(Subject::Variable(Variable {
                name: name.to_owned(),
                way: VariableUse::of_call(self.tree, callee)?,
                has_fallback: self.has_second_argument(),
            })),
        }
    }

    fn invalidated(&self, target: &str) -> Option<Subject<'a>> {
        let handlers = self.handlers();
        let sights = handlers.sights();
        let is_meant = |planned: &PlannedTask<'_>| {
            let is_target = *planned.task.name == *target || *planned.task.path == *target;
            let mut workflows = sights.iter().map(|sight| &sight.workflow.name);
            is_target && workflows.any(|workflow| *workflow == planned.workflow.name)
        };
        let tasks: Vec<_> = all_tasks(&self.view.snapshot).filter(is_meant).collect();
        (!tasks.is_empty()).then_some(Subject::Tasks(tasks))
    }

    fn has_second_argument(&self) -> bool {
        let mut around = self.tree.ancestors(self.offset);
        let arguments = around.find(|node| node.kind() == "arguments");
        arguments.is_some_and(|arguments| arguments.named_child_count() > 1)
    }

    fn member(&self) -> Found<'a> {
        let name = self.document.text.slice(&self.path.name);
        let is_text = matches!(
            self.node.kind(),
            "string_fragment" | "string" | "regex_pattern"
        );
        let is_member = !is_text && !name.is_empty() && !self.path.owners.is_empty();
        let subject = self
            .member_of(&self.path.owners, name)
            .filter(|_| is_member)?;
        Some((self.path.name.clone(), subject))
    }

    fn member_of(&self, owners: &[&str], name: &str) -> Option<Subject<'a>> {
        if let Some(way) = VariableUse::of_member(owners) {
            return Some(Subject::Variable(Variable {
                name: name.to_owned(),
                way,
                has_fallback: false,
            }));
        }
        let handlers = self.handlers();
        if let Some(path) = ContextPath::of_names(&handlers, owners) {
            return Some(self.context_key(handlers.sights(), &path, name));
        }
        let is_provider = owners.last() == Some(&"providers");
        is_provider.then(|| Subject::Provider {
            name: name.to_owned(),
            sights: handlers.sights().to_vec(),
        })
    }

    fn context_key(&self, sights: &[Sight<'a>], path: &ContextPath, name: &str) -> Subject<'a> {
        let mut found = path.keys(self.view, sights);
        found.retain(|(_, key)| key.name == name);
        Subject::ContextKey {
            name: name.to_owned(),
            found,
        }
    }

    fn handlers(&self) -> HandlerPlace<'a, '_> {
        HandlerPlace::at(self.view, self.document, self.tree, self.offset)
    }

    /// Finds the option `cacheTTL`, by its name or its value.
    fn cache_ttl(&self) -> Found<'a> {
        let mut around = self
            .tree
            .ancestors(self.offset)
            .take_while(|node| !is_function(*node));
        let is_option = |node: &SyntaxNode<'_>| {
            let key = node.child_by_field_name("key");
            let is_pair = node.kind() == "pair";
            is_pair && key.is_some_and(|key| self.tree.unquoted(key) == "cacheTTL")
        };
        let option = around.find(is_option)?;
        let value = option.child_by_field_name("value")?;
        let fresh_for = match literal(self.tree, value) {
            Some(written) => CacheTtl::from_json(&written).ok()?,
            None => self.evaluated_ttl(option)?,
        };
        let bytes = size(option.start_byte())..size(option.end_byte());
        Some((bytes, Subject::CacheTtl(fresh_for)))
    }

    /// Gives what an expression was when the definition was evaluated.
    fn evaluated_ttl(&self, option: SyntaxNode<'_>) -> Option<CacheTtl> {
        let start = size(option.start_byte());
        let sites = tasks_in(&self.view.snapshot, &self.document.path);
        let call = |site: &Site<'_>| self.view.current_bytes(&self.document.path, &site.call);
        let made = sites
            .into_iter()
            .find(|made| call(&made.site).contains(&start))?;
        made.tasks.first()?.task.options.cache_ttl
    }

    /// Finds what a handler is given: a provider or a key of the context.
    fn given(&self) -> Found<'a> {
        let is_name = matches!(
            self.node.kind(),
            "identifier" | "shorthand_property_identifier_pattern" | "property_identifier"
        );
        let handlers = is_name.then(|| self.handlers())?;
        let named = handlers.reader()?.named()?;
        let subject = match named {
            Named::Provider(name) => {
                sees(handlers.sights(), &name).then_some(Subject::Provider {
                    name,
                    sights: handlers.sights().to_vec(),
                })?
            }
            value => {
                let (path, name) = ContextPath::of_value(value)?.split_last()?;
                self.context_key(handlers.sights(), &path, &name)
            }
        };
        Some((self.path.name.clone(), subject))
    }

    /// Finds a provider where it is defined.
    fn provider(&self) -> Found<'a> {
        let is_defined = matches!(
            self.node.kind(),
            "property_identifier" | "shorthand_property_identifier"
        ) && is_among_providers(self.tree, self.node);
        let subject = is_defined.then(|| Subject::Provider {
            name: self.document.text.slice(&self.path.name).to_owned(),
            sights: Vec::new(),
        });
        Some((self.path.name.clone(), subject?))
    }
}

fn sees(sights: &[Sight<'_>], name: &str) -> bool {
    let mut scopes = sights
        .iter()
        .filter(|sight| sight.kind != HandlerKind::Helper)
        .filter_map(|sight| sight.scope);
    scopes.any(|scope| scope.providers.contains_key(name))
}

/// Says whether a property is one of `providers: { … }`.
fn is_among_providers(tree: &SyntaxTree, name: SyntaxNode<'_>) -> bool {
    let owner = match name.parent() {
        Some(pair) if pair.kind() == "pair" => {
            let is_key = pair.child_by_field_name("key") == Some(name);
            pair.parent().filter(|_| is_key)
        }
        object => object,
    };
    let list = owner
        .filter(|owner| owner.kind() == "object")
        .and_then(|object| object.parent());
    let key = list.and_then(|pair| pair.child_by_field_name("key"));
    key.is_some_and(|key| tree.unquoted(key) == "providers")
}

/// Reads a value that is written out: a text, a number, or an object of numbers.
fn literal(tree: &SyntaxTree, value: SyntaxNode<'_>) -> Option<Value> {
    let text = tree.text_of(value);
    match value.kind() {
        "string" => Some(Value::from(tree.unquoted(value))),
        "number" | "unary_expression" => number(text),
        "object" => {
            let parts = children(value).map(|pair| {
                let name = pair.child_by_field_name("key")?;
                let value = pair.child_by_field_name("value")?;
                let name = tree.unquoted(name).to_owned();
                Some((name, number(tree.text_of(value))?))
            });
            parts.collect::<Option<Map<_, _>>>().map(Value::Object)
        }
        _ => None,
    }
}

fn number(text: &str) -> Option<Value> {
    let number: f64 = text.replace(['_', ' '], "").parse().ok()?;
    Some(Value::from(number))
}
