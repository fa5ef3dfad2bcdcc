//! What no client should send: an error or an empty answer, never a crash, never a hang.

use rigkit_lsp::Ending;
use serde_json::{Value, json};

use crate::support::{Capabilities, DOCUMENT_REQUESTS, TestClient};

const SITE: &str = r#"import { workflow } from "@rigkit/sdk";
export const site = workflow("site").sequence("main").task("clone", async () => {});
"#;

/// The server still answers, and none of its requests failed inside.
fn check_alive(client: &mut TestClient) {
    let lenses = client.lenses("rig.config.ts");
    assert!(lenses.contains("never ran"), "{lenses}");
    assert_eq!(client.panics(), Vec::<String>::new());
}

fn parameters(client: &TestClient, uri: &str, line: u32, character: u32) -> Value {
    let position = json!({ "line": line, "character": character });
    json!({
        "textDocument": { "uri": uri },
        "position": position,
        "range": { "start": position, "end": { "line": u32::MAX, "character": 0 } },
        "context": { "diagnostics": [], "triggerKind": 1, "includeDeclaration": true },
        "newName": client.text("rig.config.ts").get(..3),
    })
}

#[test]
fn malformed_messages() {
    let mut client = TestClient::new(SITE);
    for bytes in [
        &b"Content-Length: 5\r\n\r\n{nope"[..],
        b"Content-Length: 2\r\n\r\n[]",
        b"Content-Length: 4\r\n\r\nnull",
        b"Content-Length: 17\r\n\r\n{\"jsonrpc\":\"2.0\"}",
        b"Content-Length: 40\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"no/me\"}",
        b"Content-Type: x\r\nContent-Length: 2\r\n\r\n{}",
    ] {
        client.send_raw(bytes);
    }
    for parameters in [
        json!(null),
        json!([]),
        json!({}),
        json!({ "textDocument": 7 }),
        json!("x"),
    ] {
        for method in DOCUMENT_REQUESTS {
            let error = client.request(method, &parameters).unwrap_err();
            assert_eq!(error["code"], -32602, "{method} {parameters}");
        }
        client.notify("textDocument/didChange", &parameters);
        client.notify("textDocument/didOpen", &parameters);
        client.notify("workspace/didChangeConfiguration", &parameters);
    }
    check_alive(&mut client);
}

#[test]
fn positions_outside_of_everything() {
    let mut client = TestClient::new(SITE);
    let uri = client.uri("rig.config.ts");
    for (line, character) in [(0, 9_999), (9_999, 0), (u32::MAX, u32::MAX), (1, u32::MAX)] {
        let parameters = parameters(&client, &uri, line, character);
        for method in DOCUMENT_REQUESTS {
            client.request(method, &parameters).unwrap();
        }
    }
    let outside = json!({ "line": 99, "character": 99 });
    let range = json!({ "start": outside, "end": { "line": 3, "character": 1 } });
    client.send_changes(
        "rig.config.ts",
        &json!([{ "range": range, "text": "// end\n" }]),
    );
    check_alive(&mut client);
}

#[test]
fn documents_that_nobody_opened_or_that_are_no_files() {
    let mut client = TestClient::new(SITE);
    let uris = [
        client.uri("missing.ts"),
        "untitled:Untitled-1".to_owned(),
        "https://example.com/rig.config.ts".to_owned(),
        "file:///".to_owned(),
        "file://host/share/rig.config.ts".to_owned(),
    ];
    for uri in uris {
        let asked = parameters(&client, &uri, 0, 0);
        for method in DOCUMENT_REQUESTS {
            client.request(method, &asked).unwrap();
        }
        let document = json!({ "uri": uri, "version": 2 });
        let changes = json!([{ "text": "x" }]);
        client.notify(
            "textDocument/didChange",
            &json!({ "textDocument": document, "contentChanges": changes }),
        );
        client.notify(
            "textDocument/didClose",
            &json!({ "textDocument": { "uri": uri } }),
        );
    }
    check_alive(&mut client);
}

#[test]
fn files_outside_of_the_project() {
    let mut client = TestClient::new(SITE);
    for uri in ["file:///no/such/place/other.ts", "file:///etc/hostname"] {
        let document =
            json!({ "uri": uri, "languageId": "typescript", "version": 1, "text": SITE });
        client.notify("textDocument/didOpen", &json!({ "textDocument": document }));
        let asked = parameters(&client, uri, 0, 0);
        for method in DOCUMENT_REQUESTS {
            client.request(method, &asked).unwrap();
        }
    }
    check_alive(&mut client);
}

