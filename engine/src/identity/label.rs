//! The label of a value: what it is by itself, with the values it holds marked and counted.

use super::value_graph::{Node, NodeId};
use crate::digest::hash_parts;

/// Collects what a value is made of.
#[derive(Default)]
pub(super) struct Label {
    parts: Vec<Vec<u8>>,
    edges: Vec<NodeId>,
    /// Texts that hold a secret, which only a machine's own key may turn into a digest.
    pub(super) secrets: Vec<String>,
}

impl Label {
    pub(super) fn new(kind: &str) -> Self {
        let mut label = Self::default();
        label.text(kind);
        label
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(b't', text.as_bytes());
    }

    pub(super) fn bytes(&mut self, tag: u8, bytes: &[u8]) {
        let mut part = Vec::with_capacity(bytes.len() + 1);
        part.push(tag);
        part.extend_from_slice(bytes);
        self.parts.push(part);
    }

    pub(super) fn secret(&mut self, masked: &str, text: &str) {
        self.bytes(b'!', masked.as_bytes());
        self.secrets.push(text.to_owned());
    }

    pub(super) fn edge(&mut self, node: NodeId) {
        self.bytes(b'>', &[]);
        self.edges.push(node);
    }

    pub(super) fn into_node(self) -> Node {
        Node {
            label: hash_parts("label", self.parts.iter().map(Vec::as_slice)),
            edges: self.edges,
        }
    }
}
