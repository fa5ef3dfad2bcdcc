//! Two hundred open files, and edits faster than they can be evaluated.

use std::fmt::Write as _;

use crate::support::TestClient;

const FILES: usize = 200;

/// A config whose tasks are in files of their own.
fn fixture() -> String {
    let mut config = String::from("import { workflow } from \"@rigkit/sdk\";\n");
    let (mut chain, mut files) = (String::new(), String::new());
    for file in 1..FILES {
        writeln!(
            config,
            "import {{ task as task{file} }} from \"./task-{file}\";"
        )
        .unwrap();
        write!(chain, ".add(task{file})").unwrap();
        write!(
            files,
            "//- task-{file}.ts\nimport {{ task }} from \"@rigkit/sdk\";\nexport const named = task(\"task-{file}\", async () => ({{ ctx: {{ value: 0 }} }}));\nexport {{ named as task }};\n"
        )
        .unwrap();
    }
    format!("{config}export const all = workflow(\"all\").sequence(\"all\"){chain};\n{files}")
}

#[test]
fn all_of_them_are_open_and_edited() {
    let mut client = TestClient::new(&fixture());
    for round in 1..=5 {
        for file in 1..FILES {
            let file = format!("task-{file}.ts");
            client.replace(
                &file,
                &format!("value: {}", round - 1),
                &format!("value: {round}"),
            );
        }
    }
    client.replace("task-7.ts", "task-7", "seven");
    assert_eq!(
        client.diagnostics("rig.config.ts"),
        Vec::<serde_json::Value>::new()
    );
    for file in [1, 100, FILES - 1] {
        let file = format!("task-{file}.ts");
        assert_eq!(client.diagnostics(&file).len(), 1, "{file}");
    }
    let lenses = client.lenses("task-7.ts");
    assert_eq!(lenses, "2: ● never ran | apply up to here");
    let told = client
        .request("rigkit/projects", &serde_json::Value::Null)
        .unwrap();
    let tasks = told[0]["workflows"][0]["tasks"].as_array().unwrap();
    assert_eq!(
        (tasks.len(), &tasks[6]["name"]),
        (FILES - 1, &"seven".into())
    );
    assert_eq!(client.panics(), Vec::<String>::new());
}
