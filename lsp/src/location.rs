//! Paths and the names that clients have for them.

use std::path::{Path, PathBuf};

use tower_lsp::ls_types::Uri;

/// Gives the path of a document, without symbolic links; nothing for one that is no file.
pub(crate) fn path_of(uri: &Uri) -> Option<PathBuf> {
    let is_file = uri.scheme().as_str().eq_ignore_ascii_case("file");
    let path = uri.to_file_path().filter(|_| is_file)?;
    path.is_absolute().then(|| resolved(&path))
}

/// Follows symbolic links, as far as the file exists.
#[expect(
    clippy::disallowed_methods,
    reason = "the path is what the editor has opened, and nothing of it is read"
)]
fn resolved(path: &Path) -> PathBuf {
    if let Ok(resolved) = path.canonicalize() {
        return resolved;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => resolved(parent).join(name),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::str::FromStr as _;

    use super::*;

    fn check(uri: &str, path: Option<&str>) {
        let uri = Uri::from_str(uri).unwrap();
        assert_eq!(path_of(&uri), path.map(PathBuf::from), "{uri:?}");
    }

    #[test]
    fn only_files_have_a_path() {
        check(
            "file:///no/such/rig.config.ts",
            Some("/no/such/rig.config.ts"),
        );
        check("file:///no/such/%C3%A9%20b.ts", Some("/no/such/é b.ts"));
        check("untitled:Untitled-1", None);
        check("https://example.com/rig.config.ts", None);
        check("file://", None);
    }
}
