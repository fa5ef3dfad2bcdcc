//! Imports between the files of a project.

use std::path::Path;

use super::{check_paths, check_problems};
use crate::support::TestProject;

/// Imports from another file and makes a task of each name.
fn importing(import: &str, files: &str) -> String {
    format!(
        "//- /rig.config.ts\nimport {{ sequence }} from \"@rigkit/sdk\";\n{import}\nlet app = sequence(\"app\");\nfor (const name of names) app = app.task(name, () => {{}});\nexport {{ app }};\n{files}"
    )
}

#[test]
fn extensions_and_index_files_are_found() {
    for (specifier, file) in [
        ("./names", "names.ts"),
        ("./names", "names.tsx"),
        ("./names", "names.mts"),
        ("./names", "names.js"),
        ("./names", "names.mjs"),
        ("./names.ts", "names.ts"),
        ("./names.js", "names.js"),
        ("./names.js", "names.ts"),
        ("./names.mjs", "names.mts"),
        ("./lib", "lib/index.ts"),
        ("./lib/", "lib/index.js"),
        ("./lib/names", "lib/names.ts"),
        ("./a b", "a b.ts"),
        ("./.hidden", ".hidden.ts"),
    ] {
        check_paths(
            &importing(
                &format!("import {{ names }} from \"{specifier}\";"),
                &format!("//- /{file}\nexport const names = [\"x\"];\n"),
            ),
            &["x"],
        );
    }
}

#[test]
fn a_json_file_is_found_without_its_extension() {
    for (specifier, file) in [("./names", "names.json"), ("./lib", "lib/index.json")] {
        check_paths(
            &importing(
                &format!("import names from \"{specifier}\";"),
                &format!("//- /{file}\n[\"x\"]\n"),
            ),
            &["x"],
        );
    }
    // A module goes before data.
    check_paths(
        &importing(
            "import { names } from \"./names\";",
            "//- /names.json\n[\"data\"]\n//- /names.ts\nexport const names = [\"module\"];\n",
        ),
        &["module"],
    );
}

#[test]
fn every_way_to_import_works() {
    let files = "//- /names.ts\nexport const names: string[] = [\"x\"]; export default names; export type Name = string;\n//- /more.ts\nexport * from \"./names\"; export { default as other } from \"./names\";\n";
    for import in [
        "import names from \"./names\";",
        "import { names, type Name } from \"./names\";",
        "import type { Name } from \"./gone\"; import { names } from \"./more\";",
        "import * as all from \"./more\"; const names = all.other;",
        "const { names } = await import(\"./names\");",
    ] {
        check_paths(&importing(import, files), &["x"]);
    }
}

#[test]
fn json_is_imported_as_data() {
    check_paths(
        &importing(
            "import data from \"./names.json\"; const { names } = data;",
            "//- /names.json\n{ \"names\": [\"x\"], \"__proto__\": 1 }\n",
        ),
        &["x"],
    );
    check_paths(
        &importing(
            "import data from \"./names.json\" with { type: \"json\" }; const { names } = data;",
            "//- /names.json\n{ \"names\": [\"x\"] }\n",
        ),
        &["x"],
    );
    check_problems(
        &importing(
            "import data from \"./names.json\"; const { names } = data;",
            "//- /names.json\n{\n  \"names\": [x]\n}\n",
        ),
        &[
            "names.json:2:13-2:14 syntax-error: this is not JSON: expected value at line 2 column 13",
        ],
    );
}

