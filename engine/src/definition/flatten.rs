//! Lays the tree of a workflow out in the order it is walked.

mod operations;
mod scope_entries;

use std::{collections::HashMap, sync::Arc};

use rquickjs::{Exception, Function, Object, Value as JsValue};

use self::operations::OperationKind;
use super::{
    extract::{Extractor, describe, is_node, kind_of},
    model::{Operation, Outline, Point, PointId, Task, TaskIndex, Workflow, WorkspaceDefinition},
    names::{BadName, RESERVED_OPERATION_IDS, RESERVED_PROVIDER_NAMES, nearest},
    place::Place,
    scope::{ProviderRemoval, Scope, ScopeId},
};
use crate::{
    diagnostic::{Diagnostic, DiagnosticCode},
    sandbox::{
        check_limits,
        json::{JsonFailure, to_json_object},
        text::{Text, member_names},
    },
    source::SourceRange,
};

/// Nodes may be nested this deep; deeper is a loop gone wrong.
const MAX_NESTING: usize = 200;

/// A sequence may have this many entries; more is a list that ends in itself.
const MAX_ENTRIES: usize = 1_000_000;

/// Makes a workflow of a root node; nothing if its node is too broken to go on.
pub(super) fn flatten<'js>(
    extractor: &mut Extractor<'_, 'js>,
    root: &Object<'js>,
    config: Option<&Object<'js>>,
) -> rquickjs::Result<Option<Workflow>> {
    let owner: JsValue = root.get("workflow")?;
    let place = match owner.as_object() {
        Some(owner) => extractor.place(owner),
        None => extractor.place(root),
    };
    let name_holder = owner.as_object().unwrap_or(root);
    let Some(name) = extractor.name(name_holder, &place, "a workflow")? else {
        return Ok(None);
    };
    let mut scope = Scope::default();
    for holder in config.into_iter().chain(owner.as_object()) {
        extractor.add_providers(&mut scope, holder)?;
    }
    let mut flattening = Flattening {
        extractor,
        tasks: Vec::new(),
        points: vec![Point::Start],
        scopes: Vec::new(),
        provider_removals: Vec::new(),
        paths: HashMap::new(),
        workspace: None,
        operations: Vec::new(),
        workspace_operations: Vec::new(),
    };
    let position = Position {
        prefix: String::new(),
        point: PointId(0),
        depth: 0,
        standing: Standing::Root,
    };
    let (outline, end) = flattening.node(root, &position, &scope)?;
    Ok(Some(Workflow {
        name,
        place,
        outline,
        end,
        tasks: flattening.tasks,
        points: flattening.points,
        scopes: flattening.scopes,
        provider_removals: flattening.provider_removals,
        workspace: flattening.workspace,
        operations: flattening.operations,
        workspace_operations: flattening.workspace_operations,
    }))
}

struct Flattening<'e, 'a, 'js> {
    extractor: &'e mut Extractor<'a, 'js>,
    tasks: Vec<Task>,
    points: Vec<Point>,
    scopes: Vec<Scope>,
    provider_removals: Vec<ProviderRemoval>,
    paths: HashMap<Arc<str>, Place>,
    workspace: Option<WorkspaceDefinition>,
    operations: Vec<Operation>,
    workspace_operations: Vec<Operation>,
}

/// Is where in the walk a node stands.
#[derive(Clone)]
struct Position {
    prefix: String,
    point: PointId,
    depth: usize,
    standing: Standing,
}

/// Says what a node is directly inside of.
#[derive(Clone, PartialEq, Eq)]
enum Standing {
    Root,
    Branch(Arc<str>),
    Nested,
}

impl Position {
    fn join(&self, name: &str) -> String {
        if self.prefix.is_empty() {
            return name.to_owned();
        }
        format!("{}.{name}", self.prefix)
    }

    /// The root's own name is left out, and a branch does not repeat its sequence's name.
    fn sequence_prefix(&self, name: &str) -> String {
        match &self.standing {
            Standing::Root => self.prefix.clone(),
            Standing::Branch(branch) if **branch == *name => self.prefix.clone(),
            _ => self.join(name),
        }
    }

    fn within(&self, prefix: String, standing: Standing) -> Self {
        Self {
            prefix,
            point: self.point,
            depth: self.depth + 1,
            standing,
        }
    }
}

