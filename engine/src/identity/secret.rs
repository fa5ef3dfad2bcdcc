//! Secrets in identities: a change of one must show, the value itself must not.

use std::borrow::Cow;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::sandbox::Secrets;

/// Puts keyed digests in the place of secrets; the key never leaves the machine.
pub(crate) struct SecretDigests {
    key: [u8; 32],
    secrets: Secrets,
}

impl SecretDigests {
    pub(crate) fn new(key: [u8; 32], secrets: Secrets) -> Self {
        Self { key, secrets }
    }

    /// Replaces every text, key and number that holds a secret by a keyed digest of the whole
    /// of it.
    pub(crate) fn digest(&self, value: &Value) -> Value {
        if self.secrets.is_empty() {
            return value.clone();
        }
        match value {
            Value::String(text) => Value::String(self.digest_text(text).into_owned()),
            Value::Array(items) => items.iter().map(|item| self.digest(item)).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(key, member)| (self.digest_text(key).into_owned(), self.digest(member)))
                .collect(),
            Value::Number(number) if self.secrets.find(&number.to_string()).is_some() => {
                // No text is digested alike: a number is not the text that looks like it.
                Value::String(self.keyed(&format!("number\0{number}")))
            }
            other => other.clone(),
        }
    }

    /// Replaces a text that holds a secret by a keyed digest of it.
    pub(crate) fn digest_text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.secrets.find(text) {
            Some(_) => Cow::Owned(self.keyed(text)),
            None => Cow::Borrowed(text),
        }
    }

    /// Replaces every secret by a mask, for a text that is printed.
    pub(crate) fn mask_text(&self, text: &str) -> String {
        self.secrets.mask(text)
    }

    /// Replaces every secret by a mask, for a value that is printed.
    pub(crate) fn mask(&self, value: &Value) -> Value {
        self.secrets.mask_json(value)
    }

    fn keyed(&self, text: &str) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else {
            // HMAC takes a key of any length.
            return String::new();
        };
        mac.update(text.as_bytes());
        let digest: [u8; 32] = mac.finalize().into_bytes().into();
        format!("secret:{}", crate::digest::Digest::from(digest))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::{collections::BTreeMap, sync::Arc};

    use serde_json::json;

    use super::*;
    use crate::sandbox::Variables;

    #[test]
    fn digests_differ_by_value_and_key_and_hide_both() {
        let variables = Variables::new(Arc::new(BTreeMap::from([(
            "TOKEN".to_owned(),
            "s3cret".to_owned(),
        )])));
        variables.read("TOKEN", None, true).unwrap();
        let digests = |key: u8| SecretDigests::new([key; 32], variables.secrets().clone());
        let config = json!({ "auth": ["Bearer s3cret"], "plain": "x" });
        let one = digests(1).digest(&config);
        assert_ne!(one, digests(2).digest(&config));
        assert_eq!(one["plain"], "x");
        assert!(!one.to_string().contains("s3cret"));
        assert_eq!(
            digests(1).mask(&config),
            json!({ "auth": ["Bearer ***"], "plain": "x" })
        );
    }

    #[test]
    fn numbers_and_keys_are_digested_like_texts() {
        let variables = Variables::new(Arc::new(BTreeMap::from([(
            "PIN".to_owned(),
            "4711".to_owned(),
        )])));
        variables.read("PIN", None, true).unwrap();
        let digests = |key: u8| SecretDigests::new([key; 32], variables.secrets().clone());
        for value in [json!(4711), json!({ "4711": 1 }), json!("4711")] {
            let one = digests(1).digest(&value);
            assert!(!one.to_string().contains("4711"), "{one}");
            assert_ne!(one, digests(2).digest(&value), "{value}");
        }
        assert_ne!(
            digests(1).digest(&json!(4711)),
            digests(1).digest(&json!("4711"))
        );
        assert_eq!(
            digests(1).digest(&json!([12, { "a": 1 }])),
            json!([12, { "a": 1 }])
        );
    }
}
