//! The form in which fingerprints come back from a confined evaluation.

use std::{ops::Range, sync::Arc};

use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::{
    fingerprints::{
        CaptureFact, CaptureValue, FingerprintId, Fingerprints, FunctionFacts, HiddenReason,
        NodeFacts, PlainValue, VariableFact,
    },
    value_graph::{DigestedValues, NodeId},
};
use crate::{
    diagnostic::Diagnostic,
    modules::{ModuleGraph, ModuleId},
    wire::{Malformed, WireDiagnostic, checked_index, decode_all},
};

/// The fingerprints of one definition.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WireFingerprints {
    values: DigestedValues,
    facts: Vec<WireFacts>,
    captured: Vec<WireCapture>,
    shared_warnings: Vec<WireDiagnostic>,
}

#[derive(Debug, Serialize, Deserialize)]
struct WireFacts {
    function: Option<WireFunction>,
    secrets: Vec<String>,
    hidden: Option<HiddenReason>,
    is_packaged: bool,
    warnings: Vec<WireDiagnostic>,
    variables: Vec<WireVariable>,
}

/// A variable of the environment that the text of a module names.
#[derive(Debug, Serialize, Deserialize)]
struct WireVariable {
    shown: CompactString,
    bytes: SmallVec<[u8; 32]>,
    secrets: Vec<String>,
    is_set: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct WireFunction {
    module: u32,
    unit: usize,
    captures: Range<usize>,
}

#[derive(Debug, Serialize, Deserialize)]
struct WireCapture {
    capture: usize,
    shown: Option<CompactString>,
    value: WireValue,
    preview: Option<Arc<str>>,
}

#[derive(Debug, Serialize, Deserialize)]
enum WireValue {
    Node(NodeId),
    Plain {
        bytes: SmallVec<[u8; 32]>,
        secrets: Vec<String>,
    },
}

impl Fingerprints {
    /// Returns the form that can cross to another process.
    pub(crate) fn into_wire(self, graph: &ModuleGraph) -> WireFingerprints {
        let warning = |warning: &Diagnostic| WireDiagnostic::of(warning, graph);
        let facts = self.facts.into_iter().map(|facts| WireFacts {
            function: facts.function.map(|function| WireFunction {
                module: function.module.0,
                unit: function.unit,
                captures: function.captures,
            }),
            secrets: facts.secrets,
            hidden: facts.hidden,
            is_packaged: facts.is_packaged,
            warnings: facts.warnings.iter().map(warning).collect(),
            variables: facts.variables.into_iter().map(WireVariable::of).collect(),
        });
        let captured = self.captured.into_iter().map(|capture| WireCapture {
            capture: capture.capture,
            shown: capture.shown,
            value: match capture.value {
                CaptureValue::Node(id) => WireValue::Node(id),
                CaptureValue::Plain(plain) => WireValue::Plain {
                    bytes: plain.bytes,
                    secrets: plain.secrets,
                },
            },
            preview: capture.preview,
        });
        WireFingerprints {
            values: self.values,
            facts: facts.collect(),
            captured: captured.collect(),
            shared_warnings: self.shared_warnings.iter().map(warning).collect(),
        }
    }

    /// Returns whether there is such a fingerprint.
    pub(crate) fn has(&self, id: FingerprintId) -> bool {
        id.0.index() < self.facts.len()
    }
}

impl WireFingerprints {
    pub(crate) fn decode(self, graph: &Arc<ModuleGraph>) -> Result<Fingerprints, Malformed> {
        let nodes = self.values.checked_len().ok_or(Malformed("value"))?;
        if self.facts.len() != nodes {
            return Err(Malformed("fact of a value"));
        }
        let captured = decode_all(self.captured, |capture| capture.decode(nodes))?;
        let facts = decode_all(self.facts, |facts| facts.decode(graph, &captured))?;
        let warnings = decode_all(self.shared_warnings, |warning| warning.decode(graph))?;
        Ok(Fingerprints::of_digested(
            Arc::clone(graph),
            self.values,
            facts,
            captured,
            warnings,
        ))
    }
}

impl WireFacts {
    fn decode(self, graph: &ModuleGraph, captured: &[CaptureFact]) -> Result<NodeFacts, Malformed> {
        Ok(NodeFacts {
            function: self
                .function
                .map(|function| function.decode(graph, captured))
                .transpose()?,
            secrets: self.secrets,
            hidden: self.hidden,
            is_packaged: self.is_packaged,
            warnings: decode_all(self.warnings, |warning| warning.decode(graph))?,
            variables: self
                .variables
                .into_iter()
                .map(WireVariable::decode)
                .collect(),
        })
    }
}

impl WireVariable {
    fn of(variable: VariableFact) -> Self {
        let PlainValue { bytes, secrets } = variable.value;
        Self {
            shown: variable.shown,
            bytes,
            secrets,
            is_set: variable.is_set,
        }
    }

    fn decode(self) -> VariableFact {
        let (bytes, secrets) = (self.bytes, self.secrets);
        VariableFact {
            shown: self.shown,
            value: PlainValue { bytes, secrets },
            is_set: self.is_set,
        }
    }
}

impl WireFunction {
    fn decode(
        self,
        graph: &ModuleGraph,
        captured: &[CaptureFact],
    ) -> Result<FunctionFacts, Malformed> {
        let module = ModuleId(self.module);
        let functions = &graph.get(module).ok_or(Malformed("module"))?.functions;
        let unit = functions
            .units
            .get(self.unit)
            .ok_or(Malformed("function"))?;
        let names = functions.captures(unit).len();
        let own = captured
            .get(self.captures.clone())
            .ok_or(Malformed("capture"))?;
        for capture in own {
            checked_index(capture.capture, names, "captured name")?;
        }
        Ok(FunctionFacts {
            module,
            unit: self.unit,
            captures: self.captures,
        })
    }
}

impl WireCapture {
    fn decode(self, nodes: usize) -> Result<CaptureFact, Malformed> {
        Ok(CaptureFact {
            capture: self.capture,
            shown: self.shown,
            value: match self.value {
                WireValue::Node(id) => {
                    checked_index(id.index(), nodes, "value")?;
                    CaptureValue::Node(id)
                }
                WireValue::Plain { bytes, secrets } => {
                    CaptureValue::Plain(PlainValue { bytes, secrets })
                }
            },
            preview: self.preview,
        })
    }
}
