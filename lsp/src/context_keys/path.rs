//! Reading a path such as `step.ctx.repo.branch`: whose context is meant, and which keys it has.

use serde_json::{Map, Value};

use super::{ContextKey, Origin, keys_below};
use crate::{
    handlers::{HandlerKind, HandlerPlace, ProjectFiles, Sight, Value as Named, WrittenMembers},
    view::ProjectView,
};

/// Is a path into a context, such as `step.ctx.repo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ContextPath {
    owner: Owner,
    keys: Vec<String>,
}

/// Says whose context is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// The step of a task.
    Step,
    /// The workflow, for handlers that come after all tasks.
    Workflow,
    /// Whichever of both the handler is given.
    Run,
    /// The workspace.
    Workspace,
}

impl Owner {
    fn named(name: &str) -> Option<Self> {
        match name {
            "step" => Some(Self::Step),
            "workflow" => Some(Self::Workflow),
            "workspace" => Some(Self::Workspace),
            _ => None,
        }
    }

    /// Says whether a handler is given such a context.
    fn is_given_to(self, kind: HandlerKind) -> bool {
        match kind {
            HandlerKind::Task => matches!(self, Self::Step | Self::Run),
            HandlerKind::Workspace => self != Self::Step,
            HandlerKind::Operation => false,
            HandlerKind::Helper => true,
        }
    }
}

impl ContextPath {
    /// Reads a chain of names; nothing where it leads to no context. In what is no handler, or
    /// does not parse, the names have to tell.
    pub(crate) fn of_names(place: &HandlerPlace<'_, '_>, names: &[&str]) -> Option<Self> {
        let read = place.reader().and_then(|reader| reader.path(names));
        match read {
            Some(value) => Self::of_value(value),
            None => Self::by_convention(names).filter(|_| place.is_doubtful()),
        }
    }

    /// Takes up what an expression in a handler stands for; nothing where that is no context.
    pub(crate) fn of_value(value: Named) -> Option<Self> {
        let (owner, keys) = match value {
            Named::Context(keys) => (Owner::Run, keys),
            Named::WorkspaceContext(keys) => (Owner::Workspace, keys),
            _ => return None,
        };
        Some(Self { owner, keys })
    }

    /// Leaves out the last key.
    pub(crate) fn split_last(mut self) -> Option<(Self, String)> {
        let last = self.keys.pop()?;
        Some((self, last))
    }

    /// Takes up the names under which a parameter is taken apart.
    pub(crate) fn of_parameter(names: &[&str]) -> Option<Self> {
        Self::by_convention(names).filter(|_| names.get(1) == Some(&"ctx"))
    }

    fn by_convention(owners: &[&str]) -> Option<Self> {
        let context = owners
            .windows(2)
            .position(|pair| pair[1] == "ctx" && Owner::named(pair[0]).is_some())?;
        Some(Self {
            owner: Owner::named(owners[context])?,
            keys: owners[context + 2..]
                .iter()
                .map(|key| (*key).to_owned())
                .collect(),
        })
    }

    /// Lists the keys that the path leads to in each of some handlers.
    pub(crate) fn keys<'s>(
        &self,
        view: &ProjectView,
        sights: &[Sight<'s>],
    ) -> Vec<(Sight<'s>, ContextKey)> {
        let sights = sights
            .iter()
            .filter(|sight| self.owner.is_given_to(sight.kind));
        let keys = sights.flat_map(|sight| {
            let keys = match self.owner {
                Owner::Step | Owner::Workflow | Owner::Run => {
                    keys_below(view, sight.workflow, sight.point, &self.keys)
                }
                Owner::Workspace => self.workspace_keys(view, sight),
            };
            keys.into_iter().map(|key| (*sight, key))
        });
        keys.collect()
    }

    /// Lists the keys that existing workspaces have, the newest workspace first.
    fn workspace_keys(&self, view: &ProjectView, sight: &Sight<'_>) -> Vec<ContextKey> {
        let workspaces = view.snapshot.workspaces.iter().enumerate();
        let mut workspaces: Vec<_> = workspaces
            .filter(|(_, workspace)| *workspace.workflow == *sight.workflow.name)
            .collect();
        workspaces.sort_by_key(|(_, workspace)| std::cmp::Reverse(workspace.updated_at));
        let mut keys: Vec<ContextKey> = Vec::new();
        for (index, workspace) in workspaces {
            for (name, value) in members_below(&workspace.ctx, &self.keys)
                .into_iter()
                .flatten()
            {
                if keys.iter().all(|key| key.name != *name) {
                    keys.push(ContextKey {
                        name: name.clone(),
                        value: Some(value.clone()),
                        origin: Some(Origin::Workspace(index)),
                        distance: 0,
                        written: WrittenMembers::default(),
                    });
                }
            }
        }
        for (name, written) in written_workspace(view, sight, &self.keys).0 {
            if keys.iter().all(|key| key.name != name) {
                keys.push(ContextKey {
                    name,
                    value: None,
                    origin: None,
                    distance: 1,
                    written,
                });
            }
        }
        keys
    }
}

/// Reads what the next workspace will have, below a path of keys, off the code that makes it.
fn written_workspace(view: &ProjectView, sight: &Sight<'_>, path: &[String]) -> WrittenMembers {
    let (Some(files), Some(workspace)) = (ProjectFiles::new(view), &sight.workflow.workspace)
    else {
        return WrittenMembers::default();
    };
    let read = files.read_code(&[workspace.create], |_, _, tree, function| {
        WrittenMembers::returned(tree, function)
    });
    let whole = read.into_iter().flatten().next().unwrap_or_default();
    let below = path.iter().try_fold(whole, |members, key| {
        let mut members = members.0.into_iter();
        members
            .find(|(name, _)| name == key)
            .map(|(_, below)| below)
    });
    below.unwrap_or_default()
}

fn members_below<'v>(
    members: &'v Map<String, Value>,
    path: &[String],
) -> Option<&'v Map<String, Value>> {
    path.iter()
        .try_fold(members, |members, key| members.get(key)?.as_object())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(owners: &[&str], expected: Option<(Owner, &[&str])>) {
        let read = ContextPath::by_convention(owners);
        let expected = expected.map(|(owner, keys)| ContextPath {
            owner,
            keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        });
        assert_eq!(read, expected, "{owners:?}");
    }

    #[test]
    fn a_context_belongs_to_somebody() {
        check(&["step", "ctx"], Some((Owner::Step, &[])));
        check(
            &["args", "workflow", "ctx", "a"],
            Some((Owner::Workflow, &["a"])),
        );
        check(&["workspace", "ctx"], Some((Owner::Workspace, &[])));
        check(
            &["step", "ctx", "step", "ctx"],
            Some((Owner::Step, &["step", "ctx"])),
        );
        check(&["ctx"], None);
        check(&["other", "ctx"], None);
        check(&[], None);
    }
}
