//! What is doubtful of tasks: what of them nobody can see change.

use std::collections::BTreeSet;

use super::{
    model::{Definition, Task, Workflow},
    provider::ProviderIndex,
    schema::OutputSchema,
};
use crate::diagnostic::Diagnostic;

/// Lists what cannot be seen of the tasks whose authors do not say themselves when they change.
pub(super) fn warnings(definition: &Definition) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    let mut providers = BTreeSet::new();
    let mut has_tasks = false;
    for workflow in &definition.workflows {
        let tasks = workflow.tasks.iter();
        for task in tasks.filter(|task| task.options.version.is_none()) {
            has_tasks = true;
            warnings.append(&mut warnings_of_task(definition, task));
            add_providers(workflow, task, &mut providers);
        }
    }
    if has_tasks {
        warnings.extend_from_slice(&definition.fingerprints.shared_warnings);
    }
    let of_providers = providers
        .into_iter()
        .flat_map(|(index, name)| of_provider(definition, index, name));
    warnings.extend(of_providers);
    warnings
}

/// Lists what cannot be seen of a task, nothing where its author says when it changes.
pub(super) fn warnings_of_task(definition: &Definition, task: &Task) -> Vec<Diagnostic> {
    if task.options.version.is_some() {
        return Vec::new();
    }
    let (graph, fingerprints) = (&definition.graph, &definition.fingerprints);
    let place = || task.place.range(graph);
    let mut warnings = fingerprints.warnings(task.handler.fingerprint, "handler", place);
    if let Some(OutputSchema::Code { fingerprint, .. }) = &task.options.output {
        let place = || task.place.property(graph, &["output"]);
        warnings.append(&mut fingerprints.warnings(*fingerprint, "output", place));
    }
    warnings
}

fn add_providers<'w>(
    workflow: &'w Workflow,
    task: &Task,
    providers: &mut BTreeSet<(ProviderIndex, &'w str)>,
) {
    let in_scope = &workflow.scope(task.scope).providers;
    providers.extend(in_scope.iter().map(|(name, index)| (*index, &**name)));
}

fn of_provider(definition: &Definition, index: ProviderIndex, name: &str) -> Vec<Diagnostic> {
    let provider = definition.provider(index);
    let place = || provider.place.range(&definition.graph);
    definition
        .fingerprints
        .warnings(provider.plugin, name, place)
}
