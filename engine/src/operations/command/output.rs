//! What a command wrote, as text and within bounds.

use encoding_rs::{CoderResult, Decoder, UTF_8};

/// Turns the bytes of a stream into text, and keeps the last of it.
pub(super) struct OutputText {
    decoder: Decoder,
    kept: String,
    limit: usize,
    dropped: u64,
}

impl OutputText {
    /// Starts with nothing; keeps at most `limit` bytes in the end.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            decoder: UTF_8.new_decoder_without_bom_handling(),
            kept: String::new(),
            limit,
            dropped: 0,
        }
    }

    /// Takes what came next and gives the text that is complete with it.
    ///
    /// A character whose bytes have not all come yet is part of a later text.
    pub(super) fn push(&mut self, bytes: &[u8]) -> String {
        self.decode(bytes, false)
    }

    /// Takes the end of the stream and gives what was still incomplete.
    pub(super) fn finish(&mut self) -> String {
        let rest = self.decode(&[], true);
        // A decoder that saw the end is used up, and the end may be told twice.
        self.decoder = UTF_8.new_decoder_without_bom_handling();
        rest
    }

    /// Gives what is kept and the number of bytes before it that are not.
    pub(super) fn take(&mut self) -> (String, u64) {
        self.trim(self.limit);
        (std::mem::take(&mut self.kept), self.dropped)
    }

    fn decode(&mut self, mut bytes: &[u8], last: bool) -> String {
        let mut text = String::with_capacity(bytes.len() + 16);
        loop {
            let (result, read, _) = self.decoder.decode_to_string(bytes, &mut text, last);
            bytes = &bytes[read..];
            match result {
                CoderResult::InputEmpty => break,
                CoderResult::OutputFull => text.reserve(bytes.len().max(64)),
            }
        }
        self.keep(&text);
        text
    }

    fn keep(&mut self, text: &str) {
        self.kept.push_str(text);
        // Room to spare makes the copying rare: once for each quarter of the limit.
        let room = self.limit / 4 + 64 * 1024;
        if self.kept.len() > self.limit + room {
            self.trim(self.limit);
        }
    }

    fn trim(&mut self, limit: usize) {
        let excess = self.kept.len().saturating_sub(limit);
        let cut = self.kept.ceil_char_boundary(excess);
        self.kept.drain(..cut);
        self.dropped += cut as u64;
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    fn check(chunks: &[&[u8]], told: &[&str]) {
        let mut output = OutputText::new(usize::MAX / 2);
        let mut texts: Vec<String> = chunks.iter().map(|chunk| output.push(chunk)).collect();
        texts.push(output.finish());
        assert_eq!(texts, told);
        assert_eq!(output.take(), (told.concat(), 0));
    }

    #[test]
    fn characters_are_never_split() {
        check(&[b"a\xe2\x82", b"\xacb"], &["a", "€b", ""]);
        check(
            &[b"\xf0", b"\x9f", b"\xa6", b"\x80"],
            &["", "", "", "🦀", ""],
        );
        check(&[b"caf\xc3", b""], &["caf", "", "\u{fffd}"]);
        check(&[b"\xff\xfeok"], &["\u{fffd}\u{fffd}ok", ""]);
        check(&[b"\xef\xbb\xbfbom"], &["\u{feff}bom", ""]);
    }

    #[test]
    fn the_last_of_it_is_kept() {
        let mut output = OutputText::new(10);
        for _ in 0..50_000 {
            output.push(b"0123456789");
        }
        output.push("ab€".as_bytes());
        assert_eq!(output.take(), ("56789ab€".to_owned(), 499_995));
    }

    proptest! {
        #[test]
        fn chunks_make_no_difference(bytes: Vec<u8>, cuts: Vec<prop::sample::Index>) {
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let mut output = OutputText::new(usize::MAX / 2);
            let mut told: String =
                cuts.windows(2).map(|cut| output.push(&bytes[cut[0]..cut[1]])).collect();
            told.push_str(&output.finish());
            prop_assert_eq!(&told, &String::from_utf8_lossy(&bytes));
            prop_assert_eq!(output.take().0, told);
        }

        #[test]
        fn what_is_kept_is_an_end_within_the_limit(text: String, limit in 0_usize..64) {
            let mut output = OutputText::new(limit);
            output.push(text.as_bytes());
            let (kept, dropped) = output.take();
            prop_assert!(kept.len() <= limit);
            prop_assert!(text.ends_with(&kept));
            prop_assert_eq!(usize::try_from(dropped).unwrap() + kept.len(), text.len());
        }
    }
}
