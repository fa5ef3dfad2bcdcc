//! Secrets in a stream of text that arrives in pieces.

use crate::sandbox::Secrets;

/// Holds back the end of a stream as long as it may be the beginning of a secret.
#[derive(Default)]
pub(super) struct StreamMask {
    held: String,
}

impl StreamMask {
    /// Takes a piece and gives what can be shown of the stream now.
    pub(super) fn push(&mut self, secrets: &Secrets, piece: &str) -> String {
        self.held.push_str(piece);
        let masked = secrets.mask(&self.held);
        let keep = secrets.longest_beginning_at_end_of(&masked);
        masked[masked.len() - keep..].clone_into(&mut self.held);
        masked[..masked.len() - keep].to_owned()
    }

    /// Gives the rest.
    pub(super) fn finish(self, secrets: &Secrets) -> String {
        secrets.mask(&self.held)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use super::*;
    use crate::sandbox::Variables;

    fn secrets() -> Secrets {
        let variables = Variables::new(Arc::new(BTreeMap::from([
            ("A".to_owned(), "hunter2".to_owned()),
            ("B".to_owned(), "é-geheim".to_owned()),
        ])));
        variables.read("A", None, true);
        variables.read("B", None, true);
        variables.secrets().clone()
    }

    #[test]
    fn no_split_lets_a_secret_through() {
        let text = "x hunter2 hunter hunter2y é-geheim é-gehe";
        let secrets = secrets();
        let whole = secrets.mask(text);
        let boundaries: Vec<usize> = text.char_indices().map(|(offset, _)| offset).collect();
        for first in &boundaries {
            for second in boundaries.iter().filter(|second| *second >= first) {
                let mut mask = StreamMask::default();
                let mut shown = String::new();
                for piece in [&text[..*first], &text[*first..*second], &text[*second..]] {
                    shown.push_str(&mask.push(&secrets, piece));
                    assert!(!shown.contains("hunter2"), "{first} {second}");
                }
                shown.push_str(&mask.finish(&secrets));
                assert_eq!(shown, whole, "{first} {second}");
            }
        }
    }
}
