//! What of a config can be folded.

use insta::assert_snapshot;

use crate::support::TestClient;

fn check(client: &mut TestClient) -> String {
    let document = client.document("rig.config.ts");
    let ranges = client
        .request("textDocument/foldingRange", &document)
        .unwrap();
    let text: Vec<&str> = client.text("rig.config.ts").lines().collect();
    let lines = ranges.as_array().unwrap().iter().map(|range| {
        let [start, end] = ["startLine", "endLine"]
            .map(|name| usize::try_from(range[name].as_u64().unwrap()).unwrap());
        assert!(start < end && end < text.len(), "{range}");
        format!("{}-{}: {}", start + 1, end + 1, text[start].trim())
    });
    lines.collect::<Vec<_>>().join("\n")
}

const SITE: &str = r#"import { sequence, workflow } from "@rigkit/sdk";

export const site = workflow("site")
  .sequence("main")
  .task("clone", async () => {
    return { ctx: {} };
  })
  .task("short", async () => {})
  .parallel({
    web: sequence("web")
      .task("build", async () => {
        const nested = [
        ];
      }),
  })
  .workspace({
    create: async () => ({}),
    remove: async () => {},
  });
const other = {
  a: 1,
};
"#;

#[test]
fn calls_of_builders_fold_and_nothing_else() {
    let mut client = TestClient::new(SITE);
    assert_snapshot!(check(&mut client), @r#"
    3-19: export const site = workflow("site")
    4-15: .sequence("main")
    5-6: .task("clone", async () => {
    9-14: .parallel({
    10-14: web: sequence("web")
    11-13: .task("build", async () => {
    16-18: .workspace({
    "#);
}

#[test]
fn folds_move_with_the_text_and_stay_inside_of_it() {
    let mut client = TestClient::new(SITE);
    check(&mut client);
    client.replace("rig.config.ts", "export", "\n\nconst = ;\nexport");
    assert_snapshot!(check(&mut client), @r#"
    6-22: export const site = workflow("site")
    7-18: .sequence("main")
    8-9: .task("clone", async () => {
    12-17: .parallel({
    13-17: web: sequence("web")
    14-16: .task("build", async () => {
    19-21: .workspace({
    "#);
    client.change("rig.config.ts", "const = ;");
    assert_snapshot!(check(&mut client), @"");
}
