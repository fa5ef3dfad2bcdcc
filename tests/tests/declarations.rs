//! Checks the declaration files authors get by compiling configs with the real TypeScript compiler.
//!
//! The configs are in `tests/typescript/fixtures`. A line that must be refused says so in a comment
//! at its end, with the codes of the errors: `// error: 2345`. Everything else must be accepted.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests work in folders of their own"
)]

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use rigkit_engine::authoring::{DECLARATION_FILES, TSCONFIG};
use rigkit_tests::{compile, installed_packages, typescript_folder};
use tempfile::TempDir;

const MARKER: &str = "// error:";

#[test]
fn configs_are_checked_as_their_comments_say() {
    let project = Project::new().with_fixtures("good").with_fixtures("bad");
    project.check();
}

#[test]
fn configs_that_use_packages_are_checked_as_their_comments_say() {
    let project = Project::new()
        .with_packages()
        .with_fixtures("packages/good")
        .with_fixtures("packages/bad");
    project.check();
}

#[test]
fn good_fixtures_expect_no_error_and_bad_ones_expect_some() {
    for (folder, is_bad) in [
        ("good", false),
        ("bad", true),
        ("packages/good", false),
        ("packages/bad", true),
    ] {
        let files = typescript_files(&fixtures().join(folder));
        assert!(!files.is_empty(), "{folder} has no fixtures");
        for file in files {
            let has_marker = fs::read_to_string(&file).unwrap().contains(MARKER);
            assert_eq!(has_marker, is_bad, "{}", file.display());
        }
    }
}

