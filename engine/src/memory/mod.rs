//! Memory that Rust code takes, counted so that it can be bounded.
//!
//! The language bounds its own heap. What the engine copies out of it is Rust's, and a value of a
//! few bytes in the language can be gigabytes once it is copied: `o = [o, o]`, sixty times. So
//! every allocation is counted, for each thread by itself. Where a definition evaluates in the
//! process, the engine looks at the count as it goes on, and refuses. A confined evaluation ends
//! at the very allocation that is too much.

mod counting;

pub use counting::{CountingAllocator, used_by_this_thread};
pub(crate) use counting::{end_process_above, note_place, noted_place};
