//! The `QuickJS` sandbox in which definitions are evaluated and handlers run.

pub mod globals;
pub mod node_builtins;
