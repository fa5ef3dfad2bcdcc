//! Whose files are read: one's own, those of the system, and those that a person has accepted.
//!
//! Whoever may write a config or an `.env` decides what `rig` does, so a file of another user is
//! refused, as git refuses a repository of another user.

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
    sync::Arc,
};

use nix::unistd::geteuid;
use thiserror::Error;

use super::{FolderFate, Subject, TrustRecord, error::shell_word};
use crate::display_text;

/// The number of the user whom everybody has to trust.
const ROOT: u32 = 0;

/// The variable in which `sudo` names the user who called it.
const SUDO_UID: &str = "SUDO_UID";

/// The rule which files may be used, by whom they belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerRule {
    oneself: BTreeSet<u32>,
    accepted: Arc<[Accepted]>,
}

/// A decision about files of another user that holds now.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Accepted {
    folder: PathBuf,
    owner: u32,
}

/// A file that belongs to another user.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{}` belongs to another user ({owner})", display_text::path(path))]
pub struct ForeignFile {
    /// The file.
    pub path: PathBuf,
    /// The number of that user.
    pub owner: u32,
}

impl ForeignFile {
    /// Returns the command that accepts the file's owner.
    #[must_use]
    pub fn help(&self) -> String {
        let folder = self.path.parent().unwrap_or(&self.path);
        format!(
            "whoever owns it decides what `rig` does; if you trust them: rig trust --owner {}",
            shell_word(folder)
        )
    }
}

impl Default for OwnerRule {
    fn default() -> Self {
        Self::of_process()
    }
}

impl OwnerRule {
    /// Returns the rule for the user who runs this process.
    #[must_use]
    pub fn of_process() -> Self {
        let sudo_uid = env::var_os(SUDO_UID);
        let sudo_uid = sudo_uid.as_ref().and_then(|uid| uid.to_str());
        Self::of_user(geteuid().as_raw(), sudo_uid)
    }

    /// Returns the rule for a user; who became root by `sudo` counts as the user before, too.
    fn of_user(user: u32, sudo_uid: Option<&str>) -> Self {
        let before = sudo_uid.filter(|_| user == ROOT);
        let before = before.and_then(|uid| uid.parse().ok());
        Self {
            oneself: [ROOT, user].into_iter().chain(before).collect(),
            accepted: Arc::default(),
        }
    }

    /// Accepts what is on record about folders that are still the same ones.
    #[must_use]
    pub fn accepting(self, record: &TrustRecord) -> Self {
        let accepted = record
            .decisions()
            .iter()
            .filter_map(|decision| match decision.subject {
                Subject::Owner { owner } if decision.folder.fate() == FolderFate::Present => {
                    Some(Accepted {
                        folder: decision.folder.path.clone(),
                        owner,
                    })
                }
                Subject::Owner { .. } | Subject::Code => None,
            });
        Self {
            accepted: accepted.collect(),
            ..self
        }
    }

    /// Returns whether a file of this user is as good as one's own.
    pub(super) fn is_oneself(&self, owner: u32) -> bool {
        self.oneself.contains(&owner)
    }

    /// Checks a file by the owner that was read from it once it was open, so that nobody can put
    /// another one in its place.
    ///
    /// # Errors
    /// Where it belongs to another user whom nobody has accepted.
    pub fn check(&self, path: &Path, owner: u32) -> Result<(), ForeignFile> {
        let is_accepted =
            |accepted: &Accepted| accepted.owner == owner && path.starts_with(&accepted.folder);
        if self.is_oneself(owner) || self.accepted.iter().any(is_accepted) {
            return Ok(());
        }
        Err(ForeignFile {
            path: path.to_owned(),
            owner,
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::trust::{Decision, Folder};

    #[test]
    fn oneself_is_root_the_user_and_who_called_sudo() {
        let check = |user, sudo_uid: Option<&str>, expected: &[u32]| {
            let rule = OwnerRule::of_user(user, sudo_uid);
            let oneself: Vec<u32> = rule.oneself.into_iter().collect();
            assert_eq!(oneself, expected, "{user} {sudo_uid:?}");
        };
        check(0, None, &[0]);
        check(0, Some("1000"), &[0, 1000]);
        check(1000, None, &[0, 1000]);
        // Only root can have become who it is by `sudo`.
        check(1000, Some("1001"), &[0, 1000]);
        check(0, Some("0"), &[0]);
        for nonsense in ["", "-1", "1000x", "+ 5", "99999999999"] {
            check(0, Some(nonsense), &[0]);
        }
    }

    #[test]
    fn an_owner_is_accepted_in_a_folder_and_below_it() {
        let tree = tempfile::tempdir().unwrap();
        let folder = Folder::at(tree.path()).unwrap();
        let root = folder.path.clone();
        let rule = |folder: Folder| {
            let mut record = TrustRecord::default();
            record.add(Decision {
                folder,
                subject: Subject::Owner { owner: 65_534 },
                at: jiff::Timestamp::now(),
                by: "rig trust --owner".to_owned(),
            });
            OwnerRule::of_user(1000, None).accepting(&record)
        };
        let check = |rule: &OwnerRule, path: &Path, owner, is_fine: bool| {
            let checked = rule.check(path, owner);
            assert_eq!(checked.is_ok(), is_fine, "{} {owner}", path.display());
        };
        let accepting = rule(folder.clone());
        check(&accepting, &root.join("rig.config.ts"), 65_534, true);
        check(&accepting, &root.join("lib/tasks.ts"), 65_534, true);
        check(&accepting, &root.join("rig.config.ts"), 65_533, false);
        check(
            &accepting,
            &root.with_extension("x").join(".env"),
            65_534,
            false,
        );
        check(&accepting, Path::new("/rig.config.ts"), 65_534, false);
        check(&accepting, Path::new("/rig.config.ts"), 0, true);
        // Another folder has come to the path.
        let replaced = Folder {
            inode: folder.inode + 1,
            ..folder
        };
        check(&rule(replaced), &root.join("rig.config.ts"), 65_534, false);
    }

    #[test]
    fn the_remedy_can_be_pasted() {
        let check = |path: &str, expected: &str| {
            let file = ForeignFile {
                path: PathBuf::from(path),
                owner: 5,
            };
            let help = file.help();
            assert_eq!(help.rsplit_once(": ").unwrap().1, expected);
        };
        check("/srv/site/rig.config.ts", "rig trust --owner /srv/site");
        check("/srv/my site/.env", "rig trust --owner '/srv/my site'");
    }
}
