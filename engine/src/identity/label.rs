//! The label of a value: what it is by itself, with the values it holds marked and counted.

use std::mem;

use smallvec::SmallVec;

use super::{fingerprints::PlainValue, value_graph::NodeId};

/// Collects what a value is made of.
#[derive(Default)]
pub(super) struct Label {
    /// Each part with its tag and its length, so that they cannot run into each other.
    pub(super) bytes: SmallVec<[u8; 256]>,
    pub(super) edges: SmallVec<[NodeId; 8]>,
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
        let mut head = [tag; 1 + size_of::<u64>()];
        head[1..].copy_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.bytes.extend_from_slice(&head);
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn secret(&mut self, masked: &str, text: &str) {
        self.bytes(b'!', masked.as_bytes());
        self.secrets.push(text.to_owned());
    }

    pub(super) fn edge(&mut self, node: NodeId) {
        self.bytes(b'>', &[]);
        self.edges.push(node);
    }

    /// Gives the label of a value that holds no other.
    pub(super) fn take_plain(&mut self) -> PlainValue {
        PlainValue {
            bytes: SmallVec::from_slice(&self.bytes),
            secrets: mem::take(&mut self.secrets),
        }
    }
}

/// Gives the text that the label of a plain value is of, if it is one; secrets in it are masked.
pub(super) fn text_of(bytes: &[u8]) -> Option<&str> {
    let (b't' | b'!', rest) = bytes.split_first()? else {
        return None;
    };
    std::str::from_utf8(rest.get(size_of::<u64>()..)?).ok()
}
