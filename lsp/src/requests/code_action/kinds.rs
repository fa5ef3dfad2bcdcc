//! The kinds of actions, and those that a client asks for.

use tower_lsp::ls_types::CodeActionKind;

/// The kind above those of all commands: each of them has its command's name as its kind, so
/// that a key can be bound to it.
///
/// None of the protocol's own kinds fits: editors hide those below `source` at the cursor, and
/// those below `refactor` promise an edit.
pub(super) const RIGKIT: CodeActionKind = CodeActionKind::new("rigkit");

/// Is what a client asks for; everything where it does not say.
pub(super) struct WantedKinds<'a>(Option<&'a [CodeActionKind]>);

impl<'a> WantedKinds<'a> {
    /// Takes what a client said.
    pub(super) fn new(only: Option<&'a [CodeActionKind]>) -> Self {
        Self(only)
    }

    /// Says whether actions of a kind are asked for.
    pub(super) fn include(&self, kind: &CodeActionKind) -> bool {
        self.any(|wanted| is_within(kind, wanted))
    }

    /// Says whether actions of a kind, or of some kind below it, are asked for.
    pub(super) fn may_include(&self, kind: &CodeActionKind) -> bool {
        self.any(|wanted| is_within(kind, wanted) || is_within(wanted, kind))
    }

    fn any(&self, is_meant: impl FnMut(&CodeActionKind) -> bool) -> bool {
        self.0.is_none_or(|only| only.iter().any(is_meant))
    }
}

/// Says whether a kind is another one, or below it.
fn is_within(kind: &CodeActionKind, outer: &CodeActionKind) -> bool {
    let (kind, outer) = (kind.as_str(), outer.as_str());
    let rest = kind.strip_prefix(outer);
    rest.is_some_and(|rest| outer.is_empty() || rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(only: Option<&[&'static str]>, kind: &'static str, is_included: bool) {
        let only: Option<Vec<CodeActionKind>> =
            only.map(|only| only.iter().map(|kind| CodeActionKind::new(kind)).collect());
        let wanted = WantedKinds::new(only.as_deref());
        let found = wanted.include(&CodeActionKind::new(kind));
        assert_eq!(found, is_included, "{only:?} {kind}");
    }

    #[test]
    fn a_kind_includes_those_below_it() {
        check(None, "quickfix", true);
        check(Some(&[]), "quickfix", false);
        check(Some(&[""]), "quickfix", true);
        check(Some(&["rigkit"]), "rigkit.apply", true);
        check(Some(&["rigkit.apply"]), "rigkit.apply", true);
        check(Some(&["rigkit.apply"]), "rigkit.applyUntil", false);
        check(Some(&["source.fixAll", "quickfix"]), "quickfix", true);
        check(Some(&["quick"]), "quickfix", false);
    }

    #[test]
    fn a_root_is_looked_at_for_what_is_below_it() {
        let only = [CodeActionKind::new("rigkit.apply")];
        assert!(WantedKinds::new(Some(&only)).may_include(&RIGKIT));
        assert!(!WantedKinds::new(Some(&only)).may_include(&CodeActionKind::QUICKFIX));
    }
}
