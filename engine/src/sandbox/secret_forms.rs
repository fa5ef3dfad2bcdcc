//! The ways in which a secret may be written: as it is, and as what usually writes it makes of
//! it, such as JSON, a shell's command line, a URL or base64.

use std::fmt::Write as _;

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};

/// What is shorter than this in base64 would be found in texts that have nothing to do with it.
const SHORTEST_BASE64: usize = 8;

/// What `encodeURIComponent` leaves as it is, besides letters and digits.
const KEPT_BY_JAVASCRIPT: &[u8] = b"-_.!~*'()";

/// What everybody leaves as it is in a URL, besides letters and digits.
const KEPT_BY_ALL: &[u8] = b"-_.~";

/// Lists the texts that stand for a secret, each once; the secret itself is the first.
pub(super) fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned()];
    let escaped = json_escaped(secret);
    let others = [json_escaped(&escaped), escaped]
        .into_iter()
        .chain(shell_quoted(secret))
        .chain(in_url(secret))
        .chain(in_base64(secret.as_bytes()));
    for form in others {
        // Where the secret stands as it is, it is found without its surroundings.
        if !form.is_empty() && !form.contains(secret) && !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

fn json_escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    without_ends(&quoted).to_owned()
}

/// Quotes as the engine shows command lines, and as people quote by hand.
fn shell_quoted(text: &str) -> Vec<String> {
    let quoted = shlex::Quoter::new().allow_nul(true).quote(text);
    let mut forms: Vec<String> = quoted
        .iter()
        .flat_map(|quoted| {
            // Within a longer word the outer quotes stand elsewhere.
            let has_quotes = quoted.starts_with(['\'', '"']) && quoted.ends_with(['\'', '"']);
            let inner = has_quotes.then(|| without_ends(quoted).to_owned());
            inner.into_iter().chain([quoted.clone().into_owned()])
        })
        .collect();
    forms.push(text.replace('\'', r"'\''"));
    forms.push(text.replace('\'', r#"'"'"'"#));
    forms
}

fn in_url(text: &str) -> [String; 3] {
    let strict = percent_encoded(text, KEPT_BY_ALL);
    let in_form = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    [percent_encoded(text, KEPT_BY_JAVASCRIPT), strict, in_form]
}

fn percent_encoded(text: &str, kept: &[u8]) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

/// Gives the secret alone in base64, and what of it shows whatever stands before and after it.
fn in_base64(secret: &[u8]) -> Vec<String> {
    let whole = BASE64_STANDARD_NO_PAD.encode(secret);
    let parts = (0..3).map(|before| within_base64(secret, before));
    let standard: Vec<String> = std::iter::once(whole)
        .chain(parts)
        .filter(|form| form.len() >= SHORTEST_BASE64)
        .collect();
    let for_urls: Vec<String> = standard
        .iter()
        .map(|form| form.replace('+', "-").replace('/', "_"))
        .collect();
    [standard, for_urls].concat()
}

/// Gives the characters that a secret alone decides on, where so many bytes stand before it.
fn within_base64(secret: &[u8], before: usize) -> String {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(secret);
    let encoded = BASE64_STANDARD_NO_PAD.encode(&bytes);
    // A character stands for six bits.
    let first = (before * 8).div_ceil(6);
    let end = bytes.len() * 8 / 6;
    encoded.get(first..end).unwrap_or_default().to_owned()
}

fn without_ends(quoted: &str) -> &str {
    let mut characters = quoted.chars();
    characters.next();
    characters.next_back();
    characters.as_str()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};

    use super::*;

    const SECRETS: &[&str] = &[
        "hunter2-hunter2",
        "-----BEGIN KEY-----\nab/+c==\n-----END KEY-----\n",
        "quo\"te\\back and space",
        "it's $5 & more!",
        "ünïcode→?>",
    ];

    #[track_caller]
    fn check(text: &str, secret: &str) {
        assert!(
            forms(secret).iter().any(|form| text.contains(form)),
            "{text:?} shows {secret:?}"
        );
    }

    #[test]
    fn a_secret_is_recognised_however_it_is_written() {
        for secret in SECRETS {
            let json = serde_json::json!({ "pem": [secret] }).to_string();
            check(&json, secret);
            check(&serde_json::json!({ "body": json }).to_string(), secret);
            check(&shlex::try_join(["curl", secret]).unwrap(), secret);
            check(&format!("echo '{}'", secret.replace('\'', r"'\''")), secret);
            let mut url = url::Url::parse("http://x.y/").unwrap();
            url.query_pairs_mut().append_pair("token", secret);
            check(url.as_str(), secret);
            for around in ["", "u", "us", "use", "user:"] {
                let text = format!("{around}{secret}{around}");
                check(&BASE64_STANDARD.encode(&text), secret);
                check(&BASE64_URL_SAFE.encode(&text), secret);
            }
        }
    }

    #[test]
    fn a_short_secret_has_no_form_that_is_found_anywhere() {
        for form in forms("ab") {
            assert_eq!(form, "ab");
        }
        assert_eq!(forms("a b"), ["a b", "a%20b", "a+b"]);
    }
}