impl<'js> Flattening<'_, '_, 'js> {
    fn node(
        &mut self,
        node: &Object<'js>,
        position: &Position,
        scope: &Scope,
    ) -> rquickjs::Result<(Outline, PointId)> {
        // Nodes that are used in many places can stand for more tasks than anyone could list.
        check_limits(&self.extractor.ctx)?;
        let node_kind: JsValue = node.get("nodeKind")?;
        let node_kind = node_kind.as_string().and_then(|kind| kind.to_string().ok());
        let place = self.extractor.place(node);
        let message = match node_kind.as_deref() {
            _ if position.depth > MAX_NESTING => {
                format!("nodes are nested deeper than {MAX_NESTING} levels")
            }
            Some("task") => return self.task(node, &place, position, scope),
            Some("parallel") => return self.parallel(node, place, position, scope),
            Some("sequence") => return self.sequence(node, place, position, scope),
            _ => "this is not a task, sequence or parallel node".to_owned(),
        };
        let range = place.range(self.extractor.graph);
        self.extractor
            .refuse(DiagnosticCode::NotANode, message, range, "");
        Ok((empty_outline(place), position.point))
    }

    fn task(
        &mut self,
        node: &Object<'js>,
        place: &Place,
        position: &Position,
        scope: &Scope,
    ) -> rquickjs::Result<(Outline, PointId)> {
        let name = self.extractor.name(node, place, "a task")?;
        let handler: JsValue = node.get("handler")?;
        let options = self.extractor.task_options(node, place)?;
        let Some(function) = handler.as_function() else {
            self.missing_handler(place, name.as_deref());
            return Ok((empty_outline(place.clone()), position.point));
        };
        let handler = self.extractor.handler(function)?;
        let Some(name) = name else {
            return Ok((empty_outline(place.clone()), position.point));
        };
        let path: Arc<str> = Arc::from(position.join(&name));
        if !self.claim(&path, &name, place) {
            return Ok((empty_outline(place.clone()), position.point));
        }
        let index = TaskIndex(self.tasks.len());
        let point = self.point(Point::After(index));
        let scope = self.scope(scope);
        self.tasks.push(Task {
            name,
            path,
            place: place.clone(),
            handler,
            options,
            scope,
            after: position.point,
            point,
        });
        Ok((Outline::Task(index), point))
    }

    fn missing_handler(&mut self, place: &Place, name: Option<&str>) {
        let message = match name {
            Some(name) => format!("the task `{name}` has no handler"),
            None => "a task has no handler".to_owned(),
        };
        let range = place.range(self.extractor.graph);
        let help = "give it a function: task(id, async ({ step }) => ({ ctx: { … } }))";
        self.extractor
            .refuse(DiagnosticCode::MissingHandler, message, range, help);
    }

    fn claim(&mut self, path: &Arc<str>, name: &str, place: &Place) -> bool {
        let Some(first) = self.paths.insert(Arc::clone(path), place.clone()) else {
            return true;
        };
        let graph = self.extractor.graph;
        let message = if **path == *name {
            format!("two tasks are named `{name}`")
        } else {
            format!("two tasks have the path `{path}`")
        };
        let problem = Diagnostic::error(DiagnosticCode::DuplicateTask, message)
            .at(place.argument(graph, 0))
            .related("the first one", first.argument(graph, 0))
            .help("give one of them another name, or put it in a sequence of its own");
        self.extractor.report(problem);
        false
    }

    fn sequence(
        &mut self,
        node: &Object<'js>,
        place: Place,
        position: &Position,
        outer: &Scope,
    ) -> rquickjs::Result<(Outline, PointId)> {
        let name = self
            .extractor
            .name(node, &place, "a sequence")?
            .unwrap_or_default();
        let mut inner = position.within(position.sequence_prefix(&name), Standing::Nested);
        let mut scope = outer.clone();
        let mut children = Vec::new();
        for entry in entries(node)? {
            let site = self.extractor.place(&entry);
            if let Some((child, point)) = self.entry(&entry, &site, &inner, &mut scope, position)? {
                inner.point = point;
                children.push(child);
            }
        }
        Ok((
            Outline::Sequence {
                name,
                place,
                children,
            },
            inner.point,
        ))
    }

    fn entry(
        &mut self,
        entry: &Object<'js>,
        site: &Place,
        inner: &Position,
        scope: &mut Scope,
        sequence: &Position,
    ) -> rquickjs::Result<Option<(Outline, PointId)>> {
        let kind: String = entry.get("type")?;
        let value: JsValue = entry.get("value")?;
        match kind.as_str() {
            "node" => return self.child(&value, site, inner, scope).map(Some),
            "addProvider" => self.add_provider(scope, &value, site)?,
            "removeProvider" => self.remove_provider(scope, &value, site)?,
            "configure" => self.configure(scope, &value, site),
            "workspace" => self.workspace(&value, site, scope, sequence)?,
            "operation" => self.operation(&value, site, scope, sequence, OperationKind::Project)?,
            _ => self.operation(&value, site, scope, sequence, OperationKind::Workspace)?,
        }
        Ok(None)
    }

