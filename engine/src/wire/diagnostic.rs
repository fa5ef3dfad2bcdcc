//! Problems of a definition, and what its code threw.

use serde::{Deserialize, Serialize};

use super::{Malformed, WireRange, decode_all};
use crate::{
    diagnostic::{Diagnostic, DiagnosticCode, RelatedPlace, Severity},
    error_cause::{CauseRelation, ErrorCause},
    modules::ModuleGraph,
    sandbox::{Frame, Thrown},
};

/// A problem of a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WireDiagnostic {
    code: DiagnosticCode,
    severity: Severity,
    message: String,
    range: Option<WireRange>,
    related: Vec<(String, WireRange)>,
    causes: Vec<WireCause>,
    help: Option<String>,
}

impl WireDiagnostic {
    pub(crate) fn of(diagnostic: &Diagnostic, graph: &ModuleGraph) -> Self {
        let related = diagnostic.related.iter().filter_map(|related| {
            let range = WireRange::of(&related.range, graph)?;
            Some((related.message.clone(), range))
        });
        Self {
            code: diagnostic.code,
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
            range: diagnostic
                .range
                .as_ref()
                .and_then(|range| WireRange::of(range, graph)),
            related: related.collect(),
            causes: WireCause::of_each(&diagnostic.causes, graph),
            help: diagnostic.help.clone(),
        }
    }

    pub(crate) fn decode(self, graph: &ModuleGraph) -> Result<Diagnostic, Malformed> {
        Ok(Diagnostic {
            code: self.code,
            severity: self.severity,
            message: self.message,
            range: self.range.map(|range| range.decode(graph)).transpose()?,
            related: decode_all(self.related, |(message, range)| {
                let range = range.decode(graph)?;
                Ok(RelatedPlace { message, range })
            })?,
            causes: WireCause::decode_each(self.causes, graph)?,
            help: self.help,
        })
    }
}

/// What code of a definition threw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WireThrown {
    name: String,
    message: String,
    help: Option<String>,
    frames: Vec<WireFrame>,
    causes: Vec<WireCause>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct WireFrame {
    function: Option<String>,
    range: WireRange,
    is_project: bool,
}

impl WireThrown {
    pub(crate) fn of(thrown: &Thrown, graph: &ModuleGraph) -> Self {
        let frames = thrown.frames.iter().filter_map(|frame| {
            Some(WireFrame {
                function: frame.function.clone(),
                range: WireRange::of(&frame.range, graph)?,
                is_project: frame.is_project,
            })
        });
        Self {
            name: thrown.name.clone(),
            message: thrown.message.clone(),
            help: thrown.help.clone(),
            frames: frames.collect(),
            causes: WireCause::of_each(&thrown.causes, graph),
        }
    }

    pub(crate) fn decode(self, graph: &ModuleGraph) -> Result<Thrown, Malformed> {
        Ok(Thrown {
            name: self.name,
            message: self.message,
            help: self.help,
            exit_code: None,
            frames: decode_all(self.frames, |frame| {
                Ok(Frame {
                    function: frame.function,
                    range: frame.range.decode(graph)?,
                    is_project: frame.is_project,
                })
            })?,
            causes: WireCause::decode_each(self.causes, graph)?,
        })
    }
}

/// An error that stands behind another one.
///
/// Those of one error are in one list, each before what stands behind it: a decoder of nested lists would go as
/// deep as whoever encoded wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct WireCause {
    /// How many errors of the list it stands behind.
    level: u8,
    relation: CauseRelation,
    message: String,
    range: Option<WireRange>,
}

/// Far more levels than are ever read of an error.
const MOST_LEVELS: u8 = 32;

impl WireCause {
    fn of_each(causes: &[ErrorCause], graph: &ModuleGraph) -> Vec<Self> {
        let mut list = Vec::new();
        Self::add(causes, 0, graph, &mut list);
        list
    }

    fn add(causes: &[ErrorCause], level: u8, graph: &ModuleGraph, list: &mut Vec<Self>) {
        for cause in causes {
            let range = cause.range.as_ref();
            list.push(Self {
                level,
                relation: cause.relation,
                message: cause.message.clone(),
                range: range.and_then(|range| WireRange::of(range, graph)),
            });
            if level < MOST_LEVELS {
                Self::add(&cause.causes, level + 1, graph, list);
            }
        }
    }

    fn decode_each(list: Vec<Self>, graph: &ModuleGraph) -> Result<Vec<ErrorCause>, Malformed> {
        let mut decoded = Vec::new();
        for wire in list {
            let level = wire.level;
            let mut place = &mut decoded;
            for _ in 0..level.min(MOST_LEVELS) {
                let above: Option<&mut ErrorCause> = place.last_mut();
                place = &mut above.ok_or(Malformed("error"))?.causes;
            }
            place.push(wire.decode(graph)?);
        }
        Ok(decoded)
    }

    fn decode(self, graph: &ModuleGraph) -> Result<ErrorCause, Malformed> {
        Ok(ErrorCause {
            relation: self.relation,
            message: self.message,
            range: self.range.map(|range| range.decode(graph)).transpose()?,
            causes: Vec::new(),
        })
    }
}
