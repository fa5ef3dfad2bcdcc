//! Reasons in words: one phrase each, and the old and new values where there are some.

use crate::plan::{CaptureChange, ProviderAspect, Reason};
use std::fmt;

use jiff::Timestamp;
use serde_json::Value;

use super::time::{age, age_of, span};

/// Is one value that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What changed.
    pub name: String,
    /// What it was; absent where it is new.
    pub old: Option<String>,
    /// What it is; absent where it is gone.
    pub new: Option<String>,
    /// Where the code is that changed.
    pub place: Option<String>,
}

impl Change {
    /// Says what became of code, whose digests tell nobody anything.
    #[must_use]
    pub fn code_fate(&self) -> Option<&'static str> {
        self.place.as_ref()?;
        Some(match (&self.old, &self.new) {
            (None, _) => "is new",
            (_, None) => "is gone",
            _ => "changed",
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            old,
            new,
            place,
        } = self;
        if let (Some(fate), Some(place)) = (self.code_fate(), place) {
            return write!(formatter, "{name} {fate} ({place})");
        }
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
        write!(formatter, "{name}: {} → {}", value(old), value(new))
    }
}

/// Says why in one phrase.
#[must_use]
pub fn phrase(reason: &Reason, now: Timestamp) -> String {
    match reason {
        Reason::Cached => "cached".to_owned(),
        Reason::NeverRun => "never ran".to_owned(),
        Reason::Invalidated { by, at } => format!("invalidated by {by} {} ago", age(*at, now)),
        Reason::HandlerChanged { captures, body } => handler_changed(captures, *body),
        Reason::VersionChanged { .. } => "the version changed".to_owned(),
        Reason::ConfigChanged { .. } => "the configuration changed".to_owned(),
        Reason::OutputSchemaChanged => "the output schema changed".to_owned(),
        Reason::ProviderChanged { name, what } => provider_changed(name, *what),
        Reason::UpstreamPending { root } => format!("`{root}` has to run first"),
        Reason::UpstreamChanged { paths } => upstream_changed(paths),
        Reason::Expired { ttl, age } => match u64::try_from(*age) {
            Ok(age) => format!("expired: kept for {}, made {} ago", span(*ttl), age_of(age)),
            Err(_) => "expired: it was made in the future, so the clock went backwards".to_owned(),
        },
        Reason::AlwaysRuns => "checks each time".to_owned(),
        Reason::OutputInvalid { message } => {
            format!("the stored output no longer fits the schema: {message}")
        }
        Reason::ArtifactGone { reference } => artifact_gone(reference),
        Reason::CheckUnanswered { provider } => {
            format!("the provider `{provider}` gave no answer in time")
        }
        Reason::FormatChanged => {
            "this version of rig tells changes apart in another way".to_owned()
        }
    }
}

/// Lists the values that changed.
#[must_use]
pub fn changes(reason: &Reason) -> Vec<Change> {
    match reason {
        Reason::HandlerChanged { captures, .. } => captures.iter().map(captured).collect(),
        Reason::VersionChanged { old, new } => vec![Change {
            name: "version".to_owned(),
            old: old.clone(),
            new: new.clone(),
            place: None,
        }],
        Reason::ConfigChanged { path, old, new } => vec![Change {
            name: path.clone(),
            old: old.as_ref().map(Value::to_string),
            new: new.as_ref().map(Value::to_string),
            place: None,
        }],
        _ => Vec::new(),
    }
}

fn captured(change: &CaptureChange) -> Change {
    Change {
        name: change.name.clone(),
        old: change.old.clone(),
        new: change.new.clone(),
        place: change.place.as_ref().map(ToString::to_string),
    }
}

fn handler_changed(captures: &[CaptureChange], body: bool) -> String {
    match (body, captures) {
        (true, _) | (false, []) => "the handler changed".to_owned(),
        (false, [_]) => "something the handler uses changed".to_owned(),
        (false, several) => format!("{} things the handler uses changed", several.len()),
    }
}

fn provider_changed(name: &str, what: ProviderAspect) -> String {
    match what {
        ProviderAspect::Added => format!("the provider `{name}` was added"),
        ProviderAspect::Removed => format!("the provider `{name}` was removed"),
        ProviderAspect::Id => format!("`{name}` is another provider now"),
        ProviderAspect::Config => format!("the configuration of the provider `{name}` changed"),
        ProviderAspect::Plugin => format!("the code of the provider `{name}` changed"),
        ProviderAspect::Checks => {
            format!("the checks of the provider `{name}` find something else")
        }
    }
}

fn upstream_changed(paths: &[String]) -> String {
    match paths {
        [] => "a task before it ran again".to_owned(),
        [path] => format!("`{path}` ran again"),
        [rest @ .., last] => {
            let rest: Vec<String> = rest.iter().map(|path| format!("`{path}`")).collect();
            format!("{} and `{last}` ran again", rest.join(", "))
        }
    }
}

fn artifact_gone(reference: &Value) -> String {
    let text = |key: &str| reference.get(key).and_then(Value::as_str);
    match (text("kind"), text("provider")) {
        (Some(kind), Some(provider)) => format!("the {kind} that `{provider}` made is gone"),
        _ => "something it made is gone".to_owned(),
    }
}

#[cfg(test)]
#[path = "reason_tests.rs"]
mod tests;
