//! File names for things whose names may hold anything.

use std::fmt::Write as _;

use crate::digest::Digest;

/// Longer names are cut, so that with any ending they stay below the usual limit of 255 bytes.
const LONGEST: usize = 150;

/// How much of a name that is too long stays readable.
const KEPT_OF_LONGER: usize = 80;

/// Gives a file name that stands for a name and for no other.
///
/// Small letters, digits, `-`, `_` and inner dots stay; any other byte becomes `%` and two
/// digits, capital letters too, since some file systems take them for small ones. A long name
/// ends with `~` and its digest, and a `~` alone stands for the empty name.
pub(crate) fn safe_file_name(name: &str) -> String {
    if name.is_empty() {
        return "~".to_owned();
    }
    let mut safe = String::with_capacity(name.len());
    for (index, byte) in name.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => safe.push(char::from(byte)),
            b'.' if index > 0 => safe.push('.'),
            _ => {
                let _infallible = write!(safe, "%{byte:02x}");
            }
        }
    }
    if safe.len() > LONGEST {
        safe.truncate(KEPT_OF_LONGER);
        safe.push('~');
        safe.push_str(&Digest::of(name.as_bytes()).to_string());
    }
    safe
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn readable_where_possible() {
        let long = "x".repeat(151);
        let cut = format!("{}~{}", &long[..80], Digest::of(long.as_bytes()));
        for (name, expected) in [
            ("web", "web"),
            ("", "~"),
            ("~", "%7e"),
            ("@rigkit/provider-git", "%40rigkit%2fprovider-git"),
            ("..", "%2e."),
            (".hidden", "%2ehidden"),
            ("a.b", "a.b"),
            ("Web", "%57eb"),
            ("a b%20", "a%20b%2520"),
            ("ü\0", "%c3%bc%00"),
            (&long[..150], &long[..150]),
            (&long, &cut),
        ] {
            assert_eq!(safe_file_name(name), expected);
        }
    }

    proptest! {
        #[test]
        fn safe_and_distinct(names in proptest::collection::hash_set("(?s).{0,60}", 1..40)) {
            let safe: Vec<String> = names.iter().map(|name| safe_file_name(name)).collect();
            for name in &safe {
                prop_assert!(name.len() <= LONGEST && !name.is_empty());
                prop_assert!(!name.starts_with('.') && !name.contains(['/', '\0']));
                prop_assert_eq!(&name.to_lowercase(), name);
            }
            let distinct: HashSet<&String> = safe.iter().collect();
            prop_assert_eq!(distinct.len(), names.len());
        }
    }
}
