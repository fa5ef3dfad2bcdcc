//! What a person does, in the editor, in a terminal, or with the files.

use std::fmt;

use super::projects::Terrain;

/// A step of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Another statement is in a handler of the config, which is saved.
    Edit {
        /// Which of the handlers.
        handler: usize,
        /// Which statement.
        number: u32,
    },
    /// The config does not parse, and is saved.
    Break,
    /// The config is as it was in the beginning, and is saved.
    Mend,
    /// A file that the config imports has another text; nobody has it open.
    ChangeHelper {
        /// Which file.
        helper: &'static str,
        /// Which text.
        number: u32,
    },
    /// A file that the config imports is away.
    RemoveHelper(&'static str),
    /// A file that the config imports is as it was in the beginning.
    RestoreHelper(&'static str),
    /// A file that the config imports is opened, changed, and closed without being saved.
    AbandonHelper(&'static str),
    /// What is pending is applied.
    Apply(Place),
    /// A task is applied with all before it.
    ApplyUntil(Place, &'static str),
    /// A task is invalidated with all after it.
    Invalidate(Place, &'static str),
    /// A variable is another one in `.env`, or in none.
    SetVariable(&'static str, Option<&'static str>),
    /// The editor and the terminal are started with another value of a variable, or none.
    Export(&'static str, Option<&'static str>),
    /// All that is stored is removed.
    RemoveDataFolder,
    /// The database is removed.
    RemoveState,
}

/// Where something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the editor.
    Editor,
    /// In a terminal.
    Terminal,
}

/// The values that variables get.
const VALUES: [Option<&str>; 5] = [None, Some("1"), Some("web"), Some("eu"), Some("3,4,5")];

impl Step {
    /// Draws a step.
    pub(super) fn draw(terrain: &Terrain, random: &mut fastrand::Rng) -> Self {
        loop {
            if let Some(step) = Self::try_draw(terrain, random) {
                return step;
            }
        }
    }

    /// Draws a step, unless the project has nothing that it could be about.
    fn try_draw(terrain: &Terrain, random: &mut fastrand::Rng) -> Option<Self> {
        let place = if random.bool() {
            Place::Editor
        } else {
            Place::Terminal
        };
        let (handler, number) = (random.usize(..8), random.u32(..3));
        let helper = random.choice(terrain.helpers).copied();
        let task = random.choice(terrain.tasks).copied();
        let variable = random.choice(terrain.variables).copied();
        let value = random.choice(VALUES).flatten();
        Some(match random.u32(..100) {
            0..16 => Self::Edit { handler, number },
            16..20 => Self::Break,
            20..26 => Self::Mend,
            26..34 => Self::ChangeHelper {
                helper: helper?,
                number,
            },
            34..37 => Self::RemoveHelper(helper?),
            37..42 => Self::RestoreHelper(helper?),
            42..46 => Self::AbandonHelper(helper?),
            46..66 => Self::Apply(place),
            66..72 => Self::ApplyUntil(place, task?),
            72..80 => Self::Invalidate(place, task?),
            80..91 => Self::SetVariable(variable?, value),
            91..95 => Self::Export(variable?, value),
            95..98 => Self::RemoveDataFolder,
            _ => Self::RemoveState,
        })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self:?}")
    }
}
