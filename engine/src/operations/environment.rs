//! The environment of what is started for a handler.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// The variable that names the folder a process works in.
const WORKING_FOLDER: &str = "PWD";

/// The variables that commands inherit.
#[derive(Debug, Clone, Default)]
pub struct CommandEnvironment {
    /// What configs can read, too.
    pub text: Arc<BTreeMap<String, String>>,
    /// What is no text, in its name or its value; it wins over a text of the same name.
    pub undecodable: Arc<BTreeMap<OsString, OsString>>,
}

impl CommandEnvironment {
    /// Returns the variables of a process that works in a folder.
    ///
    /// `PWD` is that folder: what Rigkit was given is the folder that Rigkit was started in.
    #[must_use]
    pub fn in_folder(&self, folder: &Path) -> BTreeMap<OsString, OsString> {
        let text = self.text.iter();
        let text = text.map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let undecodable = self.undecodable.iter();
        let undecodable = undecodable.map(|(name, value)| (name.clone(), value.clone()));
        let folder = (WORKING_FOLDER.into(), working_folder(folder).into());
        text.chain(undecodable).chain([folder]).collect()
    }
}

/// Returns a folder as `PWD` may name it: without `.` and `..`, and through links as they are.
fn working_folder(folder: &Path) -> PathBuf {
    let leads_up = folder.components().any(|part| part == Component::ParentDir);
    match folder.canonicalize() {
        // What `..` leads to depends on where the link before it leads.
        Ok(real) if leads_up => real,
        _ => folder.components().collect(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::os::unix::{ffi::OsStringExt, fs::symlink};

    use super::*;

    #[test]
    fn the_working_folder_has_no_detours() {
        let tree = tempfile::tempdir().unwrap();
        let root = tree.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("real/deep")).unwrap();
        symlink("real/deep", root.join("link")).unwrap();
        let check = |folder: &str, expected: &str| {
            assert_eq!(
                working_folder(&root.join(folder)),
                root.join(expected),
                "{folder}"
            );
        };
        check("real", "real");
        check("./real/./deep/", "real/deep");
        check("link", "link");
        check("link/..", "real");
        check("gone/..", "gone/..");
    }

    #[test]
    fn what_is_no_text_is_inherited() {
        let odd = || OsString::from_vec(b"caf\xe9".to_vec());
        let environment = CommandEnvironment {
            text: Arc::new(BTreeMap::from(
                [("PATH", "text"), ("PWD", "/elsewhere"), ("A", "1")]
                    .map(|(name, value)| (name.to_owned(), value.to_owned())),
            )),
            undecodable: Arc::new(BTreeMap::from([
                (odd(), "1".into()),
                ("PATH".into(), odd()),
            ])),
        };
        let expected: BTreeMap<OsString, OsString> = BTreeMap::from([
            ("A".into(), "1".into()),
            ("PATH".into(), odd()),
            ("PWD".into(), "/".into()),
            (odd(), "1".into()),
        ]);
        assert_eq!(environment.in_folder(Path::new("/")), expected);
    }
}
