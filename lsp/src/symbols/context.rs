//! Who made what is in the context: a task whose handler puts it there, or a branch.

use std::{collections::HashMap, sync::Arc};

use rigkit_engine::definition::{Point, PointId, TaskIndex, Workflow};

use super::{ProjectNames, Symbol};

/// Remembers who made keys of the context, by the key and the state it was asked of.
pub(super) type ContextMemo = HashMap<String, HashMap<(Arc<str>, PointId), Option<Symbol>>>;

impl ProjectNames<'_> {
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
