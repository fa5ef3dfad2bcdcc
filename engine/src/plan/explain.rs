//! From the cause of a pending task to the reason that people and programs read: what of
//! its identity changed, from what to what.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    reason::{CaptureChange, ProviderAspect, Reason},
    records::Unusable,
    walk::{Cause, Verdict, Walk, age_ms},
};
use crate::{
    definition::{CacheTtl, Task, TaskIndex},
    digest::Digest,
    error::EngineError,
    identity::{Capture, ComponentName, HandlerValue, ProviderValue, UpstreamValue},
    state::{RunId, StateReader, StoredComponent},
};

/// Finds the reasons of several verdicts with one query for all of them.
pub(crate) fn reasons(
    walk: &mut Walk<'_>,
    verdicts: &[(TaskIndex, Verdict)],
    state: Option<&StateReader>,
    now: Timestamp,
) -> Result<Vec<Reason>, EngineError> {
    let differing: Vec<RunId> = verdicts
        .iter()
        .filter_map(|(_, verdict)| match verdict {
            Verdict::Stale(Cause::IdentityDiffers(run)) => Some(run.run_id.clone()),
            _ => None,
        })
        .collect();
    let stored = match state {
        Some(state) if !differing.is_empty() => state.components(&differing)?,
        _ => HashMap::new(),
    };
    Ok(verdicts
        .iter()
        .map(|(index, verdict)| reason(walk, *index, verdict, &stored, now))
        .collect())
}

fn reason(
    walk: &mut Walk<'_>,
    index: TaskIndex,
    verdict: &Verdict,
    stored: &HashMap<RunId, Vec<StoredComponent>>,
    now: Timestamp,
) -> Reason {
    let cause = match verdict {
        Verdict::Reusable(_) => return Reason::Cached,
        Verdict::Conditional { root, .. } => return upstream_pending(walk, *root),
        Verdict::Stale(cause) => cause,
    };
    match cause {
        Cause::NeverRun => Reason::NeverRun,
        Cause::AlwaysRuns => Reason::AlwaysRuns,
        Cause::Behind { root } => upstream_pending(walk, *root),
        Cause::Invalidated(run) => match &run.invalidated {
            Some(invalidation) => Reason::Invalidated {
                by: invalidation.by.to_string(),
                at: invalidation.at,
            },
            None => Reason::FormatChanged,
        },
        Cause::Expired(run) => Reason::Expired {
            ttl: ttl(walk.workflow.task(index)),
            age: age_ms(now, run.created_at),
        },
        Cause::Unusable { why, .. } => unusable(why),
        Cause::IdentityDiffers(run) => {
            let old = stored
                .get(&run.run_id)
                .map(Vec::as_slice)
                .unwrap_or_default();
            identity_changed(walk, index, old)
        }
    }
}

fn ttl(task: &Task) -> std::time::Duration {
    task.options
        .cache_ttl
        .map(CacheTtl::duration)
        .unwrap_or_default()
}

fn upstream_pending(walk: &Walk<'_>, root: TaskIndex) -> Reason {
    Reason::UpstreamPending {
        root: walk.workflow.task(root).path.to_string(),
    }
}

fn unusable(why: &Unusable) -> Reason {
    match why {
        Unusable::OutputInvalid { message } => Reason::OutputInvalid {
            message: message.clone(),
        },
        Unusable::ArtifactGone { reference } => Reason::ArtifactGone {
            reference: reference.clone(),
        },
        Unusable::ChecksChanged { provider } => Reason::ProviderChanged {
            name: provider.clone(),
            what: ProviderAspect::Checks,
        },
        Unusable::CheckUnanswered { provider } => Reason::CheckUnanswered {
            provider: provider.clone(),
        },
    }
}

/// Names the first component that differs, in the order in which a change is told.
fn identity_changed(walk: &mut Walk<'_>, index: TaskIndex, old: &[StoredComponent]) -> Reason {
    let after = walk.workflow.task(index).after;
    let runs = walk.runs_at(after);
    let paths = walk.upstream_values(after);
    let new = walk.identities.components(index, &runs, &paths);
    let find = |components: &[StoredComponent], name: ComponentName| {
        components
            .iter()
            .find(|component| component.name == name.as_str())
            .cloned()
    };
    let changed = |name| {
        let (old, new) = (find(old, name), find(&new, name));
        let differs = old.as_ref().map(|component| component.hash)
            != new.as_ref().map(|component| component.hash);
        differs.then(|| {
            (
                old.and_then(|component| component.value),
                new.and_then(|component| component.value),
            )
        })
    };
    if old.is_empty() || changed(ComponentName::Format).is_some() {
        return Reason::FormatChanged;
    }
    if let Some((old, new)) = changed(ComponentName::Version) {
        return Reason::VersionChanged { old, new };
    }
    if let Some((old, new)) = changed(ComponentName::Handler) {
        return handler_changed(parse(old.as_deref()), parse(new.as_deref()));
    }
    if let Some((old, new)) = changed(ComponentName::Config) {
        return config_changed(parse(old.as_deref()), parse(new.as_deref()));
    }
    if changed(ComponentName::Output).is_some() {
        return Reason::OutputSchemaChanged;
    }
    if let Some((old, new)) = changed(ComponentName::Providers) {
        return provider_changed(parse(old.as_deref()), parse(new.as_deref()));
    }
    match changed(ComponentName::Upstream) {
        Some((old, new)) => upstream_changed(parse(old.as_deref()), parse(new.as_deref())),
        None => Reason::FormatChanged,
    }
}

