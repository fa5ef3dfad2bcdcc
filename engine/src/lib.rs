//! Loads, plans, applies and caches Rigkit workflows.
//!
//! The engine knows nothing of terminals, language servers or command lines: its API is
//! plain data in, plain data and a stream of [`event`]s out.

pub mod event;
pub mod operations;
