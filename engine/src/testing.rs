//! What tests of every crate share.

use std::env;

pub use crate::project::dotenv_assignments;

/// The variable that is set where nothing may be left out.
const ALL: &str = "RIGKIT_TEST_EVERYTHING";

/// Says by name what is not tested on this machine, for it lacks something.
///
/// # Panics
/// Where everything has to be tested.
#[expect(clippy::print_stderr, reason = "whoever runs the tests reads it")]
pub fn leave_out(test: &str, lacking: &str) {
    assert!(env::var_os(ALL).is_none(), "{test} needs {lacking}");
    eprintln!("left out: {test} needs {lacking}");
}
