//! Lays the tree of a workflow out in the order it is walked.

use std::{collections::HashMap, sync::Arc};

use rquickjs::{Exception, Function, Object, Value as JsValue};

use super::{
    extract::{Extractor, describe, is_node, kind_of},
    model::{Operation, Outline, Point, PointId, Task, TaskIndex, Workflow, WorkspaceDefinition},
    names::{RESERVED_OPERATION_IDS, RESERVED_PROVIDER_NAMES, nearest},
    place::Place,
    scope::{Scope, ScopeId},
};
use crate::{
    diagnostic::{Diagnostic, DiagnosticCode},
    sandbox::json::{JsonFailure, to_json_object},
    source::SourceRange,
};

/// Nodes may be nested this deep; deeper is a loop gone wrong.
const MAX_NESTING: usize = 200;

/// A sequence may have this many entries; more is a list that ends in itself.
const MAX_ENTRIES: usize = 1_000_000;

/// How often the clock is read: reading it costs as much as several nodes.
const NODES_BETWEEN_CHECKS: usize = 512;

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
        paths: HashMap::new(),
        visited: 0,
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
    paths: HashMap<Arc<str>, Place>,
    visited: usize,
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
        self.check_time()?;
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

    /// Ends a walk that takes too long: nodes that are used in many places can stand for more
    /// tasks than anyone could list.
    fn check_time(&mut self) -> rquickjs::Result<()> {
        self.visited += 1;
        if self.visited.is_multiple_of(NODES_BETWEEN_CHECKS)
            && self.extractor.realm.watchdog.must_stop()
        {
            return Err(Exception::throw_message(
                &self.extractor.ctx,
                "the time is over",
            ));
        }
        Ok(())
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
        let handler = self.extractor.handler(function, place)?;
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
        for key in branches.keys::<String>() {
            let key = key?;
            let value: JsValue = branches.get(key.as_str())?;
            if let Some((outline, end)) = self.branch(&key, &value, &place, position, scope)? {
                let name: Arc<str> = Arc::from(key);
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
        name: &str,
        value: &JsValue<'js>,
        place: &Place,
        position: &Position,
        scope: &Scope,
    ) -> rquickjs::Result<Option<(Outline, PointId)>> {
        let graph = self.extractor.graph;
        if name.is_empty() {
            let range = place.property_name(graph, name);
            self.extractor.refuse(
                DiagnosticCode::EmptyName,
                "a branch has an empty name",
                range,
                "",
            );
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

    fn add_provider(
        &mut self,
        scope: &mut Scope,
        value: &JsValue<'js>,
        site: &Place,
    ) -> rquickjs::Result<()> {
        let Some(value) = value.as_object() else {
            return Ok(());
        };
        let provider: JsValue = value.get("provider")?;
        let graph = self.extractor.graph;
        let Some(name) = self.extractor.name(value, site, "a provider")? else {
            return Ok(());
        };
        let ranges = (site.argument(graph, 0), site.argument(graph, 1));
        self.extractor.add_provider(scope, &name, &provider, ranges)
    }

    fn remove_provider(
        &mut self,
        scope: &mut Scope,
        value: &JsValue<'js>,
        site: &Place,
    ) -> rquickjs::Result<()> {
        let Some(value) = value.as_object() else {
            return Ok(());
        };
        let Some(name) = self.extractor.name(value, site, "a provider")? else {
            return Ok(());
        };
        if scope.providers.remove(&name).is_none() {
            let range = site.argument(self.extractor.graph, 0);
            let help = nearest(&name, scope.providers.keys().map(|known| &**known))
                .map(|known| format!("did you mean `{known}`?"))
                .unwrap_or_default();
            let message = format!("no provider `{name}` is in scope here");
            self.extractor
                .refuse(DiagnosticCode::UnknownProvider, message, range, &help);
        }
        Ok(())
    }

    fn configure(&mut self, scope: &mut Scope, value: &JsValue<'js>, site: &Place) {
        let graph = self.extractor.graph;
        match to_json_object(&self.extractor.ctx, value) {
            Ok(object) => scope.config.extend(object),
            Err(JsonFailure::NotJson(not_json)) => {
                let range = match not_json.path.leading_names().as_slice() {
                    [] => site.argument(graph, 0),
                    names => site.property(graph, names),
                };
                let message = format!(
                    "{} is {}, which is not JSON",
                    not_json.path.after("configure input"),
                    not_json.what
                );
                let help = "a configuration is an object of texts, numbers, booleans, null, arrays and objects";
                self.extractor
                    .refuse(DiagnosticCode::NotJson, message, range, help);
            }
            Err(JsonFailure::Threw(error)) => {
                let _: Option<()> = self.extractor.or_problem(Err(error));
            }
        }
    }

    fn workspace(
        &mut self,
        value: &JsValue<'js>,
        site: &Place,
        scope: &Scope,
        sequence: &Position,
    ) -> rquickjs::Result<()> {
        let graph = self.extractor.graph;
        if sequence.standing != Standing::Root {
            let help = "define the workspace on the sequence that is exported";
            let message = "a nested sequence cannot define a workspace";
            self.extractor.refuse(
                DiagnosticCode::MisplacedWorkspace,
                message,
                site.range(graph),
                help,
            );
            return Ok(());
        }
        if let Some(first) = &self.workspace {
            let problem = Diagnostic::error(
                DiagnosticCode::MisplacedWorkspace,
                "the workflow defines a workspace twice",
            )
            .at(site.range(graph))
            .related("the first one", first.place.range(graph));
            self.extractor.report(problem);
            return Ok(());
        }
        let create = self.hook(value, "create", site)?;
        let remove = self.hook(value, "remove", site)?;
        if let (Some(create), Some(remove)) = (create, remove) {
            let scope = self.scope(scope);
            self.workspace = Some(WorkspaceDefinition {
                place: site.clone(),
                create: self.extractor.handler(&create, site)?,
                remove: self.extractor.handler(&remove, site)?,
                scope,
            });
        }
        Ok(())
    }

    fn hook(
        &mut self,
        value: &JsValue<'js>,
        name: &str,
        site: &Place,
    ) -> rquickjs::Result<Option<Function<'js>>> {
        let hook = match value.as_object() {
            Some(definition) => definition.get::<_, JsValue>(name)?,
            None => JsValue::new_undefined(self.extractor.ctx.clone()),
        };
        let function = hook.as_function().cloned();
        if function.is_none() {
            let range = site.property(self.extractor.graph, &[name]);
            let message = format!("the workspace has no function `{name}`");
            let help = "workspace({ create: async ({ workspace }) => ({ … }), remove: async ({ workspace }) => { … } })";
            self.extractor
                .refuse(DiagnosticCode::InvalidWorkspace, message, range, help);
        }
        Ok(function)
    }

    fn operation(
        &mut self,
        value: &JsValue<'js>,
        site: &Place,
        scope: &Scope,
        sequence: &Position,
        kind: OperationKind,
    ) -> rquickjs::Result<()> {
        let graph = self.extractor.graph;
        if sequence.standing != Standing::Root {
            let message = "a nested sequence cannot define an operation";
            let help = "define the operation on the sequence that is exported";
            self.extractor.refuse(
                DiagnosticCode::MisplacedOperation,
                message,
                site.range(graph),
                help,
            );
            return Ok(());
        }
        let Some(definition) = value.as_object() else {
            return Ok(());
        };
        let Some(id) = self.operation_id(definition, site, kind)? else {
            return Ok(());
        };
        let run: JsValue = definition.get("run")?;
        let Some(run) = run.as_function().cloned() else {
            let message = format!("the operation `{id}` has no function `run`");
            let range = site.property(graph, &["run"]);
            let help = "operation(id, { run: async ({ input }) => { … } })";
            self.extractor
                .refuse(DiagnosticCode::InvalidOperation, message, range, help);
            return Ok(());
        };
        let Some(input) = self.extractor.operation_input(definition, site, &id)? else {
            return Ok(());
        };
        let operation = Operation {
            title: self.extractor.text_option(definition, "title", site)?,
            description: self
                .extractor
                .text_option(definition, "description", site)?,
            run: self.extractor.handler(&run, site)?,
            scope: self.scope(scope),
            place: site.clone(),
            id,
            input,
        };
        self.operations_of(kind).push(operation);
        Ok(())
    }

    fn operation_id(
        &mut self,
        definition: &Object<'js>,
        site: &Place,
        kind: OperationKind,
    ) -> rquickjs::Result<Option<Arc<str>>> {
        let id: JsValue = definition.get("id")?;
        let Some(id) = self.extractor.name_text(&id, site, "an operation") else {
            return Ok(None);
        };
        let range = site.argument(self.extractor.graph, 0);
        if RESERVED_OPERATION_IDS.contains(&&*id) {
            let message =
                format!("`{id}` cannot be the id of an operation: it is a command of rig");
            self.extractor
                .refuse(DiagnosticCode::ReservedOperation, message, range, "");
            return Ok(None);
        }
        if kind == OperationKind::Workspace && id.contains('/') {
            let message = format!("the id of a workspace operation cannot have a `/`: `{id}`");
            let help = "a workspace operation is addressed as `workspace/operation`";
            self.extractor
                .refuse(DiagnosticCode::InvalidOperationId, message, range, help);
            return Ok(None);
        }
        let known = self
            .operations_of(kind)
            .iter()
            .find(|operation| operation.id == id);
        if let Some(first) = known.map(|operation| operation.place.clone()) {
            let graph = self.extractor.graph;
            let problem = Diagnostic::error(
                DiagnosticCode::DuplicateOperation,
                format!("two operations have the id `{id}`"),
            )
            .at(range)
            .related("the first one", first.argument(graph, 0));
            self.extractor.report(problem);
            return Ok(None);
        }
        Ok(Some(id))
    }

    fn operations_of(&mut self, kind: OperationKind) -> &mut Vec<Operation> {
        match kind {
            OperationKind::Project => &mut self.operations,
            OperationKind::Workspace => &mut self.workspace_operations,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OperationKind {
    Project,
    Workspace,
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

impl<'js> Extractor<'_, 'js> {
    /// Adds the providers of a config or a workflow to a scope.
    fn add_providers(&mut self, scope: &mut Scope, holder: &Object<'js>) -> rquickjs::Result<()> {
        let place = self.place(holder);
        let providers: JsValue = holder.get("providers")?;
        let Some(providers) = providers.as_object() else {
            return Ok(());
        };
        for key in providers.keys::<String>() {
            let key = key?;
            let provider: JsValue = providers.get(key.as_str())?;
            let path = ["providers", key.as_str()];
            let ranges = (
                place.property_key(self.graph, &path),
                place.property(self.graph, &path),
            );
            self.add_provider(scope, &key, &provider, ranges)?;
        }
        Ok(())
    }

    fn add_provider(
        &mut self,
        scope: &mut Scope,
        name: &str,
        provider: &JsValue<'js>,
        (name_range, provider_range): (Option<SourceRange>, Option<SourceRange>),
    ) -> rquickjs::Result<()> {
        if RESERVED_PROVIDER_NAMES.contains(&name) {
            let message = format!(
                "a provider cannot be named `{name}`: handlers receive something else under it"
            );
            self.refuse(
                DiagnosticCode::ReservedProviderName,
                message,
                name_range,
                "",
            );
            return Ok(());
        }
        match provider.as_object() {
            Some(object) if kind_of(object)? == "rigkit.provider" => {
                if let Some(index) = self.provider(object, name)? {
                    scope.providers.insert(Arc::from(name), index);
                }
            }
            _ => {
                let message = format!(
                    "`{name}` is not a provider but {}",
                    describe(&self.ctx, provider)
                );
                let help = "a provider is what `defineProvider` gives, such as `host.provider()`";
                self.refuse(DiagnosticCode::NotAProvider, message, provider_range, help);
            }
        }
        Ok(())
    }

    /// Reads the member `name` as a name that must not be empty.
    fn name(
        &mut self,
        object: &Object<'js>,
        place: &Place,
        what: &str,
    ) -> rquickjs::Result<Option<Arc<str>>> {
        let name: JsValue = object.get("name")?;
        Ok(self.name_text(&name, place, what))
    }

    fn name_text(&mut self, name: &JsValue<'js>, place: &Place, what: &str) -> Option<Arc<str>> {
        let text = name.as_string().and_then(|name| name.to_string().ok());
        let message = match text {
            Some(text) if !text.is_empty() => return Some(Arc::from(text)),
            Some(_) => format!("{what} has an empty name"),
            None => format!("{what} has no name but {}", describe(&self.ctx, name)),
        };
        let range = place.argument(self.graph, 0);
        self.refuse(DiagnosticCode::EmptyName, message, range, "");
        None
    }
}
