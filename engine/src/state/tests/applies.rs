//! The history of applies.

use super::*;
use crate::event::RunOutcome;

fn begin(state: &mut State, id: &str, started_at: i64) -> ApplyId {
    let apply = NewApply {
        id: ApplyId::from(id),
        workflow: "web".to_owned(),
        started_at: at(started_at),
        who: "mia".to_owned(),
    };
    state.begin_apply(&apply).unwrap();
    apply.id
}

#[test]
fn an_apply_is_told_from_its_beginning_on() {
    let place = Place::new();
    let mut state = place.open();
    let id = begin(&mut state, "0001-abc", 1_000);
    let mut expected = ApplyRecord {
        id: id.clone(),
        workflow: "web".to_owned(),
        started_at: at(1_000),
        finished_at: None,
        outcome: None,
        who: "mia".to_owned(),
        counts: ApplyCounts::default(),
        message: None,
    };
    assert_eq!(state.list_applies(9).unwrap(), [expected.clone()]);

    let end = FinishedApply {
        at: at(2_000),
        outcome: RunOutcome::Failed,
        counts: ApplyCounts {
            cached: 3,
            ran: 2,
            failed: 1,
        },
        message: Some("install failed".to_owned()),
    };
    state.finish_apply(&id, &end).unwrap();
    expected.finished_at = Some(end.at);
    expected.outcome = Some(end.outcome);
    expected.counts = end.counts;
    expected.message = end.message.clone();
    assert_eq!(state.list_applies(9).unwrap(), [expected.clone()]);
    let json = json!({
        "id": "0001-abc",
        "workflow": "web",
        "startedAt": "1970-01-01T00:00:01Z",
        "finishedAt": "1970-01-01T00:00:02Z",
        "outcome": "failed",
        "who": "mia",
        "counts": { "cached": 3, "ran": 2, "failed": 1 },
        "message": "install failed"
    });
    assert_eq!(serde_json::to_value(expected).unwrap(), json);

    let error = state.finish_apply(&"unknown".into(), &end).unwrap_err();
    assert!(matches!(error, StateError::Gone { .. }), "{error:?}");
}

#[test]
fn an_apply_is_found_by_either_end_of_its_id() {
    let place = Place::new();
    let mut state = place.open();
    for (index, id) in ["0001-abc", "0001-abd", "0002-%bc"].into_iter().enumerate() {
        begin(&mut state, id, i64::try_from(index).unwrap());
    }
    for (part, expected) in [
        ("0001-abc", &["0001-abc"][..]),
        ("0001", &["0001-abd", "0001-abc"]),
        ("bd", &["0001-abd"]),
        ("bc", &["0002-%bc", "0001-abc"]),
        ("%", &[]),
        ("", &[]),
        ("0001-abc-", &[]),
        ("1-a", &[]),
    ] {
        let found = match state.find_apply(part).unwrap() {
            ApplyMatch::None => Vec::new(),
            ApplyMatch::One(apply) => vec![*apply],
            ApplyMatch::Several(applies) => {
                assert!(applies.len() > 1);
                applies
            }
        };
        let ids: Vec<&str> = found.iter().map(|apply| apply.id.as_str()).collect();
        assert_eq!(ids, expected, "{part}");
    }
    let last: Vec<ApplyId> = state
        .list_applies(2)
        .unwrap()
        .into_iter()
        .map(|apply| apply.id)
        .collect();
    assert_eq!(last, ["0002-%bc".into(), "0001-abd".into()]);
}
