//! The projects below `examples`: what they prepare, and what a plan says once time has passed
//! or somebody has changed something.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests work in folders of their own"
)]

mod quickstart;
mod readme;
mod services;
mod support;
