//! What is renamed, and everywhere it is named.

use std::collections::HashSet;

use super::Refusal;
use crate::symbols::{Occurrence, ProjectNames, Role, Symbol};

/// Is what is to be renamed.
pub(super) struct RenamePlan {
    /// What is at the position.
    pub(super) named: Occurrence,
    /// All that has to be renamed together: what one place names in several ways.
    pub(super) symbols: Vec<Symbol>,
    /// The places that name it, but for the targets of `invalidate`.
    pub(super) places: Vec<Occurrence>,
}

impl RenamePlan {
    /// Finds out what is to be renamed.
    pub(super) fn new(names: &ProjectNames<'_>, named: Occurrence) -> Result<Self, Refusal> {
        let mut places = names.search(&named.name, None);
        places.retain(|place| place.role != Role::Target);
        let symbols = connected(&named.symbols, &places);
        places.retain(|place| place.names_one_of(&symbols));
        let is_written = |symbol| {
            places
                .iter()
                .any(|place| place.role == Role::Definition && place.symbols.contains(symbol))
        };
        if symbols.iter().all(is_written) {
            return Ok(Self {
                named,
                symbols,
                places,
            });
        }
        Err(format!(
            "`{}` cannot be renamed: where it gets its name, that is not written as a plain text",
            named.name
        ))
    }
}

/// Adds what has to have the same name: a place that reads what one of two tasks makes ties them.
fn connected(symbols: &[Symbol], places: &[Occurrence]) -> Vec<Symbol> {
    let mut found: Vec<Symbol> = symbols.to_vec();
    let mut seen: HashSet<Symbol> = found.iter().cloned().collect();
    loop {
        let before = found.len();
        for place in places {
            if place.symbols.iter().any(|symbol| seen.contains(symbol)) {
                let new = place
                    .symbols
                    .iter()
                    .filter(|symbol| seen.insert((*symbol).clone()));
                found.extend(new.cloned().collect::<Vec<_>>());
            }
        }
        if found.len() == before {
            return found;
        }
    }
}
