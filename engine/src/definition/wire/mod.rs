//! The form in which a definition comes back from a confined evaluation.
//!
//! Everything in a definition refers to the rest of it by number. Whoever decodes it looks each
//! number up, so that no answer of a confined evaluation can make the rest of the engine look
//! for what is not there.

mod operation;
mod outline;
mod provider;
mod scope;
mod task;
mod workflow;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::{provider::WireProvider, workflow::WireWorkflow};
use super::model::{ConsoleLine, Definition, HandlerRef, ValueHandle};
use crate::{
    event::LogStream,
    identity::{FingerprintId, Fingerprints, WireFingerprints},
    modules::ModuleGraph,
    sandbox::Secrets,
    wire::{Malformed, WireDiagnostic, decode_all},
};

/// A definition without the modules it was evaluated from, which the asking process has.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WireDefinition {
    workflows: Vec<WireWorkflow>,
    providers: Vec<WireProvider>,
    fingerprints: WireFingerprints,
    warnings: Vec<WireDiagnostic>,
    console: Vec<(LogStream, String)>,
    missed_variables: Vec<String>,
}

impl WireDefinition {
    pub(crate) fn of(definition: Definition) -> Self {
        let graph = &definition.graph;
        let warnings = definition.warnings.iter();
        Self {
            workflows: definition
                .workflows
                .iter()
                .map(|workflow| WireWorkflow::of(workflow, graph))
                .collect(),
            providers: definition
                .providers
                .iter()
                .map(|provider| WireProvider::of(provider, graph))
                .collect(),
            warnings: warnings
                .map(|warning| WireDiagnostic::of(warning, graph))
                .collect(),
            console: definition
                .console
                .into_iter()
                .map(|line| (line.stream, line.text))
                .collect(),
            missed_variables: definition.missed_variables,
            fingerprints: definition.fingerprints.into_wire(graph),
        }
    }

    /// Returns the definition that was evaluated from the modules of a graph.
    pub(crate) fn decode(
        self,
        graph: Arc<ModuleGraph>,
        secrets: Secrets,
    ) -> Result<Definition, Malformed> {
        let fingerprints = self.fingerprints.decode(&graph)?;
        let decoder = Decoder {
            graph: &graph,
            fingerprints: &fingerprints,
            providers: self.providers.len(),
        };
        let workflows = decode_all(self.workflows, |workflow| workflow.decode(&decoder))?;
        let providers = decode_all(self.providers, |provider| provider.decode(&decoder))?;
        let warnings = decode_all(self.warnings, |warning| warning.decode(&graph))?;
        Ok(Definition {
            workflows,
            providers,
            fingerprints,
            warnings,
            console: self
                .console
                .into_iter()
                .map(|(stream, text)| ConsoleLine { stream, text })
                .collect(),
            missed_variables: self.missed_variables,
            graph,
            secrets,
        })
    }
}

/// What a definition's parts may refer to.
struct Decoder<'a> {
    graph: &'a ModuleGraph,
    fingerprints: &'a Fingerprints,
    providers: usize,
}

impl Decoder<'_> {
    fn fingerprint(&self, id: FingerprintId) -> Result<FingerprintId, Malformed> {
        if self.fingerprints.has(id) {
            Ok(id)
        } else {
            Err(Malformed("fingerprint"))
        }
    }

    fn handler(&self, handler: WireHandler) -> Result<HandlerRef, Malformed> {
        Ok(HandlerRef {
            function: ValueHandle(handler.function),
            fingerprint: self.fingerprint(handler.fingerprint)?,
        })
    }
}

/// A handler. Its value is in a sandbox that is gone, so it can only be told from others.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct WireHandler {
    function: u32,
    fingerprint: FingerprintId,
}

impl From<HandlerRef> for WireHandler {
    fn from(handler: HandlerRef) -> Self {
        Self {
            function: handler.function.0,
            fingerprint: handler.fingerprint,
        }
    }
}
