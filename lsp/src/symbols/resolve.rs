//! What a name is the name of, as the last good definition says.

use std::{collections::HashMap, ops::Range, path::PathBuf, sync::Arc};

use rigkit_engine::definition::{PathPart, PathPartKind, Point, PointId, TaskIndex, Workflow};

use super::{
    CallKey, Occurrence, ProjectNames, Role, Spelling, Symbol,
    file::{ProjectFile, callee_name},
    handler::Handler,
    index::{HandlerRole, HandlerUse},
    mention::{
        CallPart, HandlerPart, Written, bytes_of, call_part, first_text, handler_part, written_at,
    },
    value::text_in_quotes,
};
use crate::document::{SyntaxNode, size};

/// Remembers who made keys of the context, by the key and the state it was asked of.
pub(super) type ContextMemo = HashMap<String, HashMap<(Arc<str>, PointId), Option<Symbol>>>;

/// Is the text by which a call of `invalidate` names tasks.
pub(crate) struct InvalidateTarget<'view> {
    /// The file.
    pub(crate) path: PathBuf,
    /// Where the text is, without its quotes.
    pub(crate) bytes: Range<u32>,
    /// What it says.
    pub(crate) text: String,
    /// The tasks it names.
    pub(crate) tasks: Vec<NamedTask<'view>>,
}

/// Is a task that something names.
#[derive(Clone, Copy)]
pub(crate) struct NamedTask<'view> {
    /// Its workflow.
    pub(crate) workflow: &'view Workflow,
    /// The task.
    pub(crate) index: TaskIndex,
}