#[test]
fn the_declarations_are_sound_by_themselves() {
    let project = Project::new().with_fixtures("good");
    project.configure(r#"{ "skipLibCheck": false }"#);
    project.check();
}

#[test]
fn the_declarations_are_sound_beside_those_of_the_web() {
    let project = Project::new().with_fixture("good/globals.ts");
    project.configure(r#"{ "skipLibCheck": false, "lib": ["ES2023", "DOM"] }"#);
    project.check();
}

#[test]
fn the_declarations_work_beside_those_of_node() {
    let project = Project::new()
        .with_packages()
        .with_fixture("good/globals.ts")
        .with_fixture("good/host.ts");
    for lib in [r#"["ES2023"]"#, r#"["ES2023", "DOM"]"#] {
        project.configure(&format!(r#"{{ "types": ["node"], "lib": {lib} }}"#));
        project.check();
    }
}

#[test]
fn node_modules_are_typed_where_the_project_has_their_types() {
    let project = Project::new().with_packages();
    project.configure(r#"{ "types": ["node"] }"#);
    project.write(
        "rig.config.ts",
        r#"
            import { basename } from "node:path";
            import { sequence } from "@rigkit/sdk";

            export const web = sequence("web").task("name", () => ({
              ctx: { name: basename(process.cwd()) },
            }));
            basename(5); // error: 2345
        "#,
    );
    project.check();
}

#[test]
fn a_config_may_import_every_kind_of_file_of_its_project() {
    let project = Project::new();
    project.write(
        "rig.config.ts",
        r#"
            import { sequence } from "@rigkit/sdk";
            import settings from "./settings.json";
            import { name } from "./lib/name";
            import { plain } from "./lib/plain.js";
            import { script } from "./lib/script.mjs";
            import { typed } from "./lib/typed.ts";
            import { view } from "./lib/view";

            export default sequence(name).task("x", () => ({
              ctx: { port: settings.port, names: [plain, script, typed, view] },
            }));
            const port: string = settings.port; // error: 2322
            const wrong: number = plain; // error: 2322
            export { port, wrong };
        "#,
    );
    project.write("settings.json", r#"{ "port": 3000 }"#);
    project.write("lib/name/index.ts", "export const name = 'web';");
    project.write("lib/plain.js", "export const plain = 'a';");
    project.write("lib/script.mjs", "export const script = 'b';");
    project.write("lib/typed.ts", "export const typed: string = 'c';");
    project.write("lib/view.tsx", "export const view = 'd';");
    project.check();
}

#[test]
fn files_beside_the_config_are_left_to_their_own_project() {
    let project = Project::new();
    project.write("rigkit/index.ts", "const a: number = 'x'; // error: 2322");
    project.write("src/index.ts", "const a: number = 'x';");
    project.check();
}

/// The number of times the compiler instantiates a type is the same on every machine.
#[test]
fn a_long_chain_costs_the_compiler_little() {
    let project = Project::new().with_fixture("good/chain.ts");
    let report = project.compile(&["--extendedDiagnostics"]);
    let instantiations: u64 = report
        .lines()
        .find_map(|line| line.strip_prefix("Instantiations:"))
        .expect("the compiler reports its instantiations")
        .trim()
        .parse()
        .unwrap();
    assert!(instantiations < 100_000, "{instantiations} instantiations");
}

/// A project as `rig init` lays it out, without a config.
struct Project {
    directory: TempDir,
}

impl Project {
    fn new() -> Self {
        let project = Self {
            directory: TempDir::new().unwrap(),
        };
        for file in DECLARATION_FILES {
            project.write(&format!(".rigkit/types/{}", file.name), file.contents);
        }
        project.write("tsconfig.json", TSCONFIG);
        project
    }

    fn root(&self) -> &Path {
        self.directory.path()
    }

    fn write(&self, path: &str, contents: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    /// Adds one fixture below `rigkit`, where `support.ts` is found from it as from `fixtures`.
    fn with_fixture(self, path: &str) -> Self {
        let name = path.strip_prefix("packages/").unwrap_or(path);
        self.write(&format!("rigkit/{name}"), &read_fixture(path));
        self.write("rigkit/support.ts", &read_fixture("support.ts"));
        self
    }

    fn with_fixtures(self, folder: &str) -> Self {
        typescript_files(&fixtures().join(folder))
            .iter()
            .map(|file| file.file_name().unwrap().to_str().unwrap())
            .fold(self, |project, name| {
                project.with_fixture(&format!("{folder}/{name}"))
            })
    }

    /// Gives the project the packages that are installed for these tests.
    fn with_packages(self) -> Self {
        std::os::unix::fs::symlink(installed_packages(), self.root().join("node_modules")).unwrap();
        self
    }

    /// Changes compiler options of the template.
    fn configure(&self, options: &str) {
        self.write("tsconfig.base.json", TSCONFIG);
        self.write(
            "tsconfig.json",
            &format!(r#"{{ "extends": "./tsconfig.base.json", "compilerOptions": {options} }}"#),
        );
    }

    /// Compiles the project and returns what the compiler prints.
    fn compile(&self, options: &[&str]) -> String {
        compile(self.root(), options)
    }

    /// Compares the errors of the compiler with the comments in the project's files.
    fn check(&self) {
        let mut unexpected = reported_errors(&self.compile(&[]));
        let mut difference = String::new();
        for (place, code) in self.expected_errors() {
            let found = unexpected
                .iter()
                .position(|error| error.place == place && error.code == code);
            match found {
                Some(index) => drop(unexpected.remove(index)),
                None => writeln!(difference, "{place}: error {code} is missing").unwrap(),
            }
        }
        for CompilerError {
            place,
            code,
            message,
        } in unexpected
        {
            writeln!(difference, "{place}: error {code}: {message}").unwrap();
        }
        assert!(difference.is_empty(), "\n{difference}");
    }

    /// The places and codes in the comments of the project's files.
    fn expected_errors(&self) -> Vec<(String, u32)> {
        let mut expected = Vec::new();
        for file in typescript_files(self.root()) {
            let name = file.strip_prefix(self.root()).unwrap().to_str().unwrap();
            for (index, line) in fs::read_to_string(&file).unwrap().lines().enumerate() {
                let codes = line.split_once(MARKER).map_or("", |(_, codes)| codes);
                expected.extend(
                    codes
                        .split_whitespace()
                        .map(|code| (format!("{name}:{}", index + 1), code.parse().unwrap())),
                );
            }
        }
        expected
    }
}

struct CompilerError {
    /// The file and the line, or nothing when the error is not in a file.
    place: String,
    code: u32,
    message: String,
}

/// Reads lines such as `rigkit/bad/names.ts(7,9): error TS2345: Argument of …`.
fn reported_errors(output: &str) -> Vec<CompilerError> {
    output
        .lines()
        .filter_map(|line| line.split_once("error TS"))
        .map(|(place, error)| {
            let (code, message) = error.split_once(": ").unwrap();
            let place = place.split_once(',').map_or("", |(place, _)| place);
            CompilerError {
                place: place.replace('(', ":"),
                code: code.parse().unwrap(),
                message: message.to_owned(),
            }
        })
        .collect()
}

/// The TypeScript files below a folder, sorted; those of packages are not looked for.
fn typescript_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            files.extend(typescript_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "ts") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn read_fixture(path: &str) -> String {
    fs::read_to_string(fixtures().join(path)).unwrap()
}

fn fixtures() -> PathBuf {
    typescript_folder().join("fixtures")
}
