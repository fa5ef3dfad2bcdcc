//! Real editors with the very set-ups of `docs/editors.md`, on an example project: each receives
//! diagnostics and lenses, and runs an apply.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests work in folders of their own"
)]

mod emacs;
mod install;
mod kakoune;
mod neovim;
mod setup;
