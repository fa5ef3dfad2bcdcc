//! What handlers have at hand: globals and storages.

mod globals;
mod scopes;
mod storage;
