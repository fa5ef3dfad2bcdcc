//! What a renaming costs: the runs that are not used again afterwards. The engine says which, by
//! evaluating and planning the text as it would be.

use std::sync::{Arc, atomic::AtomicBool};

use rigkit_engine::{
    Engine, EngineOptions,
    plan::{NodeStatus, PlanNode, WorkflowPlan},
    source::{Buffers, Footprint},
};

use super::{
    Refusal,
    edits::{Replacement, Replacements},
    plan::RenamePlan,
};
use crate::{analysis::Standing, symbols::Symbol, view::ProjectView};

/// How many tasks are named.
const NAMED: usize = 3;

/// Says what is lost.
pub(super) enum Cost {
    /// Nothing.
    Nothing,
    /// The stored runs of these tasks.
    Runs {
        /// The paths of the tasks.
        tasks: Vec<String>,
        /// What of their identity changes.
        change: Change,
    },
    /// What this changes is part of identities, but which runs are lost cannot be said: the code
    /// is broken, or cannot be planned.
    Unknown {
        /// What of identities changes.
        change: Change,
    },
}

/// Says which part of a task's identity a renaming changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// The path.
    Path,
    /// The names of the providers in scope.
    Providers,
    /// The code of the handler.
    Handler,
}

impl Cost {
    /// Finds out what is lost, and refuses what does not evaluate afterwards.
    pub(super) fn of(
        view: &ProjectView,
        edits: &Replacements,
        plan: &RenamePlan,
    ) -> Result<Self, Refusal> {
        let Some(change) = plan.symbols.first().and_then(Change::of) else {
            return Ok(Self::Nothing);
        };
        if edits.is_empty() {
            return Ok(Self::Nothing);
        }
        if view.snapshot.standing != Standing::Current || view.snapshot.plans.is_empty() {
            return Ok(Self::Unknown { change });
        }
        match plans_after(view, edits)? {
            None => Ok(Self::Unknown { change }),
            Some(plans) => Ok(Self::between(&view.snapshot.plans, &plans, change)),
        }
    }

    /// Compares plans task by task, for a renaming moves none.
    fn between(before: &[WorkflowPlan], after: &[WorkflowPlan], change: Change) -> Self {
        let tasks: Vec<String> = before
            .iter()
            .zip(after)
            .flat_map(|(before, after)| before.nodes.iter().zip(&after.nodes))
            .filter(|(before, after)| is_lost(before, after))
            .map(|(before, _)| before.path.clone())
            .collect();
        if tasks.is_empty() {
            return Self::Nothing;
        }
        Self::Runs { tasks, change }
    }

    /// Says it to a person.
    pub(super) fn label(&self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Runs { tasks, change } => {
                let explanation = change.explanation();
                let also = match tasks.len() {
                    1 => "",
                    _ => ", and so are the runs before it",
                };
                Some(format!("{}: {explanation}{also}", lost(tasks)))
            }
            Self::Unknown { change } => {
                Some(format!("stored runs may be lost: {}", change.explanation()))
            }
        }
    }
}

fn is_lost(before: &PlanNode, after: &PlanNode) -> bool {
    let was_used = before.status != NodeStatus::Pending && before.run_id.is_some();
    was_used && after.status == NodeStatus::Pending
}

fn lost(tasks: &[String]) -> String {
    let quoted: Vec<String> = tasks
        .iter()
        .take(NAMED)
        .map(|task| format!("`{task}`"))
        .collect();
    match (quoted.as_slice(), tasks.len() - quoted.len()) {
        ([only], 0) => format!("the stored run of {only} is lost"),
        ([first @ .., last], 0) => {
            format!(
                "the stored runs of {} and {last} are lost",
                first.join(", ")
            )
        }
        (several, more) => format!(
            "the stored runs of {} and {more} more are lost",
            several.join(", ")
        ),
    }
}

impl Change {
    fn of(symbol: &Symbol) -> Option<Self> {
        match symbol {
            Symbol::Task(_) | Symbol::Sequence(_) | Symbol::Branch(..) => Some(Self::Path),
            Symbol::Provider(..) => Some(Self::Providers),
            Symbol::ContextKey(..) => Some(Self::Handler),
            // Operations are no part of any identity.
            Symbol::Operation(_) => None,
        }
    }

    fn explanation(self) -> &'static str {
        match self {
            Self::Path => "the path is part of a task's identity",
            Self::Providers => "the names of the providers are part of a task's identity",
            Self::Handler => "the code of the handler is part of a task's identity",
        }
    }
}

/// Plans the text as it would be; nothing where it evaluates but cannot be planned.
fn plans_after(
    view: &ProjectView,
    edits: &Replacements,
) -> Result<Option<Vec<WorkflowPlan>>, Refusal> {
    let engine = Engine::new(EngineOptions {
        buffers: Arc::new(files_after(view, edits)),
        ..view.engine_options.clone()
    });
    let interrupt = Arc::new(AtomicBool::new(false));
    match engine.evaluate(&interrupt, &Footprint::default()) {
        Ok(Some(definition)) => Ok(engine.plan_definition(&definition, None).ok()),
        Ok(None) => Ok(None),
        Err(error) => Err(match error.diagnostics().first() {
            Some(problem) => format!(
                "with this name the config would be wrong: {}",
                problem.message
            ),
            None => format!("with this name the config would be wrong: {error}"),
        }),
    }
}

fn files_after(view: &ProjectView, edits: &Replacements) -> Buffers {
    let mut files = Buffers::default();
    for (path, document) in &view.editor.documents {
        files.set(path, Arc::clone(&document.text.content));
    }
    let definition = view.snapshot.definition.as_ref();
    for (path, edits) in edits {
        let module = definition.and_then(|definition| {
            let graph = &definition.graph;
            graph.get(graph.find(path)?)
        });
        let text = match view.document(path) {
            Some(document) => Some(&*document.text.content),
            None => module.map(|module| &*module.text),
        };
        if let Some(text) = text {
            files.set(path, edited(text, edits));
        }
    }
    files
}

/// Replaces stretches of a text that are in its order.
fn edited(text: &str, edits: &[Replacement]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut place = 0;
    for edit in edits {
        let (start, end) = (edit.bytes.start as usize, edit.bytes.end as usize);
        result.push_str(text.get(place..start).unwrap_or_default());
        result.push_str(&edit.text);
        place = end;
    }
    result.push_str(text.get(place..).unwrap_or_default());
    result
}
