//! Timers, `fetch`, aborting, random values.

use std::io::{Read, Write};

use serde_json::{Value, json};

use crate::support::TestProject;

/// Gives what the body of a handler returns.
#[track_caller]
fn value_of(body: &str) -> Value {
    let project = TestProject::new(&format!(
        "import {{ sequence }} from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").task(\"t\", async ({{ step }}) => {{ const value = await (async () => {{ {body} }})(); return {{ ctx: {{ value }} }}; }});\n"
    ));
    project.apply().context.remove("value").unwrap()
}

#[test]
fn timers_fire_in_the_order_of_their_times() {
    assert_eq!(
        value_of(
            r#"
  const order = [];
  const wait = (ms, name) => new Promise((resolve) => setTimeout(() => { order.push(name); resolve(); }, ms));
  const cleared = setTimeout(() => order.push("cleared"), 1);
  clearTimeout(cleared);
  order.push("sync");
  const all = [wait(30, "c"), wait(1, "a"), wait(15, "b")];
  Promise.resolve().then(() => order.push("micro"));
  await Promise.all(all);
  await new Promise((resolve) => setImmediate(resolve));
  order.push("immediate");
  return order;
"#
        ),
        json!(["sync", "micro", "a", "b", "c", "immediate"])
    );
    assert_eq!(
        value_of(
            "let n = 0; await new Promise((resolve) => { const id = setInterval(() => { n += 1; if (n === 3) { clearInterval(id); resolve(); } }, 1); }); return n;"
        ),
        json!(3)
    );
}

#[test]
fn aborting_fires_once_and_keeps_its_reason() {
    assert_eq!(
        value_of(
            r#"
  const controller = new AbortController();
  let fired = 0;
  controller.signal.addEventListener("abort", () => { fired += 1; });
  controller.abort(new Error("enough")); controller.abort(new Error("again"));
  let thrown; try { controller.signal.throwIfAborted(); } catch (error) { thrown = error.message; }
  const timed = AbortSignal.timeout(1);
  await new Promise((resolve) => timed.addEventListener("abort", resolve));
  return [fired, controller.signal.aborted, thrown, AbortSignal.abort().reason.name, timed.reason.name, step.signal.aborted];
"#
        ),
        json!([1, true, "enough", "AbortError", "TimeoutError", false])
    );
}

#[test]
fn random_values_are_random() {
    assert_eq!(
        value_of(
            r"
  const a = crypto.randomUUID(), b = crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(64));
  return [/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(a), a !== b, new Set(bytes).size > 8];
"
        ),
        json!([true, true, true])
    );
}

#[test]
fn fetch_speaks_to_a_server() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        while !String::from_utf8_lossy(&request).ends_with("ping") {
            let read = stream.read(&mut buffer).unwrap();
            request.extend_from_slice(&buffer[..read]);
        }
        let body = "{\"pong\":1}";
        let answer = format!(
            "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\nx-test: yes\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(request).unwrap().to_lowercase()
    });
    let value = value_of(&format!(
        r#"
  const response = await fetch("http://{address}/path?q=1", {{ method: "POST", headers: {{ "X-Name": "ada" }}, body: "ping" }});
  return [response.status, response.ok, response.headers.get("X-TEST"), await response.json()];
"#
    ));
    assert_eq!(value, json!([201, true, "yes", { "pong": 1 }]));
    let request = server.join().unwrap();
    assert!(
        request.starts_with("post /path?q=1 http/1.1\r\n") && request.contains("x-name: ada\r\n"),
        "{request}"
    );
}

#[test]
fn a_fetch_that_fails_is_an_error_that_can_be_caught() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let caught = |url: &str| {
        value_of(&format!(
            "try {{ await fetch(\"{url}\"); }} catch (error) {{ return [error.name, error instanceof Error]; }}"
        ))
    };
    assert_eq!(
        caught(&format!("http://{address}/")),
        json!(["TypeError", true])
    );
    assert_eq!(caught("no url"), json!(["TypeError", true]));
}

#[test]
fn a_fetch_can_be_aborted() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    assert_eq!(
        value_of(&format!(
            "const controller = new AbortController(); const waiting = fetch(\"http://{address}/\", {{ signal: controller.signal }}).catch((error) => error.name); controller.abort(); return waiting;"
        )),
        json!("AbortError")
    );
}

#[test]
fn a_handler_may_use_more_time_and_memory_than_a_definition() {
    let project = TestProject::new(
        "import { sequence } from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").task(\"t\", () => { const parts = []; for (let i = 0; i < 30; i += 1) parts.push(new Uint8Array(1 << 20)); const end = Date.now() + 300; while (Date.now() < end); return { ctx: { n: parts.length } }; });\n",
    );
    let limits = rigkit_engine::sandbox::SandboxLimits {
        cpu: std::time::Duration::from_millis(100),
        memory: 16 << 20,
        ..Default::default()
    };
    let engine = rigkit_engine::Engine::new(rigkit_engine::EngineOptions {
        limits,
        ..project.engine().options().clone()
    });
    let session = crate::support::Recording::default().session();
    let outcome = engine
        .apply(&rigkit_engine::ApplyRequest::default(), &session)
        .unwrap();
    assert_eq!(outcome.context["n"], 30);
}

#[test]
fn an_error_nobody_catches_is_logged_and_ends_nothing() {
    let project = TestProject::new(
        "import { sequence } from \"@rigkit/sdk\";\nexport const app = sequence(\"app\").task(\"t\", async () => { setTimeout(() => { throw new Error(\"lost\"); }, 0); await new Promise((resolve) => setTimeout(resolve, 5)); return { ctx: { ok: true } }; });\n",
    );
    let (outcome, recording) = project.apply_with(&rigkit_engine::ApplyRequest::default());
    assert_eq!(outcome.unwrap().context["ok"], true);
    assert!(
        recording.logs().iter().any(|log| log.contains("lost")),
        "{:?}",
        recording.logs()
    );
}
