//! Who makes what is in the context, as the code is written: a task whose handler puts it there,
//! or a branch.

use std::{cell::RefCell, collections::HashMap, path::Path, sync::Arc};

use rigkit_engine::definition::{Point, PointId, TaskIndex, Workflow};

use super::Origin;
use crate::handlers::{Output, ProjectFiles, all_handlers};

/// Remembers who made keys of the context, by the key and the state it was asked of.
type Memo = HashMap<String, HashMap<(Arc<str>, PointId), Option<Origin>>>;

/// Knows what every task leaves, and so who makes each key.
pub(crate) struct KeyMakers<'view> {
    outputs: HashMap<(&'view str, TaskIndex), TaskOutput<'view>>,
    memo: RefCell<Memo>,
}

/// Is what the handler of a task leaves, and where that is written.
pub(crate) struct TaskOutput<'view> {
    /// The file that the handler is written in.
    pub(crate) path: &'view Path,
    /// What it leaves, at its places in the text as it is now.
    pub(crate) written: Output,
}

impl<'view> KeyMakers<'view> {
    /// Reads the handlers of all tasks.
    pub(crate) fn new(files: &ProjectFiles<'view>) -> Self {
        let tasks: Vec<_> = all_handlers(files.definition)
            .filter_map(|owned| Some((owned.code, (&*owned.sight.workflow.name, owned.task()?))))
            .collect();
        let handlers: Vec<_> = tasks.iter().map(|(code, _)| *code).collect();
        let outputs = files.read_code(&handlers, |_, file, tree, function| {
            let mut written = Output::of(tree, function);
            for key in &mut written.keys {
                key.bytes = file.now(&key.bytes);
            }
            (&*file.module.path, written)
        });
        let outputs = outputs.into_iter().zip(tasks);
        let outputs = outputs.filter_map(|(output, (_, task))| {
            let (path, written) = output?;
            Some((task, TaskOutput { path, written }))
        });
        Self {
            outputs: outputs.collect(),
            memo: RefCell::default(),
        }
    }

    /// Gives what a task leaves, where its handler can be read.
    pub(crate) fn output(
        &self,
        workflow: &'view Workflow,
        task: TaskIndex,
    ) -> Option<&TaskOutput<'view>> {
        self.outputs.get(&(&*workflow.name, task))
    }

    /// Finds who made what is in the context of a state under some keys: a task, or the branch
    /// whose context it is.
    pub(crate) fn maker(
        &self,
        workflow: &Workflow,
        point: PointId,
        keys: &[String],
    ) -> Option<Origin> {
        let (key, rest) = keys.split_first()?;
        if rest.is_empty() {
            return self.maker_of_key(workflow, point, key);
        }
        match self.maker_of_key(workflow, point, key)? {
            Origin::Branch { end, .. } => self.maker(workflow, end, rest),
            Origin::Task(_) | Origin::Workspace(_) => None,
        }
    }

    fn maker_of_key(&self, workflow: &Workflow, point: PointId, key: &str) -> Option<Origin> {
        let mut memo = self.memo.borrow_mut();
        let memo = memo.entry(key.to_owned()).or_default();
        let mut asked = Vec::new();
        let mut current = point;
        let found = loop {
            let state = (Arc::clone(&workflow.name), current);
            if let Some(known) = memo.get(&state) {
                break *known;
            }
            asked.push(state);
            match self.before(workflow, current, key) {
                Before::Made(origin) => break Some(origin),
                Before::Nothing => break None,
                Before::State(earlier) => current = earlier,
            }
        };
        for state in asked {
            memo.insert(state, found);
        }
        found
    }

    fn before(&self, workflow: &Workflow, point: PointId, key: &str) -> Before {
        match &workflow.points[point.0] {
            Point::Start => Before::Nothing,
            Point::After(task) => {
                let output = self.outputs.get(&(&*workflow.name, *task));
                match output.map(|output| &output.written) {
                    Some(output) if output.has(key) => Before::Made(Origin::Task(*task)),
                    Some(output) if !output.may_have_others() => Before::Nothing,
                    _ => Before::State(workflow.task(*task).after),
                }
            }
            Point::Join {
                incoming, branches, ..
            } => match branches.iter().find(|(name, _)| **name == *key) {
                Some((_, end)) => Before::Made(Origin::Branch {
                    join: point,
                    end: *end,
                }),
                None => Before::State(*incoming),
            },
        }
    }
}

/// Says where a key of the context comes from.
enum Before {
    /// It was made there.
    Made(Origin),
    /// It was there in this state already, or never.
    State(PointId),
    /// It was not there.
    Nothing,
}
