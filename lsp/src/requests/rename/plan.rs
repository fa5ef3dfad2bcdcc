//! What is renamed, and everywhere it is named.

use std::collections::HashSet;

use super::Refusal;
use crate::symbols::{Occurrence, ProjectNames, Role, Symbol};

/// Is what is to be renamed.
pub(super) struct RenamePlan {
    /// What is at the position.
    pub(super) occurrence: Occurrence,
    /// All that has to be renamed together: what one place names in several ways.
    pub(super) symbols: Vec<Symbol>,
    /// The places that name it, but for the targets of `invalidate`.
    pub(super) places: Vec<Occurrence>,
}

impl RenamePlan {
    /// Finds out what is to be renamed.
    pub(super) fn new(names: &ProjectNames<'_>, occurrence: Occurrence) -> Result<Self, Refusal> {
        let mut places = names.search(&occurrence.name, None);
        places.retain(|place| place.role != Role::Target);
        let symbols = connected(&occurrence.symbols, &places);
        check_written(names, &symbols, &occurrence.name)?;
        places.retain(|place| place.names_one_of(&symbols));
        Ok(Self {
            occurrence,
            symbols,
            places,
        })
    }
}

/// Refuses what gets its name from something else than a text.
pub(super) fn check_written(
    names: &ProjectNames<'_>,
    symbols: &[Symbol],
    name: &str,
) -> Result<(), Refusal> {
    let mut symbols = symbols.iter();
    if symbols.all(|symbol| names.is_named_plainly(symbol, name)) {
        return Ok(());
    }
    Err(format!(
        "`{name}` cannot be renamed: where it gets its name, that is not written as a plain text"
    ))
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
