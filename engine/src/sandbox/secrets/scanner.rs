//! A search for secrets in a text that arrives in pieces, in time that is linear in the text and
//! with memory for no more than the longest secret.

use std::sync::Arc;

use smallvec::{SmallVec, smallvec};

use super::{
    decoder::Decoder,
    patterns::Patterns,
    sight::Sight,
    unit::{Found, Unit},
};

/// Searches a text for secrets: as it is, and as what it says to whoever undoes the ways in
/// which it is written.
pub(super) struct Scanner {
    patterns: Arc<Patterns>,
    position: usize,
    plain: Sight,
    /// The other ways to read it, from the first escape on.
    layers: Vec<Layer>,
    awake_layers: usize,
    found: Vec<Found>,
    /// Where the last of what was found ends.
    found_end: usize,
}

/// One way to read a text, by what undoes how it is written. It does nothing as long as the text
/// reads as it is written.
struct Layer {
    decoders: SmallVec<[Decoder; 3]>,
    sight: Option<Sight>,
}

impl Scanner {
    /// Prepares to search a text whose first byte has that position.
    pub(super) fn new(patterns: Arc<Patterns>, position: usize) -> Self {
        Self {
            position,
            plain: Sight::new(&patterns),
            layers: Vec::new(),
            awake_layers: 0,
            found: Vec::new(),
            found_end: 0,
            patterns,
        }
    }

    /// Returns whether it looks for this.
    pub(super) fn looks_for(&self, patterns: &Arc<Patterns>) -> bool {
        Arc::ptr_eq(&self.patterns, patterns)
    }

    /// Reads the next piece of the text.
    pub(super) fn read(&mut self, piece: &str) {
        for byte in piece.bytes() {
            let unit = Unit {
                byte,
                start: self.position,
                end: self.position + 1,
            };
            self.position += 1;
            let is_layered = self.awake_layers > 0 || begins_escape(byte);
            if is_layered {
                self.read_layers(unit);
            }
            self.plain.read(&self.patterns, unit, &mut self.found);
            if is_layered {
                self.rest_layers();
            }
        }
    }

    fn read_layers(&mut self, unit: Unit) {
        if self.layers.is_empty() {
            self.layers = layers(&self.patterns);
        }
        for layer in &mut self.layers {
            layer.read(&self.patterns, unit, &self.plain, &mut self.found);
        }
    }

    /// Ends the readings that go on like the text itself.
    fn rest_layers(&mut self) {
        self.awake_layers = 0;
        for layer in &mut self.layers {
            layer.rest(&self.plain, &self.patterns);
            self.awake_layers += usize::from(layer.sight.is_some());
        }
    }

    /// Takes the end of the text for what it is.
    pub(super) fn finish(&mut self) {
        for layer in &mut self.layers {
            layer.finish(&self.patterns, &mut self.found);
        }
        self.plain.finish(&mut self.found);
    }

    /// Takes what was found since it was asked last.
    pub(super) fn take_found(&mut self) -> Vec<Found> {
        let ends = self.found.iter().map(|found| found.range.end);
        self.found_end = ends.max().unwrap_or_default().max(self.found_end);
        std::mem::take(&mut self.found)
    }

    /// Returns where that begins of which only more text can say whether it is a secret.
    pub(super) fn undecided(&self) -> usize {
        let layers = self.layers.iter();
        let starts = layers.filter_map(|layer| layer.unfinished(&self.patterns, self.found_end));
        let starts = starts.chain(self.plain.unfinished(&self.patterns, self.found_end));
        starts.min().unwrap_or(self.position)
    }
}

/// Recognises a byte with which something is written that reads differently.
fn begins_escape(byte: u8) -> bool {
    matches!(byte, b'\\' | b'%' | b'+' | 0x1b)
}

/// Lists the ways to read a text, from the outside in.
fn layers(patterns: &Patterns) -> Vec<Layer> {
    let mut ways: Vec<SmallVec<[Decoder; 3]>> = vec![
        smallvec![Decoder::backslashes()],
        smallvec![Decoder::backslashes(), Decoder::backslashes()],
        smallvec![
            Decoder::backslashes(),
            Decoder::backslashes(),
            Decoder::backslashes()
        ],
        smallvec![Decoder::percents()],
        smallvec![Decoder::percents(), Decoder::percents()],
        smallvec![Decoder::percents(), Decoder::backslashes()],
        smallvec![Decoder::sequences()],
    ];
    if patterns.has_blank {
        ways.push(smallvec![Decoder::form()]);
        ways.push(smallvec![Decoder::form(), Decoder::backslashes()]);
    }
    ways.into_iter()
        .map(|decoders| Layer {
            decoders,
            sight: None,
        })
        .collect()
}

impl Layer {
    fn read(&mut self, patterns: &Patterns, unit: Unit, plain: &Sight, found: &mut Vec<Found>) {
        let outermost = self.decoders.first();
        if self.sight.is_none() && outermost.is_some_and(|one| one.begins_with(unit.byte)) {
            self.sight = Some(plain.clone());
        }
        let Some(sight) = &mut self.sight else {
            return;
        };
        pass(&mut self.decoders, unit, &mut |unit| {
            sight.read(patterns, unit, found);
        });
    }

    fn rest(&mut self, plain: &Sight, patterns: &Patterns) {
        let is_over = |sight: &mut Sight| {
            sight.goes_on_like(plain, patterns) && self.decoders.iter().all(Decoder::is_idle)
        };
        self.sight.take_if(is_over);
    }

    fn finish(&mut self, patterns: &Patterns, found: &mut Vec<Found>) {
        let Some(sight) = &mut self.sight else {
            return;
        };
        let mut decoders = self.decoders.as_mut_slice();
        while let Some((outer, inner)) = decoders.split_first_mut() {
            for unit in outer.finish() {
                pass(inner, unit, &mut |unit| sight.read(patterns, unit, found));
            }
            decoders = inner;
        }
        sight.finish(found);
    }

    fn unfinished(&self, patterns: &Patterns, found_end: usize) -> Option<usize> {
        let sight = self.sight.as_ref()?;
        let escape = patterns.begins_escaped.then(|| {
            let escapes = self.decoders.iter().filter_map(Decoder::unfinished);
            escapes.min()
        });
        sight
            .unfinished(patterns, found_end)
            .into_iter()
            .chain(escape.flatten())
            .min()
    }
}

/// Passes a byte through decoders, each of which reads what the one before it makes of it.
fn pass(decoders: &mut [Decoder], unit: Unit, read: &mut impl FnMut(Unit)) {
    match decoders.split_first_mut() {
        None => read(unit),
        Some((outer, inner)) if outer.passes(unit.byte) => pass(inner, unit, read),
        Some((outer, inner)) => {
            for unit in outer.read(unit) {
                pass(inner, unit, read);
            }
        }
    }
}
