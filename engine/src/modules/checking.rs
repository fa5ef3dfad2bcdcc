//! Checks before this process reads a text that a stranger wrote.
//!
//! Some texts of a few kilobytes cost a parser gigabytes, or a stack of any depth: it tries one reading,
//! fails far behind, and tries the next, at each of thousands of levels. A parser cannot be stopped.
//! So such a text is first read by a process that can be.

use std::{borrow::Cow, path::Path, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    graph::IdentityUse,
    module::ModuleOrigin,
    read_module::{ReadingOptions, parse_module},
    resolve::PackageIdentity,
    transpile::ModuleFormat,
};
use crate::{diagnostic::Diagnostic, wire::WirePath};

/// No shorter text costs much.
const SHORT_TEXT: usize = 1_024;

/// How deep ordinary code nests at most, and how many of the signs that a parser may take for the
/// beginning of something else follow each other in it.
const ORDINARY_DEPTH: usize = 200;

/// Returns whether a text looks as if it nested deep, by its signs alone: what is in texts and
/// comments counts as well.
pub(crate) fn looks_deep(text: &str) -> bool {
    let (mut depth, mut ambiguous) = (0_usize, 0_usize);
    let mut before = 0;
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'<' | b'?' | b'!' | b'`' => ambiguous += 1,
            b'>' if before == b'=' => ambiguous += 1,
            b';' | b'\n' => ambiguous = 0,
            _ => {}
        }
        if depth > ORDINARY_DEPTH || ambiguous > ORDINARY_DEPTH {
            return true;
        }
        before = byte;
    }
    false
}

/// Makes sure that reading a module costs no more than it may.
pub(crate) trait ModuleChecker {
    /// Returns whether a text is to be checked at all.
    fn wants(&self, text: &str) -> bool;

    /// Reads a module elsewhere.
    ///
    /// # Errors
    /// What is wrong with it, where it costs too much.
    fn check(&mut self, module: &UncheckedModule<'_>) -> Result<(), Diagnostic>;
}

/// A module that nobody has read yet.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UncheckedModule<'a> {
    path: WirePath,
    text: Cow<'a, str>,
    is_project: bool,
    format: Option<ModuleFormat>,
    identity: IdentityUse,
}

impl UncheckedModule<'_> {
    /// Returns the same module without a text of its own.
    pub(crate) fn borrowed(&self) -> UncheckedModule<'_> {
        UncheckedModule {
            path: self.path.clone(),
            text: Cow::Borrowed(&self.text),
            ..*self
        }
    }
}

impl<'a> UncheckedModule<'a> {
    /// Returns the module, where there is anything to check in it.
    pub(super) fn of(
        path: &Path,
        text: &'a str,
        origin: &ModuleOrigin,
        format: Option<ModuleFormat>,
        identity: IdentityUse,
    ) -> Option<Self> {
        let is_parsed = !matches!(format, Some(ModuleFormat::Json | ModuleFormat::CommonJs));
        (is_parsed && text.len() > SHORT_TEXT).then(|| Self {
            path: WirePath::of(path),
            text: Cow::Borrowed(text),
            is_project: *origin == ModuleOrigin::Project,
            format,
            identity,
        })
    }
}

/// Reads a module as it is read for a definition. What comes out is nobody's.
pub(crate) fn check(module: UncheckedModule<'_>) {
    let origin = if module.is_project {
        ModuleOrigin::Project
    } else {
        let (name, version) = (String::new(), String::new());
        ModuleOrigin::Package(PackageIdentity { name, version })
    };
    let options = ReadingOptions {
        cache: None,
        identity: module.identity,
    };
    let text = Arc::from(module.text);
    let path = module.path.decode();
    // That the text is wrong is for whoever reads it for good.
    drop(parse_module(&path, text, origin, module.format, &options));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_code_is_told_from_ordinary_code() {
        let check = |text: &str, expected: bool| {
            assert_eq!(
                looks_deep(text),
                expected,
                "{}",
                &text[..text.len().min(40)]
            );
        };
        check(include_str!("../sandbox/javascript/sdk.js"), false);
        check(&"f(a, [b], { c });\n".repeat(1_000), false);
        check(&"if (a < b) { c = d ? 1 : 2; }\n".repeat(1_000), false);
        for deep in ["(", "[", "({a=[", "a<", "a?b:", "a=>", "`${", "(x?"] {
            check(&deep.repeat(300), true);
        }
    }
}
