//! What of a captured value a function uses: all of it, or some members only.

use std::borrow::Cow;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use smallvec::{SmallVec, smallvec};

/// Says what of a captured value is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Uses {
    /// Nobody can say what is not.
    Whole,
    /// These members only.
    Members(SmallVec<[MemberUse; 1]>),
}

/// Is the use of a member, such as `versions.node` or `tools.format()`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct MemberUse {
    /// The names that lead to the member.
    pub(crate) path: SmallVec<[CompactString; 1]>,
    /// Whether it is called, so that it may use what it is a member of.
    pub(crate) is_called: bool,
}

impl Uses {
    /// Uses one member; one that no name leads to is all of it.
    pub(super) fn of(path: &[Cow<'_, str>], is_called: bool) -> Self {
        if path.is_empty() {
            return Self::Whole;
        }
        let path = path
            .iter()
            .map(|name| CompactString::from(&**name))
            .collect();
        Self::Members(smallvec![MemberUse { path, is_called }])
    }

    /// Adds what another place uses; says whether that is more than before.
    pub(super) fn add(&mut self, other: Self) -> bool {
        let added = match (&mut *self, other) {
            (Self::Whole, _) => return false,
            (_, Self::Whole) => {
                *self = Self::Whole;
                return true;
            }
            (Self::Members(members), Self::Members(others)) => {
                let before = members.len();
                for other in others {
                    if !members.contains(&other) {
                        members.push(other);
                    }
                }
                members.len() > before
            }
        };
        self.limit();
        added
    }

    /// Who uses this many members may as well be taken to use all.
    fn limit(&mut self) {
        const MOST_MEMBERS: usize = 64;
        if matches!(self, Self::Members(members) if members.len() > MOST_MEMBERS) {
            *self = Self::Whole;
        }
    }
}
