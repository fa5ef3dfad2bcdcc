//! What is said of how long a run is kept.

use rigkit_engine::{definition::CacheTtl, wording::time::words};

/// Says how long a run is kept.
pub(super) fn text(fresh_for: CacheTtl) -> String {
    if fresh_for.is_zero() {
        return "runs every time".to_owned();
    }
    format!("kept for {}", words(fresh_for.duration()))
}
