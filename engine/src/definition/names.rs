//! Names that have a meaning of their own, and the nearest of several names.

/// Lists the names that a provider cannot have, because handlers receive something else
/// under them.
pub const RESERVED_PROVIDER_NAMES: &[&str] = &["ctx", "runtime", "providers", "step", "config"];

/// Lists the ids that an operation of a config cannot have, because the command line uses
/// them.
pub const RESERVED_OPERATION_IDS: &[&str] = &[
    "apply",
    "completion",
    "create",
    "doctor",
    "fork",
    "help",
    "init",
    "ls",
    "plan",
    "projects",
    "remove",
    "run",
    "version",
];

/// Finds the name that a person most likely meant.
#[must_use]
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| {
            (
                strsim::damerau_levenshtein(&wanted.to_lowercase(), &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, name)| {
            *distance <= wanted.chars().count().max(name.chars().count()).div_ceil(3)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Sorts names so that those a person most likely meant come first.
pub fn by_nearness(wanted: &str, known: &mut [String]) {
    let wanted = wanted.to_lowercase();
    known.sort_by_cached_key(|name| strsim::damerau_levenshtein(&wanted, &name.to_lowercase()));
}
