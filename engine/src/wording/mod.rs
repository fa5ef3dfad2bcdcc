//! What the engine's data says in words, the same in a terminal and in an editor.

pub mod concurrent_commands;
pub mod failure;
pub mod provisional;
pub mod reason;
pub mod time;
