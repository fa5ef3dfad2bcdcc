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
        let undecided = self.held.split_off(secrets.decided(&self.held));
        let decided = std::mem::replace(&mut self.held, undecided);
        secrets.mask(&decided)
    }

    /// Gives the rest.
    pub(super) fn finish(self, secrets: &Secrets) -> String {
        secrets.mask(&self.held)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::{collections::BTreeMap, sync::Arc};

    use super::*;
    use crate::sandbox::Variables;

    fn secrets() -> Secrets {
        let variables = Variables::new(Arc::new(BTreeMap::from([
            ("A".to_owned(), "hunter2".to_owned()),
            ("B".to_owned(), "é-geheim".to_owned()),
            ("C".to_owned(), "hunter2-and-more".to_owned()),
            ("D".to_owned(), "li\nne".to_owned()),
        ])));
        variables.read("A", None, true).unwrap();
        for name in ["B", "C", "D"] {
            variables.read(name, None, true).unwrap();
        }
        variables.secrets().clone()
    }

    #[test]
    fn no_split_lets_a_secret_through() {
        let text = "x hunter2 hunter hunter2y é-geheim hunter2-and-more {\"D\":\"li\\nne\"} aHVudGVyMi1hbmQtbW9yZQ== é-gehe";
        let secrets = secrets();
        let whole = secrets.mask(text);
        let boundaries: Vec<usize> = text.char_indices().map(|(offset, _)| offset).collect();
        for first in &boundaries {
            for second in boundaries.iter().filter(|second| *second >= first) {
                let mut mask = StreamMask::default();
                let mut shown = String::new();
                for piece in [&text[..*first], &text[*first..*second], &text[*second..]] {
                    shown.push_str(&mask.push(&secrets, piece));
                    for part in ["hunter2", "and-more", "li\\nne", "aHVud"] {
                        assert!(!shown.contains(part), "{first} {second}: {shown}");
                    }
                }
                shown.push_str(&mask.finish(&secrets));
                assert_eq!(shown, whole, "{first} {second}");
            }
        }
    }
}
