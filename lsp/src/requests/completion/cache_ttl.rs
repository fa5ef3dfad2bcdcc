//! Units of `cacheTTL`, as soon as there is a number.

use rigkit_engine::{definition::CacheTtl, wording::time::words};
use serde_json::Value;
use tower_lsp::ls_types::CompletionItemKind;

use super::{Insertion, Proposal};

/// What is offered before there is a number.
const COMMON: [&str; 5] = ["30s", "10m", "1h", "1d", "7d"];

/// Lists the units that may follow a number.
pub(super) fn proposals(written: &str) -> Vec<Proposal> {
    let end = written.find(|character: char| !character.is_ascii_digit() && character != '.');
    let amount = &written[..end.unwrap_or(written.len())];
    let times: Vec<String> = if amount.is_empty() {
        COMMON.iter().map(ToString::to_string).collect()
    } else {
        let units = CacheTtl::UNIT_NAMES.iter();
        units.map(|unit| format!("{amount}{unit}")).collect()
    };
    times.into_iter().filter_map(proposal).collect()
}

fn proposal(label: String) -> Option<Proposal> {
    let fresh_for = CacheTtl::from_json(&Value::from(label.as_str())).ok()?;
    // Nobody means a part of a millisecond.
    if fresh_for.duration().subsec_nanos() % 1_000_000 != 0 {
        return None;
    }
    let detail = if fresh_for.is_zero() {
        "runs every time".to_owned()
    } else {
        format!("kept for {}", words(fresh_for.duration()))
    };
    Some(Proposal {
        label,
        kind: CompletionItemKind::UNIT,
        detail: Some(detail),
        documentation: None,
        insertion: Insertion::Label,
    })
}
