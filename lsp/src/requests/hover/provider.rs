//! What is said of a provider: whose code it is, and who sees it.

use std::collections::BTreeMap;

use rigkit_engine::definition::{ProviderDefinition, ProviderIndex, ProviderOrigin, Workflow};

use crate::{
    handlers::Sight,
    markdown::{Markdown, code, markdown},
    view::ProjectView,
};

/// Describes the providers of a name, as some handlers or all see it.
pub(super) fn text(view: &ProjectView, name: &str, sights: &[Sight<'_>]) -> Option<Markdown> {
    let definition = view.snapshot.definition.as_ref()?;
    let seen: Vec<ProviderIndex> = sights
        .iter()
        .filter_map(|sight| sight.scope?.providers.get(name).copied())
        .collect();
    let users = users(&definition.workflows, name)
        .into_iter()
        .filter(|(provider, _)| seen.is_empty() || seen.contains(provider));
    let texts: Vec<Markdown> = users
        .map(|(provider, users)| {
            let origin = origin(definition.provider(provider));
            let users = Markdown::join(&users, "\n");
            markdown!["provider ", code(name), " ", origin, "\n\n", users]
        })
        .collect();
    (!texts.is_empty()).then(|| Markdown::join(&texts, "\n\n"))
}

fn origin(provider: &ProviderDefinition) -> Markdown {
    let id = code(&provider.provider_id);
    match provider.origin {
        ProviderOrigin::BuiltIn => markdown!["with the id ", id, ", built into `rig`"],
        ProviderOrigin::Project => markdown!["with the id ", id],
    }
}

/// Says for each provider of a name how many tasks see it.
fn users(workflows: &[Workflow], name: &str) -> BTreeMap<ProviderIndex, Vec<Markdown>> {
    let mut users: BTreeMap<ProviderIndex, Vec<Markdown>> = BTreeMap::new();
    for workflow in workflows {
        for (provider, tasks) in users_in(workflow, name) {
            let count = match tasks {
                0 => "no task".to_owned(),
                1 => "1 task".to_owned(),
                tasks => format!("{tasks} tasks"),
            };
            let line = markdown!["- in scope of ", count, " of ", code(&workflow.name)];
            users.entry(provider).or_default().push(line);
        }
    }
    users
}

fn users_in(workflow: &Workflow, name: &str) -> BTreeMap<ProviderIndex, usize> {
    let in_scopes = workflow.scopes.iter();
    let in_scopes = in_scopes.filter_map(|scope| scope.providers.get(name));
    let mut users: BTreeMap<ProviderIndex, usize> =
        in_scopes.map(|provider| (*provider, 0)).collect();
    let of_tasks = workflow.tasks.iter();
    let of_tasks = of_tasks.filter_map(|task| workflow.scope(task.scope).providers.get(name));
    for provider in of_tasks {
        *users.entry(*provider).or_default() += 1;
    }
    users
}