#[test]
fn line_breaks_marks_and_pairs() {
    for (before, after) in [("\u{feff}", ""), ("// 😀 é\r\n", ""), ("", "\r\n// 😀")] {
        let text = format!("{before}{}{after}", SITE.replace('\n', "\r\n"));
        let mut client = TestClient::new(" ");
        client.change("rig.config.ts", &text);
        check_alive(&mut client);
        client.replace("rig.config.ts", "\"clone\"", "\"😀clone\"");
        client.replace("rig.config.ts", "\"😀clone\"", "\"clone\"");
        let lens = client
            .request("textDocument/codeLens", &client.document("rig.config.ts"))
            .unwrap();
        let task = lens.as_array().unwrap().iter().find(|lens| {
            lens["command"]["title"]
                .as_str()
                .unwrap()
                .contains("never ran")
        });
        let offset = client.text("rig.config.ts").find("\"clone\"").unwrap();
        assert_eq!(
            task.unwrap()["range"]["start"],
            client.position("rig.config.ts", offset)
        );
    }
}

#[test]
fn files_that_are_too_large() {
    let mut client = TestClient::new(SITE);
    let text = format!("{SITE}// {}\n", "x".repeat(5 << 20));
    client.change("rig.config.ts", &text);
    let told = client.diagnostics("rig.config.ts");
    assert_eq!(told[0]["code"], "module-too-large", "{told:?}");
    client.insert("rig.config.ts", SITE.len(), "// more\n");
    let asked = parameters(&client, &client.uri("rig.config.ts"), 2, 3);
    for method in DOCUMENT_REQUESTS {
        client.request(method, &asked).unwrap();
    }
    client.change("rig.config.ts", SITE);
    check_alive(&mut client);
}

#[test]
fn documents_that_are_closed_while_a_request_runs() {
    let mut client = TestClient::new(SITE);
    for _ in 0..20 {
        client.insert("rig.config.ts", 0, "// edit\n");
        let asked = parameters(&client, &client.uri("rig.config.ts"), 0, 0);
        let ids: Vec<i64> = DOCUMENT_REQUESTS
            .iter()
            .map(|method| client.begin(method, &asked))
            .collect();
        client.close("rig.config.ts");
        for id in ids {
            // An answer or an error, but one comes.
            let _ = client.answer(id);
        }
        client.open_with("rig.config.ts", SITE);
    }
    check_alive(&mut client);
}

#[test]
fn requests_before_the_beginning_and_after_the_end() {
    let mut client = TestClient::uninitialized(SITE);
    let asked = parameters(&client, &client.uri("rig.config.ts"), 0, 0);
    let early = client.request("textDocument/codeLens", &asked).unwrap_err();
    assert_eq!(early["code"], -32002);
    client
        .request("initialize", &json!({ "capabilities": {} }))
        .unwrap();
    client.notify("initialized", &json!({}));
    client.open("rig.config.ts");
    check_alive(&mut client);
    client.request("shutdown", &Value::Null).unwrap();
    let late = client.request("textDocument/codeLens", &asked).unwrap_err();
    assert_eq!(late["code"], -32600);
    client.notify("exit", &Value::Null);
    assert_eq!(client.ending(), Ending::Orderly);
}

#[test]
fn a_notification_of_the_protocol_is_no_request() {
    let mut client = TestClient::new(SITE);
    for method in ["$/cancelRequest", "$/setTrace", "$/unknown"] {
        let error = client.request(method, &json!({ "id": 1 })).unwrap_err();
        assert_eq!(error["code"], -32601, "{method}: {error}");
    }
    check_alive(&mut client);
}

#[test]
fn commands_that_make_no_sense() {
    let mut client = TestClient::new(SITE);
    for (command, arguments) in [
        ("rigkit.fly", json!({})),
        ("rigkit.apply", json!(7)),
        (
            "rigkit.apply",
            json!({ "config": "file:///no/such/rig.config.ts" }),
        ),
        ("rigkit.invalidate", json!({})),
        ("rigkit.invalidate", json!({ "task": "nothing" })),
        ("rigkit.removeWorkspace", json!({ "workspace": "../.." })),
        ("rigkit.createWorkspace", json!({ "workspace": "a/b" })),
        ("rigkit.runOperation", json!({ "operation": "nothing" })),
        (
            "rigkit.runWorkspaceOperation",
            json!({ "workspace": "nothing", "operation": "x" }),
        ),
        ("rigkit.explain", json!({ "task": "nothing" })),
    ] {
        let answer = client.execute(command, arguments.clone());
        assert!(answer.is_err(), "{command} {arguments}: {answer:?}");
    }
    assert_eq!(
        client.execute("rigkit.cancel", json!({ "run": "none" })),
        Ok(json!({ "cancelled": 0 }))
    );
    check_alive(&mut client);
}

#[test]
fn a_config_that_comes_and_goes() {
    let mut client = TestClient::with(SITE, Capabilities::Full, json!({}));
    let path = client.root().join("rig.config.ts");
    std::fs::remove_file(&path).unwrap();
    check_alive(&mut client);
    client.close("rig.config.ts");
    std::fs::write(&path, SITE).unwrap();
    client.open("rig.config.ts");
    check_alive(&mut client);
}

#[test]
fn two_configs_in_one_place() {
    let mut client = TestClient::new(&format!("{SITE}//- rigkit/index.ts\n{SITE}"));
    let told = client.diagnostics("rig.config.ts");
    assert_eq!(told[0]["code"], "ambiguous-project", "{told:?}");
}
