//! The names of files, as text.

use std::{fmt, path::Path};

use super::escape;

/// A path as it is shown: escaped, with bytes that are no text as `\x9b`, so that different names stay
/// different.
#[derive(Debug, Clone, Copy)]
pub struct ShownPath<'a>(&'a Path);

/// Returns a path as it is shown.
#[must_use]
pub fn path(path: &Path) -> ShownPath<'_> {
    ShownPath(path)
}

impl fmt::Display for ShownPath<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.as_os_str().as_encoded_bytes().utf8_chunks() {
            formatter.write_str(&escape(chunk.valid()))?;
            for byte in chunk.invalid() {
                write!(formatter, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

    use super::*;

    #[test]
    fn different_names_stay_different() {
        let check = |name: &[u8], expected: &str| {
            assert_eq!(
                path(Path::new(OsStr::from_bytes(name))).to_string(),
                expected
            );
        };
        check(b"/a b/rig.config.ts", "/a b/rig.config.ts");
        check("größe".as_bytes(), "größe");
        check(b"a\x1b]0;b\x07\n", "a\\u{1b}]0;b\\u{7}\\n");
        check(b"a\x9b2J", "a\\x9b2J");
        check(b"a\xff", "a\\xff");
    }
}
