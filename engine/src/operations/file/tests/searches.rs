use std::path::Path;

use globset::GlobBuilder;
use proptest::prelude::*;
use serde_json::json;

use super::{TREE, any_pattern, any_tree, block_on, check_answers, pairs};
use crate::operations::test_support::Project;

#[tokio::test]
async fn patterns_list_files() {
    let cases = [
        (
            json!({ "pattern": "src/*.ts" }),
            r#"["src/a.ts","src/b.test.ts"]"#,
        ),
        (
            json!({ "patterns": ["src/**/*.ts", "!**/*.test.ts"] }),
            r#"["src/a.ts","src/deep/er/c.ts"]"#,
        ),
        (
            json!({ "patterns": "**/{c,d}.{ts,js}" }),
            r#"["src/deep/d.js","src/deep/er/c.ts"]"#,
        ),
        (
            json!({ "patterns": "**", "cwd": "src" }),
            r#"["a.ts","b.test.ts","dangling","deep/d.js","deep/er/c.ts","to-file"]"#,
        ),
        (
            json!({ "patterns": "**/*.ts", "dot": true, "ignore": ["node_modules/**", "app"] }),
            r#"["src/.hidden/e.ts","src/a.ts","src/b.test.ts","src/deep/er/c.ts"]"#,
        ),
        (
            json!({ "patterns": ".github/**" }),
            r#"[".github/workflows/ci.yml"]"#,
        ),
        (
            json!({ "patterns": "{.github,none}/**" }),
            r#"[".github/workflows/ci.yml"]"#,
        ),
        (json!({ "patterns": "*/.env" }), r#"["src/.env"]"#),
        (json!({ "patterns": "**/.h*/*" }), r#"["src/.hidden/e.ts"]"#),
        (
            json!({ "patterns": "./src/../package.json" }),
            r#"["src/../package.json"]"#,
        ),
        (
            json!({ "patterns": "../p*", "cwd": "src" }),
            r#"["../package.json"]"#,
        ),
        (
            json!({ "patterns": r"app/\[id\]/*" }),
            r#"["app/[id]/page.ts"]"#,
        ),
        (
            json!({ "patterns": ["src", "src/loop/*.ts", "none/*"] }),
            r#"["src/loop/a.ts","src/loop/b.test.ts"]"#,
        ),
        (json!({ "patterns": "package.json/*" }), "[]"),
        (json!({ "patterns": [] }), "[]"),
        (
            json!({ "patterns": "a[" }),
            "TypeError ERR_INVALID_ARG_VALUE: failed to list \"a[\": the pattern \"a[\" is not \
             valid: unclosed character class; missing ']'",
        ),
        (
            json!({ "patterns": "*", "cwd": "none" }),
            "Error ENOENT: failed to list \"*\" at \"PROJECT/none\": no such file or folder",
        ),
        (
            json!({ "patterns": 1 }),
            "TypeError ERR_INVALID_ARG_TYPE: `file.glob` does not take this payload: expected a \
             string or a list of strings",
        ),
    ];
    check_answers(
        TREE,
        &cases.map(|(payload, answer)| ("glob", payload, answer)),
    )
    .await;
}

#[tokio::test]
async fn absolute_patterns_list_absolute_paths() {
    let project = Project::with(TREE);
    let root = project.context.project_dir.display().to_string();
    let payload =
        json!({ "patterns": format!("{root}/src/*.ts"), "ignore": format!("{root}/src/b*") });
    assert_eq!(
        project.line("file.glob", payload).await,
        r#"["PROJECT/src/a.ts"]"#
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_search_finds_what_looking_at_everything_finds(
        files in any_tree(),
        pattern in any_pattern(),
        ignore in any_pattern(),
    ) {
        let glob = |pattern: &str| {
            GlobBuilder::new(pattern).literal_separator(true).build().unwrap().compile_matcher()
        };
        let (matching, ignored) = (glob(&pattern), glob(&ignore));
        let left_out = |path: &str| {
            let mut above = Path::new(path).ancestors().filter(|above| *above != Path::new(""));
            above.any(|above| ignored.is_match(above))
        };
        let expected: Vec<&String> = files
            .keys()
            .filter(|path| matching.is_match(path.as_str()) && !left_out(path))
            .collect();
        let project = Project::with(&pairs(&files));
        let payload = json!({ "patterns": pattern, "ignore": ignore, "dot": true });
        let found = block_on(project.perform("file.glob", payload)).unwrap();
        prop_assert_eq!(found, json!(expected));
    }
}