fn parse<T: DeserializeOwned>(text: Option<&str>) -> Option<T> {
    serde_json::from_str(text?).ok()
}

fn handler_changed(old: Option<HandlerValue>, new: Option<HandlerValue>) -> Reason {
    let (Some(old), Some(new)) = (old, new) else {
        return Reason::HandlerChanged {
            captures: Vec::new(),
            body: true,
        };
    };
    Reason::HandlerChanged {
        captures: capture_changes(&old.captures, &new.captures),
        body: old.body != new.body,
    }
}

fn capture_changes(old: &[Capture], new: &[Capture]) -> Vec<CaptureChange> {
    let by_name = |captures: &[Capture]| -> BTreeMap<String, Capture> {
        captures
            .iter()
            .map(|capture| (capture.name.clone(), capture.clone()))
            .collect()
    };
    let (old, new) = (by_name(old), by_name(new));
    let names = old
        .keys()
        .chain(new.keys().filter(|name| !old.contains_key(*name)));
    let changed: Vec<(Option<&Capture>, Option<&Capture>)> = names
        .map(|name| (old.get(name), new.get(name)))
        .filter(|(old, new)| old.map(|one| one.fingerprint) != new.map(|one| one.fingerprint))
        .collect();
    // Of a value and the functions in it, the functions say more.
    let holds_functions = |(old, new): &(Option<&Capture>, Option<&Capture>)| {
        new.or(*old).is_some_and(|one| one.holds_functions)
    };
    let says_less = !changed.iter().all(holds_functions);
    changed
        .into_iter()
        .filter(|change| !(says_less && holds_functions(change)))
        .filter_map(|(old, new)| capture_change(old, new))
        .collect()
}

fn capture_change(old: Option<&Capture>, new: Option<&Capture>) -> Option<CaptureChange> {
    let known = new.or(old)?;
    Some(CaptureChange {
        name: known.name.clone(),
        old: old.map(printable),
        new: new.map(printable),
        place: known.place.clone(),
    })
}

fn printable(capture: &Capture) -> String {
    capture
        .value
        .clone()
        .unwrap_or_else(|| short(capture.fingerprint))
}

/// Gives enough of a digest to tell two apart.
pub(crate) fn short(digest: Digest) -> String {
    digest.to_string().chars().take(8).collect()
}

fn config_changed(old: Option<Value>, new: Option<Value>) -> Reason {
    let old = old.unwrap_or(Value::Null);
    let new = new.unwrap_or(Value::Null);
    let (path, old, new) = first_difference("", Some(&old), Some(&new)).unwrap_or_default();
    Reason::ConfigChanged { path, old, new }
}

type Difference = (String, Option<Value>, Option<Value>);

fn first_difference(path: &str, old: Option<&Value>, new: Option<&Value>) -> Option<Difference> {
    match (old, new) {
        (old, new) if old == new => None,
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let keys = old
                .keys()
                .chain(new.keys().filter(|key| !old.contains_key(*key)));
            keys.into_iter().find_map(|key| {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                first_difference(&path, old.get(key), new.get(key))
            })
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if old.len() == new.len() => {
            (0..old.len()).find_map(|index| {
                first_difference(&format!("{path}[{index}]"), old.get(index), new.get(index))
            })
        }
        (old, new) => Some((path.to_owned(), old.cloned(), new.cloned())),
    }
}

fn provider_changed(old: Option<Vec<ProviderValue>>, new: Option<Vec<ProviderValue>>) -> Reason {
    let by_name = |providers: Option<Vec<ProviderValue>>| -> BTreeMap<String, ProviderValue> {
        let providers = providers.unwrap_or_default();
        providers
            .into_iter()
            .map(|provider| (provider.name.clone(), provider))
            .collect()
    };
    let (old, new) = (by_name(old), by_name(new));
    let names = old.keys().chain(new.keys());
    let change = names.into_iter().find_map(|name| {
        let what = match (old.get(name), new.get(name)) {
            (Some(_), None) => ProviderAspect::Removed,
            (None, Some(_)) => ProviderAspect::Added,
            (Some(old), Some(new)) if old.id != new.id => ProviderAspect::Id,
            (Some(old), Some(new)) if old.config != new.config => ProviderAspect::Config,
            (Some(old), Some(new)) if old.plugin != new.plugin => ProviderAspect::Plugin,
            _ => return None,
        };
        Some(Reason::ProviderChanged {
            name: name.clone(),
            what,
        })
    });
    change.unwrap_or(Reason::FormatChanged)
}

fn upstream_changed(old: Option<Vec<UpstreamValue>>, new: Option<Vec<UpstreamValue>>) -> Reason {
    let old = old.unwrap_or_default();
    let new = new.unwrap_or_default();
    let changed = new.iter().filter(|value| !old.contains(value));
    let gone = old
        .iter()
        .filter(|value| new.iter().all(|other| other.path != value.path));
    let mut paths: Vec<String> = changed
        .chain(gone)
        .map(|value| value.path.clone())
        .collect();
    paths.dedup();
    Reason::UpstreamChanged { paths }
}
