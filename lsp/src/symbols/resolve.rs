//! What a name is the name of, as the last good definition says.

use std::sync::Arc;

use rigkit_engine::definition::{Point, PointId, Workflow};

use super::{
    Occurrence, ProjectNames, Role, Spelling, Symbol,
    mention::{CallPart, HandlerPart, Written, call_part, handler_part, written_at},
};
use crate::{
    context_keys::Origin,
    document::SyntaxNode,
    handlers::{Handler, HandlerKind, INVALIDATE, OwnedHandler, ProjectFile, Sight, callee_name},
    sites::CallKey,
};

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
            CallPart::SchemaKey => {
                let mut outputs = self.outputs(call);
                let is_made = outputs.any(|output| output.written.has(name));
                only(is_made, Symbol::ContextKey(call, Arc::from(name)))
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
        match self.index.handler_uses(call)?.first()?.sight.kind {
            HandlerKind::Task => Some(Symbol::Task(call)),
            _ => Some(Symbol::Operation(call)),
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
        let part = handler_part(file.tree()?, nodes, handler)?;
        let uses = handler.uses.iter();
        let symbols: Vec<Symbol> = match &part {
            HandlerPart::Target => {
                let tasks = self.earlier_tasks(&handler.uses, &written.name);
                return self.of_target(file, &tasks, written, place);
            }
            HandlerPart::Provider => uses
                .filter_map(|user| self.provider(&user.sight, &written.name))
                .collect(),
            HandlerPart::ContextRead(keys) => uses
                .filter_map(|user| self.maker(user.sight.workflow, user.sight.point, keys))
                .collect(),
            HandlerPart::ContextMade => uses
                .filter(|user| user.task().is_some())
                .filter_map(|user| self.made_by(user, &written.name))
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
            && file.tree()?.text_of(callee_name(*call)?) == INVALIDATE;
        let tasks = is_target.then(|| self.all_tasks(&written.name))?;
        self.of_target(file, &tasks, written, place)
    }

    /// Finds who made what is in the context of a state under some keys: a task, or the branch
    /// whose context it is.
    pub(crate) fn maker(
        &self,
        workflow: &Workflow,
        point: PointId,
        keys: &[String],
    ) -> Option<Symbol> {
        let key: Arc<str> = Arc::from(&**keys.last()?);
        match self.key_makers().maker(workflow, point, keys)? {
            Origin::Task(task) => {
                let call = self.index.call(&workflow.task(task).place)?;
                Some(Symbol::ContextKey(call, key))
            }
            Origin::Branch { join, .. } => match &workflow.points[join.0] {
                Point::Join { place, .. } => Some(Symbol::Branch(self.index.call(place)?, key)),
                Point::Start | Point::After(_) => None,
            },
            Origin::Workspace(_) => None,
        }
    }

    fn made_by(&self, user: &OwnedHandler<'_>, key: &str) -> Option<Symbol> {
        let call = self.index.call(user.place)?;
        Some(Symbol::ContextKey(call, Arc::from(key)))
    }

    fn provider(&self, sight: &Sight<'_>, name: &str) -> Option<Symbol> {
        let (name, place) = sight.scope?.provider_places.get_key_value(name)?;
        Some(Symbol::Provider(self.index.call(place)?, Arc::clone(name)))
    }
}

fn role_in_call(part: CallPart) -> Role {
    match part {
        CallPart::RemovedProvider | CallPart::SchemaKey => Role::Use,
        CallPart::Handled
        | CallPart::Sequence
        | CallPart::AddedProvider
        | CallPart::ListedProvider
        | CallPart::Branch => Role::Definition,
    }
}

/// Makes an occurrence, if it names anything.
pub(super) fn occurrence(
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