#[test]
fn imports_that_lead_nowhere_are_all_told() {
    check_problems(
        "import { x } from './y';\nimport z from \"nothing\";\nexport * from \"@scope/none/sub\";\nimport \"./z.js\";\nx(z);\n",
        &[
            "rig.config.ts:1:19-1:24 unresolved-import: cannot find the module `./y`",
            "rig.config.ts:2:15-2:24 unresolved-import: cannot find the package `nothing`",
            "rig.config.ts:3:15-3:32 unresolved-import: cannot find the package `@scope/none/sub`",
            "rig.config.ts:4:8-4:16 unresolved-import: cannot find the module `./z.js`",
        ],
    );
    check_problems(
        "//- /rig.config.ts\nimport { names } from \"./names\";\nexport default names;\n//- /names.ts\nexport const name = 1;\n",
        &["rig.config.ts:1:10-1:15 missing-export: `./names` does not export `names`"],
    );
    check_problems(
        "//- /rig.config.ts\nimport { name } from \"./names\";\nexport default name;\n//- /names.ts\nconst name = 1;\n",
        &[
            "rig.config.ts:1:10-1:14 missing-export: `./names` does not export `name`",
            "  names.ts:1:1-1:16: declared here, and not exported",
        ],
    );
    check_problems(
        "import { sequense } from \"@rigkit/sdk\";\nexport default sequense;",
        &["rig.config.ts:1:10-1:18 missing-export: `@rigkit/sdk` does not export `sequense`"],
    );
    check_problems(
        "import \"node:nope\";",
        &["rig.config.ts:1:8-1:19 unresolved-import: Node.js has no module `node:nope`"],
    );
    check_problems(
        "import \"#internal\";",
        &["rig.config.ts:1:8-1:19 unresolved-import: cannot find the package `#internal`"],
    );
    check_problems(
        "import \"https://example.com/x.ts\";",
        &[
            "rig.config.ts:1:8-1:34 unresolved-import: cannot find the package `https://example.com/x.ts`",
        ],
    );
    check_problems(
        "await import(\"./gone\");",
        &["rig.config.ts:1:14-1:22 unresolved-import: cannot find the module `./gone`"],
    );
}

#[test]
fn an_import_may_not_leave_the_project() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().canonicalize().unwrap().join("secret.ts");
    std::fs::write(&secret, "export const names = [\"stolen\"];").unwrap();
    let project = TestProject::new(&importing("import { names } from \"./link\";", ""));
    std::os::unix::fs::symlink(&secret, project.path("link.ts")).unwrap();
    // Nothing is looked for outside, so what an extension would have led to is not known.
    let check = |project: &TestProject, specifier: &str, to: &Path| {
        let found = super::problems(project);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            found[0].message,
            format!(
                "`{specifier}` leads out of the project, to `{}`",
                to.display()
            )
        );
        assert_eq!(found[0].code.as_str(), "import-outside-project");
        assert_eq!(found[0].range.as_ref().unwrap().start.line, 2);
    };
    check(&project, "./link", &secret);

    std::fs::remove_file(project.path("link.ts")).unwrap();
    std::os::unix::fs::symlink(outside.path(), project.path("folder")).unwrap();
    project.edit("rig.config.ts", "./link", "./folder/secret");
    check(&project, "./folder/secret", &secret.with_extension(""));

    let absolute = secret.display().to_string();
    project.edit("rig.config.ts", "./folder/secret", &absolute);
    check(&project, &absolute, &secret);

    let up = format!(
        "../{}/secret.ts",
        outside.path().file_name().unwrap().display()
    );
    project.edit("rig.config.ts", &absolute, &up);
    check(&project, &up, &secret);
}

#[test]
fn a_link_within_the_project_is_followed() {
    let project = TestProject::new(&importing(
        "import { names } from \"./link\";",
        "//- /lib/names.ts\nexport const names = [\"x\"];\n",
    ));
    std::os::unix::fs::symlink(project.path("lib/names.ts"), project.path("link.ts")).unwrap();
    assert_eq!(super::paths(&super::load(&project)), ["x"]);
}

#[test]
fn the_config_of_a_project_below_may_import_from_its_root() {
    check_paths(
        "//- /rigkit/index.ts\nimport { sequence } from \"@rigkit/sdk\";\nimport { name } from \"../names\";\nexport const app = sequence(\"app\").task(name, () => {});\n//- /names.ts\nexport const name = \"x\";\n",
        &["x"],
    );
}

