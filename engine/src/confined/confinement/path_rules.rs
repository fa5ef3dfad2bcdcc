//! Landlock: no path of the file system can be reached, and no process outside be signalled.

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, RestrictionStatus,
    Ruleset, RulesetAttr as _, RulesetError, RulesetStatus, Scope,
};

use super::Wall;

/// The newest interface of the kernel whose rules are asked for; an older kernel takes those that
/// it knows.
const NEWEST: ABI = ABI::V6;

/// Forbids all of it to this thread and to all that it starts.
pub(super) fn forbid_all() -> Wall {
    match restrict() {
        Ok(status) => match status.ruleset {
            RulesetStatus::FullyEnforced => Wall::Standing,
            RulesetStatus::PartiallyEnforced => Wall::Partial,
            RulesetStatus::NotEnforced => Wall::Missing("the kernel does not offer it".to_owned()),
        },
        Err(error) => Wall::Missing(error.to_string()),
    }
}

fn restrict() -> Result<RestrictionStatus, RulesetError> {
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .restrict_self()
}
