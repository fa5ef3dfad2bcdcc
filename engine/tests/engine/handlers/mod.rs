//! What handlers have at hand: globals and storages.

mod globals;
mod providers;
mod scopes;
mod storage;
