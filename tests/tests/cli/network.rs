//! Requests of handlers, by the environment that `rig` was started with.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    thread,
};

use rigkit_tests::Project;

const FETCHING: &str = r#"
//- /rig.config.ts
import { sequence } from "@rigkit/sdk";
export const post = sequence("post").task("fetch", async () => {
  const answer = await fetch("http://page.test/letter");
  return { ctx: { text: await answer.text() } };
});
"#;

/// Answers each request with its first line.
fn start_proxy() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(&stream).lines().map(Result::unwrap);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let (line, length) = (&head[0], head[0].len());
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{line}");
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    address
}

#[test]
fn the_proxy_of_the_process_and_of_the_project_is_asked() {
    let check = |project: &Project, variable: Option<(&str, &str)>| {
        let command = project.command("apply --json");
        let command = match variable {
            Some((name, value)) => command.env(name, value),
            None => command,
        };
        let applied = command.run().exits_with(0);
        let text = &applied.document("apply.json")["context"]["text"];
        assert_eq!(text, "GET http://page.test/letter HTTP/1.1", "{variable:?}");
    };
    let proxy = start_proxy();
    for name in ["http_proxy", "all_proxy", "ALL_PROXY"] {
        check(&Project::new(FETCHING), Some((name, &proxy)));
    }
    let project = Project::new(FETCHING);
    project.write(".env", format!("http_proxy={proxy}\n"));
    check(&project, None);
}
