//! All that is looked for in one text: secrets as they are, quoted, encoded, and alone.

use super::{
    alone::Alone,
    automaton::Automaton,
    encoded::{Base64, Hex},
    patterns::{Patterns, is_quote},
    track::Track,
    unit::{Found, Unit},
};

/// The searches in one text.
#[derive(Clone)]
pub(super) struct Sight {
    anywhere: Option<Anywhere>,
    unquoted: Option<Unquoted>,
    alone: Option<Alone>,
}

/// The searches for texts that are found wherever they stand.
#[derive(Clone)]
struct Anywhere {
    plain: Track,
    base64: Base64,
    hex: Hex,
}

/// The search for texts without quotes and backslashes.
#[derive(Clone)]
struct Unquoted(Track);

impl Sight {
    pub(super) fn new(patterns: &Patterns) -> Self {
        Self {
            anywhere: patterns.anywhere.as_ref().map(Anywhere::new),
            unquoted: patterns
                .unquoted
                .as_ref()
                .map(|automaton| Unquoted(Track::new(automaton))),
            alone: patterns.alone.as_ref().map(Alone::new),
        }
    }

    /// Reads one byte and adds what is found with it.
    pub(super) fn read(&mut self, patterns: &Patterns, unit: Unit, found: &mut Vec<Found>) {
        if let Some((search, automaton)) = self.anywhere.as_mut().zip(patterns.anywhere.as_ref()) {
            found.extend(search.plain.read(automaton, unit));
            search.base64.read(automaton, unit, found);
            search.hex.read(automaton, unit, found);
        }
        if let Some((search, automaton)) = self.unquoted.as_mut().zip(patterns.unquoted.as_ref()) {
            search.read(automaton, unit, found);
        }
        if let Some((search, automaton)) = self.alone.as_mut().zip(patterns.alone.as_ref()) {
            search.read(automaton, unit, found);
        }
    }

    /// Decides about what is open at the end of the text.
    pub(super) fn finish(&mut self, found: &mut Vec<Found>) {
        if let Some(alone) = &mut self.alone {
            alone.finish(found);
        }
    }

    /// Returns whether it finds from now on what another one finds.
    pub(super) fn goes_on_like(&self, other: &Self, patterns: &Patterns) -> bool {
        let anywhere = self.anywhere.as_ref().zip(other.anywhere.as_ref());
        let anywhere = anywhere.zip(patterns.anywhere.as_ref());
        let unquoted = self.unquoted.as_ref().zip(other.unquoted.as_ref());
        let unquoted = unquoted.zip(patterns.unquoted.as_ref());
        let alone = self.alone.as_ref().zip(other.alone.as_ref());
        let alone = alone.zip(patterns.alone.as_ref());
        anywhere.is_none_or(|((one, other), automaton)| one.goes_on_like(other, automaton))
            && unquoted.is_none_or(|((one, other), automaton)| {
                one.0.is_idle(automaton) && other.0.is_idle(automaton)
            })
            && alone.is_none_or(|((one, other), automaton)| one.goes_on_like(other, automaton))
    }

    /// Returns where something begins that may be a secret, after what was found up to a place.
    pub(super) fn unfinished(&self, patterns: &Patterns, found_end: usize) -> Option<usize> {
        let anywhere = self.anywhere.as_ref().zip(patterns.anywhere.as_ref());
        let unquoted = self.unquoted.as_ref().zip(patterns.unquoted.as_ref());
        let alone = self.alone.as_ref().zip(patterns.alone.as_ref());
        let starts = [
            anywhere.and_then(|(search, automaton)| search.unfinished(automaton, found_end)),
            unquoted.and_then(|(search, automaton)| Some(search.0.unfinished(automaton)?.1)),
            alone.and_then(|(search, automaton)| search.unfinished(automaton)),
        ];
        starts.into_iter().flatten().min()
    }
}

impl Anywhere {
    fn new(automaton: &Automaton) -> Self {
        Self {
            plain: Track::new(automaton),
            base64: Base64::base64(automaton),
            hex: Hex::hex(automaton),
        }
    }

    fn goes_on_like(&self, other: &Self, automaton: &Automaton) -> bool {
        self.plain.is_idle(automaton)
            && other.plain.is_idle(automaton)
            && self.base64.goes_on_like(&other.base64, automaton)
            && self.hex.goes_on_like(&other.hex, automaton)
    }

    fn unfinished(&self, automaton: &Automaton, found_end: usize) -> Option<usize> {
        let plain = self.plain.unfinished(automaton).map(|(_, start)| start);
        let starts = [
            plain,
            self.base64.unfinished(automaton, found_end),
            self.hex.unfinished(automaton, found_end),
        ];
        starts.into_iter().flatten().min()
    }
}

impl Unquoted {
    fn read(&mut self, automaton: &Automaton, unit: Unit, found: &mut Vec<Found>) {
        if is_quote(char::from(unit.byte)) {
            return;
        }
        self.0.read_all(automaton, unit, |text, one| {
            // What has no quote where the secret has one is another text.
            if one.range.len() >= text.least {
                found.push(one);
            }
        });
    }
}
