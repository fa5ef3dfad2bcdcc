//! Whether there is a workflow of a name that somebody gave.

use super::{Engine, select};
use crate::error::EngineError;

impl Engine {
    /// Makes sure that a name, if there is one, is that of a workflow of the config or of one
    /// that left something behind, which has to be seen and removed after the config forgot it.
    ///
    /// # Errors
    /// Where there is no such workflow, or the state cannot be read.
    pub fn check_workflow(&self, name: Option<&str>) -> Result<(), EngineError> {
        let Some(name) = name else {
            return Ok(());
        };
        if let Some(state) = self.read_state()?
            && state.has_workflow(name)?
        {
            return Ok(());
        }
        // A config that does not load must not hide what exists.
        let Some(definition) = self.definition_if_right()? else {
            return Ok(());
        };
        select::workflow(&definition, Some(name)).map(drop)
    }
}
