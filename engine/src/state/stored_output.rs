//! Whether the stored output of a run can be read back.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// What is known of the stored output of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StoredOutput {
    /// It was not looked at.
    #[default]
    Unread,
    /// It is a context.
    Context,
    /// It is something that Rigkit never stores: no JSON object, or one that cannot be read back.
    Broken,
}

impl StoredOutput {
    /// Looks at an output, without keeping anything of it.
    pub(super) fn of(text: &str) -> Self {
        match serde_json::from_str::<ReadObject>(text) {
            Ok(ReadObject) => Self::Context,
            Err(_) => Self::Broken,
        }
    }
}

/// A JSON object that was read to its end.
struct ReadObject;

impl<'de> Deserialize<'de> for ReadObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self)
    }
}

impl<'de> Visitor<'de> for ReadObject {
    type Value = Self;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self, A::Error> {
        while members.next_entry::<ReadValue, ReadValue>()?.is_some() {}
        Ok(self)
    }
}

/// A JSON value that was read to its end.
///
/// Unlike `IgnoredAny` it is refused where a value that is kept would be: when it is nested too
/// deep, or a number is too large.
struct ReadValue;

impl<'de> Deserialize<'de> for ReadValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for ReadValue {
    type Value = Self;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self, A::Error> {
        ReadObject.visit_map(members).map(|ReadObject| self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    fn check(text: &str) {
        let is_context = serde_json::from_str::<Map<String, Value>>(text).is_ok();
        assert_eq!(
            StoredOutput::of(text) == StoredOutput::Context,
            is_context,
            "{text}"
        );
    }

    #[test]
    fn a_context_is_what_can_be_read_back() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        for text in [
            "{}",
            r#"{"a": [1, -2, 0.5, "x", null, true, {"b": {}}]}"#,
            "",
            "{{{",
            "null",
            "7",
            "[]",
            "\"{}\"",
            "{} {}",
            "{\"a\": 1e999}",
            "{\"a\": \"\\ud800\"}",
            &nested(100),
            &nested(126),
            &nested(127),
            &nested(500),
        ] {
            check(text);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_as_it_is_read(text in r#"[{}\[\],:"a1e.\\u-]{0,30}"#) {
            check(&text);
            check(&format!("{{\"a\":{text}}}"));
        }
    }
}
