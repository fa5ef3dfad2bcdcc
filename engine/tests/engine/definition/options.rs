//! Options of tasks.

use super::{check_paths, check_problems, load};
use crate::support::TestProject;

fn config(options: &str) -> String {
    format!(
        "import {{ sequence }} from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").task(\"a\", {options}, () => {{}});\n"
    )
}

#[test]
fn every_form_of_a_time_to_live_is_read() {
    for (written, milliseconds) in [
        ("0", 0),
        ("1500", 1500),
        ("\"90s\"", 90_000),
        ("\"30m\"", 1_800_000),
        ("\"1.5h\"", 5_400_000),
        ("\"1d\"", 86_400_000),
        ("\"250MS\"", 250),
        ("\"2 H\"", 7_200_000),
        ("{ hours: 1, minutes: 30 }", 5_400_000),
        ("{ days: 1, seconds: 1 }", 86_401_000),
        ("{ hours: 1, minutes: undefined }", 3_600_000),
        ("{ days: undefined }", 0),
        ("60 * 1000", 60_000),
    ] {
        let definition = load(&TestProject::new(&config(&format!(
            "{{ cacheTTL: {written} }}"
        ))));
        let ttl = definition.workflows[0].tasks[0].options.cache_ttl.unwrap();
        assert_eq!(ttl.duration().as_millis(), milliseconds, "{written}");
        assert_eq!(ttl.is_zero(), milliseconds == 0);
    }
    check_paths(&config("{ cacheTTL: undefined }"), &["a"]);
}

#[test]
fn what_is_no_time_to_live_is_refused_at_the_option() {
    for (written, message) in [
        ("-1", "`cacheTTL` must be a finite duration of zero or more"),
        (
            "1 / 0",
            "`cacheTTL` must be a finite duration of zero or more, not Infinity",
        ),
        (
            "NaN",
            "`cacheTTL` must be a finite duration of zero or more, not NaN",
        ),
        (
            "\"-1s\"",
            "`cacheTTL` cannot be read: `-1s` is not a number and a unit",
        ),
        (
            "\"soon\"",
            "`cacheTTL` cannot be read: `soon` is not a number and a unit",
        ),
        (
            "\"10\"",
            "`cacheTTL` cannot be read: `10` is not a number and a unit",
        ),
        (
            "\"1w\"",
            "`cacheTTL` cannot be read: `1w` is not a number and a unit",
        ),
        (
            "true",
            "`cacheTTL` must be a number, a text or an object, not a boolean",
        ),
        (
            "null",
            "`cacheTTL` must be a number, a text or an object, not null",
        ),
        (
            "[1]",
            "`cacheTTL` must be a number, a text or an object, not an array",
        ),
        ("() => 1", "`cacheTTL` cannot be a function"),
        ("[undefined]", "`cacheTTL` cannot be undefined"),
        ("new Date()", "`cacheTTL` cannot be an instance of Date"),
        ("{ hours: NaN }", "`cacheTTL` cannot be NaN"),
        (
            "{ hours: undefined, weeks: undefined, minutes: () => 1 }",
            "`cacheTTL` cannot be a function",
        ),
        ("{ weeks: 1 }", "`cacheTTL` has no part `weeks`"),
        (
            "{ hours: -1 }",
            "`cacheTTL` must be a finite duration of zero or more",
        ),
    ] {
        let end = 58 + written.len();
        check_problems(
            &config(&format!("{{ cacheTTL: {written} }}")),
            &[&format!(
                "rig.config.ts:2:58-2:{end} invalid-cache-ttl: {message}"
            )],
        );
    }
}

#[test]
fn an_option_that_is_elsewhere_is_placed_at_the_call() {
    check_problems(
        "import { sequence } from \"@rigkit/sdk\";\nconst options = { cacheTTL: -1 };\nexport const app = sequence(\"app\")\n  .task(\"a\", options, () => {});\n",
        &[
            "rig.config.ts:4:4-4:32 invalid-cache-ttl: `cacheTTL` must be a finite duration of zero or more",
        ],
    );
}

#[test]
fn other_options_have_their_kinds() {
    check_problems(
        &config("{ version: 1 }"),
        &["rig.config.ts:2:57-2:58 invalid-option: `version` must be a text, not `1`"],
    );
    check_problems(
        &config("{ cutoff: \"yes\" }"),
        &[
            "rig.config.ts:2:56-2:61 invalid-option: `cutoff` must be true or false, not the text \"yes\"",
        ],
    );
    check_problems(
        &config("{ output: 1 }"),
        &["rig.config.ts:2:56-2:57 invalid-schema: `output` is not a schema but `1`"],
    );
    check_problems(
        &config("{ output: { type: \"nonsense\" } }"),
        &[
            "rig.config.ts:2:56-2:76 invalid-schema: `output` is not a JSON Schema: \"nonsense\" is not valid under any of the schemas listed in the 'anyOf' keyword",
        ],
    );
    check_problems(
        &config("{ output: { type: () => {} } }"),
        &[
            "rig.config.ts:2:56-2:74 invalid-schema: output.type is a function, which no JSON Schema has",
        ],
    );
    check_problems(
        &config("{ cacheTtl: 1 }"),
        &["rig.config.ts:2:48-2:56 invalid-option: a task has no option `cacheTtl`"],
    );
    check_problems(
        &config("{ retries: 1 }"),
        &["rig.config.ts:2:48-2:55 invalid-option: a task has no option `retries`"],
    );
    check_problems(
        &config("\"1h\""),
        &[
            "rig.config.ts:2:46-2:50 invalid-option: the options of a task are an object, not the text \"1h\"",
        ],
    );
    check_paths(&config("undefined"), &["a"]);
    check_paths(&config("null"), &["a"]);
}