    fn child(
        &mut self,
        value: &JsValue<'js>,
        site: &Place,
        inner: &Position,
        scope: &Scope,
    ) -> rquickjs::Result<(Outline, PointId)> {
        match value.as_object() {
            Some(node) if is_node(node)? => self.node(node, inner, scope),
            _ => {
                let what = describe(&self.extractor.ctx, value);
                let range = site.argument(self.extractor.graph, 0);
                let message = format!("`add` takes a task, a sequence or a fragment, not {what}");
                self.extractor
                    .refuse(DiagnosticCode::NotANode, message, range, "");
                Ok((empty_outline(site.clone()), inner.point))
            }
        }
    }

    fn parallel(
        &mut self,
        node: &Object<'js>,
        place: Place,
        position: &Position,
        scope: &Scope,
    ) -> rquickjs::Result<(Outline, PointId)> {
        let branches: JsValue = node.get("branches")?;
        let Some(branches) = branches.as_object().filter(|_| !branches.is_array()) else {
            let range = place.argument(self.extractor.graph, 0);
            let what = describe(&self.extractor.ctx, &branches);
            let message = format!("`parallel` takes an object of branches, not {what}");
            self.extractor.refuse(
                DiagnosticCode::NotANode,
                message,
                range,
                "parallel({ web: …, api: … })",
            );
            return Ok((empty_outline(place), position.point));
        };
        let mut outlines = Vec::new();
        let mut ends = Vec::new();
        for (key, member) in member_names(branches)? {
            let value: JsValue = branches.get(member)?;
            if let Some((outline, end)) = self.branch(&key, &value, &place, position, scope)? {
                let name: Arc<str> = Arc::from(key.text);
                outlines.push((Arc::clone(&name), outline));
                ends.push((name, end));
            }
        }
        let join = Point::Join {
            incoming: position.point,
            branches: ends,
            place: place.clone(),
        };
        let point = self.point(join);
        let outline = Outline::Parallel {
            place,
            branches: outlines,
        };
        Ok((outline, point))
    }

    fn branch(
        &mut self,
        key: &Text,
        value: &JsValue<'js>,
        place: &Place,
        position: &Position,
        scope: &Scope,
    ) -> rquickjs::Result<Option<(Outline, PointId)>> {
        let graph = self.extractor.graph;
        let name = key.text.as_str();
        let range = || place.property_name(graph, name);
        if !self.extractor.is_name(key, "a branch", range) {
            return Ok(None);
        }
        match value.as_object() {
            Some(node) if is_node(node)? => {
                let inside =
                    position.within(position.join(name), Standing::Branch(Arc::from(name)));
                self.node(node, &inside, scope).map(Some)
            }
            _ => {
                let what = describe(&self.extractor.ctx, value);
                let range = place.property(graph, &[name]);
                let message = format!(
                    "the branch `{name}` is not a task, a sequence or a fragment but {what}"
                );
                self.extractor
                    .refuse(DiagnosticCode::NotANode, message, range, "");
                Ok(None)
            }
        }
    }

    fn point(&mut self, point: Point) -> PointId {
        self.points.push(point);
        PointId(self.points.len() - 1)
    }

    /// Keeps a scope; neighbours mostly share one.
    fn scope(&mut self, scope: &Scope) -> ScopeId {
        if self.scopes.last() != Some(scope) {
            self.scopes.push(scope.clone());
        }
        ScopeId(self.scopes.len() - 1)
    }
}

fn empty_outline(place: Place) -> Outline {
    Outline::Parallel {
        place,
        branches: Vec::new(),
    }
}

/// Gives the entries of a sequence in the order they were added.
fn entries<'js>(sequence: &Object<'js>) -> rquickjs::Result<Vec<Object<'js>>> {
    let mut entries = Vec::new();
    let mut current: JsValue = sequence.get("last")?;
    while let Some(entry) = current.into_object() {
        if entries.len() >= MAX_ENTRIES {
            return Err(Exception::throw_type(
                sequence.ctx(),
                "a sequence has more entries than can be read",
            ));
        }
        current = entry.get("previous")?;
        entries.push(entry);
    }
    entries.reverse();
    Ok(entries)
}
