//! One text for one JSON value, and hashes over it.

use serde_json::Value;

use crate::digest::{Digest, hash_parts};

/// Writes a value as RFC 8785 does: keys sorted by code unit, numbers as ECMAScript prints
/// them.
#[must_use]
pub fn canonical_json(value: &Value) -> String {
    // Only a value with a map whose keys are no texts can fail, and JSON has none.
    serde_json_canonicalizer::to_string(value).unwrap_or_default()
}

/// Hashes a value under a tag, so that equal values of different kinds differ.
#[must_use]
pub fn hash_json(tag: &str, value: &Value) -> Digest {
    hash_parts(tag, [canonical_json(value).as_bytes()])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn writes_one_text_for_one_value() {
        let check = |value: Value, expected: &str| assert_eq!(canonical_json(&value), expected);
        check(
            json!({ "b": 1, "a": [1.0, 1e21, 0.1, -0.0] }),
            r#"{"a":[1,1e+21,0.1,0],"b":1}"#,
        );
        check(
            json!({ "\u{fb33}": 1, "\u{1f600}": 2 }),
            "{\"\u{1f600}\":2,\"\u{fb33}\":1}",
        );
    }

    #[test]
    fn tells_tags_and_parts_apart() {
        let hash = |tag, parts: &[&str]| hash_parts(tag, parts.iter().map(|part| part.as_bytes()));
        assert_ne!(hash("a", &["b"]), hash("ab", &[""]));
        assert_ne!(hash("a", &["bc", "d"]), hash("a", &["b", "cd"]));
        assert_ne!(
            hash_json("config", &json!({})),
            hash_json("output", &json!({}))
        );
    }
}
