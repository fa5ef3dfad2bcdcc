//! Takes out of a text what differs from run to run and from machine to machine.

use std::{path::Path, sync::LazyLock};

use regex::Regex;

static RULES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let rules = [
        (
            r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
            "[id]",
        ),
        (r"\b[0-9a-f]{12}\b", "[id]"),
        (r"\b[0-9a-f]{64}\b", "[hash]"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[time]"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \w+", "[time]"),
        (r"\b\d\d:\d\d:\d\d\.\d{3}\b", "[clock]"),
        (r"\b\d+(\.\d+)?(ms|s)\b", "[duration]"),
        (r#"("(?:duration|age)Ms": ?)\d+"#, "${1}0"),
        (r"\b\d+ (second|minute)s? ago\b", "[age] ago"),
        (r"tester@[^:\s]+", "tester@[machine]"),
        // Columns are as wide as what was taken out of them.
        (r"([^\s|]) {2,}", "$1  "),
        (r"(?m) +$", ""),
    ];
    rules
        .map(|(pattern, to)| (Regex::new(pattern).unwrap(), to))
        .into()
});

/// Replaces ids, times, durations, names of the machine and the paths below a directory.
///
/// # Panics
/// Where there is no such directory.
#[must_use]
pub fn redact(text: &str, directory: &Path) -> String {
    let real = directory.canonicalize().unwrap();
    let mut text = text.to_owned();
    for directory in [directory, &real] {
        text = text.replace(directory.to_str().unwrap(), "[dir]");
    }
    for (pattern, to) in RULES.iter() {
        text = pattern.replace_all(&text, *to).into_owned();
    }
    text
}
