//! Problems of a definition, and what its code threw.

use serde::{Deserialize, Serialize};

use super::{Malformed, WireRange, decode_all};
use crate::{
    diagnostic::{Diagnostic, DiagnosticCode, RelatedPlace, Severity},
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
        })
    }
}
