//! Where something is: a module by its number, and bytes.

use serde::{Deserialize, Serialize};

use super::Malformed;
use crate::{
    definition::Place,
    modules::{ModuleGraph, ModuleId},
    source::SourceRange,
};

/// A stretch of a module's text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WireRange {
    module: u32,
    start: u32,
    end: u32,
}

impl WireRange {
    /// Returns the form of a range, unless it is in no module of the graph.
    pub(crate) fn of(range: &SourceRange, graph: &ModuleGraph) -> Option<Self> {
        Some(Self {
            module: graph.find_by_name(&range.file)?.0,
            start: range.bytes.start,
            end: range.bytes.end,
        })
    }

    /// Returns the range, if the module has such a stretch.
    pub(crate) fn decode(self, graph: &ModuleGraph) -> Result<SourceRange, Malformed> {
        let module = graph
            .get(ModuleId(self.module))
            .ok_or(Malformed("module"))?;
        // A place is at least one byte long, also at the end of a text.
        let end = module.text.len() as u64 + 1;
        if self.start <= self.end && u64::from(self.end) <= end {
            Ok(module.range(&(self.start..self.end)))
        } else {
            Err(Malformed("range"))
        }
    }
}

/// The place of a builder call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum WirePlace {
    Site { module: u32, ordinal: u32 },
    Range(WireRange),
    Unknown,
}

impl WirePlace {
    pub(crate) fn of(place: &Place, graph: &ModuleGraph) -> Self {
        match place {
            Place::Site { module, ordinal } => Self::Site {
                module: module.0,
                ordinal: *ordinal,
            },
            Place::Range(range) => WireRange::of(range, graph).map_or(Self::Unknown, Self::Range),
            Place::Unknown => Self::Unknown,
        }
    }

    pub(crate) fn decode(self, graph: &ModuleGraph) -> Result<Place, Malformed> {
        Ok(match self {
            // Whether there is such a call is looked up whenever somebody asks where it is.
            Self::Site { module, ordinal } => Place::Site {
                module: ModuleId(module),
                ordinal,
            },
            Self::Range(range) => Place::Range(Box::new(range.decode(graph)?)),
            Self::Unknown => Place::Unknown,
        })
    }
}