impl<'view> ProjectNames<'view> {
    /// Says what the last of the nodes around a place names.
    pub(super) fn occurrence(
        &self,
        file: &ProjectFile<'view>,
        nodes: &[SyntaxNode<'_>],
        place: u32,
    ) -> Option<Occurrence> {
        let written = written_at(file.tree()?, nodes)?;
        if let Some(handler) = self.handler(file, nodes) {
            return self.in_handler(file, nodes, &handler, written, place);
        }
        let Some((call, part)) = call_part(file, nodes) else {
            return self.in_helper(file, nodes, written, place);
        };
        let symbols = self.in_call(call, part, &written.name);
        occurrence(file, written, role_in_call(part), symbols)
    }

    fn in_call(&self, call: CallKey, part: CallPart, name: &str) -> Vec<Symbol> {
        let index = &self.index;
        let only = |is_it: bool, symbol: Symbol| is_it.then_some(symbol).into_iter().collect();
        match part {
            CallPart::Handled => self.handled(call).into_iter().collect(),
            CallPart::Sequence => only(index.is_sequence(call), Symbol::Sequence(call)),
            CallPart::Branch => {
                let branch = Symbol::Branch(call, Arc::from(name));
                only(index.is_parallel(call), branch)
            }
            CallPart::AddedProvider | CallPart::ListedProvider => {
                vec![Symbol::Provider(call, Arc::from(name))]
            }
            CallPart::RemovedProvider => {
                let named = index.removed(call, name).into_iter();
                named
                    .map(|call| Symbol::Provider(call, Arc::from(name)))
                    .collect()
            }
        }
    }

    fn handled(&self, call: CallKey) -> Option<Symbol> {
        match self.index.handler_uses(call)?.first()?.role {
            HandlerRole::Task(_) => Some(Symbol::Task(call)),
            HandlerRole::Operation => Some(Symbol::Operation(call)),
            HandlerRole::Workspace => None,
        }
    }

    fn in_handler(
        &self,
        file: &ProjectFile<'view>,
        nodes: &[SyntaxNode<'_>],
        handler: &Handler<'view>,
        written: Written,
        place: u32,
    ) -> Option<Occurrence> {
        let part = handler_part(file.tree()?, nodes, handler, &written.name)?;
        let uses = handler.uses.iter();
        let symbols: Vec<Symbol> = match &part {
            HandlerPart::Target => {
                let tasks = self.earlier_tasks(&handler.uses, &written.name);
                return self.of_target(file, &tasks, written, place);
            }
            HandlerPart::Provider => uses
                .filter_map(|user| self.provider(user, &written.name))
                .collect(),
            HandlerPart::ContextRead(keys) => uses
                .filter_map(|user| self.maker(user.workflow, user.point, keys))
                .collect(),
            HandlerPart::ContextMade => uses
                .filter(|user| matches!(user.role, HandlerRole::Task(_)))
                .map(|user| Symbol::ContextKey(user.call, Arc::from(&*written.name)))
                .collect(),
        };
        let role = match part {
            HandlerPart::ContextMade => Role::Definition,
            _ => Role::Use,
        };
        occurrence(file, written, role, symbols)
    }

    /// A helper that is given `step` may be called from any task.
    fn in_helper(
        &self,
        file: &ProjectFile<'view>,
        nodes: &[SyntaxNode<'_>],
        written: Written,
        place: u32,
    ) -> Option<Occurrence> {
        let [.., call, arguments, text, _] = nodes else {
            return None;
        };
        let is_target = written.spelling == Spelling::Text
            && arguments.named_child(0) == Some(*text)
            && call.kind() == "call_expression"
            && file.tree()?.text_of(callee_name(*call)?) == "invalidate";
        let tasks = is_target.then(|| self.all_tasks(&written.name))?;
        self.of_target(file, &tasks, written, place)
    }

    fn provider(&self, user: &HandlerUse<'_>, name: &str) -> Option<Symbol> {
        let (name, place) = user.scope().provider_places.get_key_value(name)?;
        Some(Symbol::Provider(self.index.call(place)?, Arc::clone(name)))
    }

    /// A path is made of several names, of which the one at the place is meant.
    fn of_target(
        &self,
        file: &ProjectFile<'view>,
        tasks: &[NamedTask<'view>],
        mut written: Written,
        place: u32,
    ) -> Option<Occurrence> {
        let offset = (place - written.bytes.start) as usize;
        let parts: Vec<(Range<usize>, &PathPart)> = tasks
            .iter()
            .filter_map(|task| self.part_at(task, &written.name, offset))
            .collect();
        let (bytes, part) = parts.first()?;
        written.bytes =
            written.bytes.start + size(bytes.start)..written.bytes.start + size(bytes.end);
        written.name = part.name.to_string();
        let symbols = parts.iter().filter_map(|(_, part)| self.symbol_of(part));
        let symbols = symbols.collect();
        occurrence(file, written, Role::Target, symbols)
    }

    fn part_at(
        &self,
        task: &NamedTask<'view>,
        target: &str,
        offset: usize,
    ) -> Option<(Range<usize>, &PathPart)> {
        let path = self.index.path(task.workflow, task.index);
        if *task.workflow.task(task.index).name == *target {
            return Some((0..target.len(), path.last()?));
        }
        let mut start = 0;
        for part in path {
            let end = start + part.name.len();
            if offset <= end {
                return Some((start..end, part));
            }
            start = end + 1;
        }
        None
    }

    fn symbol_of(&self, part: &PathPart) -> Option<Symbol> {
        let call = self.index.call(&part.place)?;
        Some(match part.kind {
            PathPartKind::Task => Symbol::Task(call),
            PathPartKind::Sequence => Symbol::Sequence(call),
            PathPartKind::Branch => Symbol::Branch(call, Arc::clone(&part.name)),
        })
    }

    /// Finds the tasks that a text names for those who may invalidate them: tasks that run before.
    fn earlier_tasks(&self, uses: &[HandlerUse<'view>], text: &str) -> Vec<NamedTask<'view>> {
        let mut found: Vec<NamedTask<'view>> = Vec::new();
        for user in uses {
            let workflow = user.workflow;
            for index in self.index.tasks_named(workflow, text) {
                let task = NamedTask {
                    workflow,
                    index: *index,
                };
                let is_new = !found.iter().any(|known| known.key() == task.key());
                if is_new && self.index.has_run(workflow, *index, user.point) {
                    found.push(task);
                }
            }
        }
        found
    }

    /// Finds the tasks that a text names, for a helper that may be called from any of them.
    fn all_tasks(&self, text: &str) -> Vec<NamedTask<'view>> {
        let workflows = self.definition.workflows.iter();
        let tasks = workflows.flat_map(|workflow| {
            let named = self.index.tasks_named(workflow, text).iter();
            named.map(move |index| NamedTask {
                workflow,
                index: *index,
            })
        });
        tasks.collect()
    }

    /// Reads the call of a method `invalidate`, whose name is the last of the nodes.
    pub(super) fn target_of_method(
        &self,
        file: &ProjectFile<'view>,
        nodes: &[SyntaxNode<'_>],
    ) -> Option<InvalidateTarget<'view>> {
        let depth = nodes
            .iter()
            .rposition(|node| node.kind() == "call_expression")?;
        let call = nodes[depth];
        let (arguments, text) = first_text(call)?;
        let around: Vec<SyntaxNode<'_>> = nodes[..=depth]
            .iter()
            .copied()
            .chain([arguments, text])
            .collect();
        let tree = file.tree()?;
        let name = text_in_quotes(tree, text)?;
        let tasks = match self.handler(file, &around) {
            Some(handler) => match handler_part(tree, &around, &handler, name)? {
                HandlerPart::Target => self.earlier_tasks(&handler.uses, name),
                _ => return None,
            },
            None => self.all_tasks(name),
        };
        let quoted = bytes_of(text);
        (!tasks.is_empty()).then(|| InvalidateTarget {
            path: file.module.path.clone(),
            bytes: quoted.start + 1..quoted.end - 1,
            text: name.to_owned(),
            tasks,
        })
    }

    /// Finds who made what is in the context of a state under some keys: a task, or the branch
    /// whose context it is.
    pub(crate) fn maker(
        &self,
        workflow: &Workflow,
        point: PointId,
        keys: &[String],
    ) -> Option<Symbol> {
        let (key, rest) = keys.split_first()?;
        if rest.is_empty() {
            return self.maker_of_key(workflow, point, key);
        }
        let branch = self.branch_end(workflow, point, key)?;
        self.maker(workflow, branch, rest)
    }

    fn maker_of_key(&self, workflow: &Workflow, point: PointId, key: &str) -> Option<Symbol> {
        let mut memo = self.context_memo.borrow_mut();
        let memo = memo.entry(key.to_owned()).or_default();
        let mut asked = Vec::new();
        let mut current = point;
        let found = loop {
            let state = (Arc::clone(&workflow.name), current);
            if let Some(known) = memo.get(&state) {
                break known.clone();
            }
            asked.push(state);
            match self.before(workflow, current, key) {
                Before::Made(symbol) => break Some(symbol),
                Before::Nothing => break None,
                Before::State(earlier) => current = earlier,
            }
        };
        for state in asked {
            memo.insert(state, found.clone());
        }
        found
    }

    fn before(&self, workflow: &Workflow, point: PointId, key: &str) -> Before {
        match &workflow.points[point.0] {
            Point::Start => Before::Nothing,
            Point::After(task) => self.before_task(workflow, *task, key),
            Point::Join {
                incoming,
                branches,
                place,
            } => match branches.iter().find(|(name, _)| **name == *key) {
                Some((name, _)) => match self.index.call(place) {
                    Some(call) => Before::Made(Symbol::Branch(call, Arc::clone(name))),
                    None => Before::Nothing,
                },
                None => Before::State(*incoming),
            },
        }
    }

    fn before_task(&self, workflow: &Workflow, task: TaskIndex, key: &str) -> Before {
        let task = workflow.task(task);
        let call = self.index.call(&task.place);
        let output = call.and_then(|call| Some((call, self.output(call)?)));
        match output {
            Some((call, output)) if output.has(key) => {
                Before::Made(Symbol::ContextKey(call, Arc::from(key)))
            }
            Some((_, output)) if !output.passes_on => Before::Nothing,
            _ => Before::State(task.after),
        }
    }

    /// Finds the state in which the branch ended whose context is under a key.
    fn branch_end(&self, workflow: &Workflow, point: PointId, key: &str) -> Option<PointId> {
        let mut current = point;
        loop {
            if let Point::Join { branches, .. } = &workflow.points[current.0]
                && let Some((_, end)) = branches.iter().find(|(name, _)| **name == *key)
            {
                return Some(*end);
            }
            match self.before(workflow, current, key) {
                Before::State(earlier) => current = earlier,
                Before::Made(_) | Before::Nothing => return None,
            }
        }
    }
}

/// Says where a key of the context comes from.
enum Before {
    /// It was made there.
    Made(Symbol),
    /// It was there in this state already, or never.
    State(PointId),
    /// It was not there.
    Nothing,
}

impl NamedTask<'_> {
    /// Tells tasks apart.
    pub(crate) fn key(&self) -> (&str, TaskIndex) {
        (&self.workflow.name, self.index)
    }
}

fn role_in_call(part: CallPart) -> Role {
    match part {
        CallPart::RemovedProvider => Role::Use,
        CallPart::Handled
        | CallPart::Sequence
        | CallPart::AddedProvider
        | CallPart::ListedProvider
        | CallPart::Branch => Role::Definition,
    }
}

fn occurrence(
    file: &ProjectFile<'_>,
    written: Written,
    role: Role,
    mut symbols: Vec<Symbol>,
) -> Option<Occurrence> {
    let mut seen = Vec::new();
    symbols.retain(|symbol| {
        let is_new = !seen.contains(symbol);
        seen.push(symbol.clone());
        is_new
    });
    (!symbols.is_empty()).then(|| Occurrence {
        path: file.module.path.clone(),
        bytes: written.bytes,
        name: written.name,
        spelling: written.spelling,
        role,
        symbols,
    })
}
