//! The requests and notifications of the protocol, one file each.

pub(crate) mod call_hierarchy;
pub(crate) mod code_action;
pub(crate) mod code_lens;
pub(crate) mod completion;
pub(crate) mod definition;
pub(crate) mod diagnostic;
mod did_change;
mod did_change_configuration;
mod did_change_workspace_folders;
mod did_close;
mod did_open;
mod did_save;
pub(crate) mod document_highlight;
pub(crate) mod document_symbol;
pub(crate) mod events;
pub(crate) mod execute_command;
pub(crate) mod folding_range;
pub(crate) mod hover;
mod initialize;
pub(crate) mod inlay_hint;
pub(crate) mod projects;
pub(crate) mod prompt;
pub(crate) mod references;
pub(crate) mod rename;
pub(crate) mod workspace_symbol;
