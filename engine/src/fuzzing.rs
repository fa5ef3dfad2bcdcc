//! What is tried with input of any kind: readers of files that somebody else may have made.
//!
//! Both harnesses call these functions, the one of `cargo fuzz` (`fuzz/`) and the plain one
//! (`tests/tests/fuzz.rs`). Each takes any bytes, ends, and panics only where a promise is broken.

pub use crate::{
    confined::fuzzed_answer as child_answer, modules::fuzzed_entry as transpile_cache,
    state::fuzzed_file as state_file,
};
pub use crate::{
    confined::fuzzed_answer_seeds as child_answer_seeds,
    modules::fuzzed_entry_seeds as transpile_cache_seeds,
    state::fuzzed_file_seeds as state_file_seeds,
};
