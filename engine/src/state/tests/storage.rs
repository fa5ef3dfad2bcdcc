//! What both stores for providers promise alike.

use proptest::prelude::*;

use super::*;

fn check_both(check: impl Fn(&mut dyn ProviderStore)) {
    let place = Place::new();
    check(&mut place.open());
    check(&mut HostStorage::new(place.root().join("providers")));
}

fn keys(store: &dyn ProviderStore, provider: &str, prefix: &str) -> Vec<String> {
    let entries = store.entries(provider, prefix).unwrap();
    entries.into_iter().map(|entry| entry.key).collect()
}

#[test]
fn values_are_kept_and_forgotten() {
    check_both(|store| {
        assert_eq!(store.get("git", "a").unwrap(), None);
        assert!(!store.delete("git", "a").unwrap());
        let first = store.set("git", "a", &json!({ "z": 1, "a": [null] }), at(1_000));
        let first = first.unwrap();
        assert_eq!(store.get("git", "a").unwrap(), Some(first));
        let second = store.set("git", "a", &Value::Null, at(2_000)).unwrap();
        let expected = json!({
            "providerId": "git",
            "key": "a",
            "value": null,
            "createdAt": "1970-01-01T00:00:01.000Z",
            "updatedAt": "1970-01-01T00:00:02.000Z"
        });
        assert_eq!(serde_json::to_value(&second).unwrap(), expected);
        assert_eq!(store.get("git", "a").unwrap(), Some(second.clone()));
        assert_eq!(store.entries("git", "").unwrap(), [second]);
        assert_eq!(store.get("Git", "a").unwrap(), None, "another provider");
        assert!(store.delete("git", "a").unwrap());
        assert_eq!(store.get("git", "a").unwrap(), None);
    });
}

#[test]
fn entries_are_sorted_and_picked_by_prefix() {
    check_both(|store| {
        for key in [
            "b",
            "a/2",
            "B",
            "a/10",
            "ä",
            "",
            "a",
            "a\0x",
            "a/\u{10ffff}",
            "%",
        ] {
            store.set("git", key, &json!(1), at(0)).unwrap();
        }
        store.set("other", "a/3", &json!(1), at(0)).unwrap();
        let all = [
            "",
            "%",
            "B",
            "a",
            "a\0x",
            "a/10",
            "a/2",
            "a/\u{10ffff}",
            "b",
            "ä",
        ];
        assert_eq!(keys(store, "git", ""), all);
        assert_eq!(keys(store, "git", "a/"), ["a/10", "a/2", "a/\u{10ffff}"]);
        assert_eq!(keys(store, "git", "a\0"), ["a\0x"]);
        assert_eq!(keys(store, "git", "%"), ["%"]);
        assert_eq!(keys(store, "git", "c"), Vec::<String>::new());
    });
}

#[test]
fn setting_in_the_state_raises_the_serial() {
    let place = Place::new();
    let mut state = place.open();
    state.set("git", "a", &json!(1), at(0)).unwrap();
    assert_eq!(state.serial().unwrap(), 1);
    state.delete("git", "missing").unwrap();
    assert_eq!(state.serial().unwrap(), 1);
    state.delete("git", "a").unwrap();
    assert_eq!(state.serial().unwrap(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn agrees_with_a_map(
        changes in prop::collection::vec(("(?s)[ab%./]{0,3}", any::<Option<i32>>()), 1..10),
        prefix in "[ab/]{0,2}",
    ) {
        let mut map: BTreeMap<String, i32> = BTreeMap::new();
        for (key, value) in &changes {
            match value {
                Some(value) => map.insert(key.clone(), *value),
                None => map.remove(key),
            };
        }
        let expected: Vec<(String, Value)> = map
            .into_iter()
            .filter(|(key, _)| key.starts_with(&prefix))
            .map(|(key, value)| (key, json!(value)))
            .collect();
        check_both(|store| {
            for (key, value) in &changes {
                match value {
                    Some(value) => drop(store.set("p", key, &json!(value), at(0)).unwrap()),
                    None => drop(store.delete("p", key).unwrap()),
                }
            }
            let entries = store.entries("p", &prefix).unwrap();
            let entries: Vec<_> = entries.into_iter().map(|it| (it.key, it.value)).collect();
            assert_eq!(entries, expected);
        });
    }
}