#[test]
fn several_syntax_errors_are_told_with_their_files() {
    check_problems(
        "//- /rig.config.ts\nimport \"./a\";\nimport \"./b\";\nimport \"./gone\";\nlet x: = 1;\n//- /a.ts\nconst = 1;\n//- /b.ts\nfunction (\n",
        &["rig.config.ts:4:8-4:9 syntax-error: unexpected token"],
    );
    check_problems(
        "//- /rig.config.ts\nimport \"./a\";\nimport \"./b\";\nimport \"./gone\";\n//- /a.ts\nconst = 1;\n//- /b.ts\nfunction (\n",
        &[
            "rig.config.ts:3:8-3:16 unresolved-import: cannot find the module `./gone`",
            "a.ts:1:7-1:8 syntax-error: unexpected token",
            "b.ts:1:10-1:11 syntax-error: expected function name",
            "b.ts:2:1-2:1 syntax-error: expected `)` but found `EOF`",
        ],
    );
    check_problems(
        "const a = 1;\nconst a = 2;\nlet b; let b;",
        &[
            "rig.config.ts:1:7-1:8 syntax-error: identifier `a` has already been declared",
            "rig.config.ts:3:5-3:6 syntax-error: identifier `b` has already been declared",
        ],
    );
    check_problems(
        "export const text = `open",
        &["rig.config.ts:1:21-1:26 syntax-error: unterminated string"],
    );
    check_problems(
        "return 1;",
        &[
            "rig.config.ts:1:1-1:7 syntax-error: a 'return' statement can only be used within a function body",
        ],
    );
    check_problems(
        "export const a = 1; export const a = 2;",
        &["rig.config.ts:1:14-1:15 syntax-error: identifier `a` has already been declared"],
    );
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    let project = TestProject::new("import \"./names\";");
    std::fs::write(project.path("names.ts"), [b'x', 0xff, 0xfe, b';']).unwrap();
    assert_eq!(
        super::lines(&project.root(), &super::problems(&project)),
        [
            "rig.config.ts:1:8-1:17 unreadable-module: failed to read `ROOT/names.ts`: it is not UTF-8 text"
        ]
    );
    std::fs::write(project.path("rig.config.ts"), [0xff, 0xfe, 0, 0]).unwrap();
    assert_eq!(
        super::lines(&project.root(), &super::problems(&project)),
        [
            "rig.config.ts:1:1-1:1 unreadable-module: failed to read `ROOT/rig.config.ts`: it is not UTF-8 text"
        ]
    );
}

#[test]
fn a_byte_order_mark_and_carriage_returns_are_no_matter() {
    check_paths(
        "//- /rig.config.ts\n\u{feff}import { sequence } from \"@rigkit/sdk\";\r\nimport { name } from \"./name\";\r\nexport const app = sequence(\"app\")\r\n  .task(name, () => {});\r\n//- /name.ts\n\u{feff}export const name = \"x\";\r\n",
        &["x"],
    );
}

#[test]
fn a_directory_or_an_unreadable_file_is_refused() {
    let project = TestProject::new("import \"./dir.ts\";");
    std::fs::create_dir(project.path("dir.ts")).unwrap();
    assert_eq!(
        super::lines(&project.root(), &super::problems(&project)),
        ["rig.config.ts:1:8-1:18 unresolved-import: cannot find the module `./dir.ts`"]
    );
}

#[test]
fn typescript_that_has_a_meaning_at_run_time_works() {
    check_paths(
        &importing(
            "import { names } from \"./names\";",
            "//- /names.ts\nenum E { A = \"a\", B = 1 }\nnamespace N { export const c = \"c\"; }\nclass P { constructor(readonly x: string) {} }\nabstract class Q { abstract y: string; }\nfunction f<T>(this: void, x: T, ...rest: T[]): asserts x is T {}\nexport const names = [E.A, N.c, new P(\"p\").x, E[1], \"s\" satisfies string, <string>\"t\", (\"u\" as const)!];\n",
        ),
        &["a", "c", "p", "B", "s", "t", "u"],
    );
    check_paths(
        &importing(
            "import { names } from \"./names\";",
            "//- /names.tsx\nexport const names = [((<T,>(x: T) => x)(\"x\"))];\n",
        ),
        &["x"],
    );
}

/// What is kept of a manifest takes many times its bytes.
#[test]
fn a_manifest_that_is_too_large_is_told() {
    let project = TestProject::new("import { names } from \"p\";\nexport default names;");
    let filler = "x".repeat(600 * 1024);
    std::fs::create_dir_all(project.path("node_modules/p")).unwrap();
    std::fs::write(
        project.path("node_modules/p/package.json"),
        format!("{{\"name\":\"p\",\"main\":\"i.js\",\"x\":\"{filler}\"}}"),
    )
    .unwrap();
    std::fs::write(project.path("node_modules/p/i.js"), "exports.names = 1;").unwrap();
    let found = super::lines(&project.root(), &super::problems(&project));
    assert_eq!(
        found,
        [
            "rig.config.ts:1:23-1:26 unresolved-import: cannot resolve `p`: `ROOT/node_modules/p/package.json`: it is larger than 512 KiB"
        ]
    );
}
