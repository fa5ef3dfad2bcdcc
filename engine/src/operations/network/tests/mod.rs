#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod certificates;
mod proxies;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::operations::test_support::Project;

/// Is an HTTP server on this machine that answers as a function says.
struct Server {
    address: String,
    /// Gives the requests it got, as text.
    requests: Receiver<String>,
}

/// Gives the whole answer to a request, which begins with its method and path.
type Answer = dyn Fn(&str) -> Vec<u8> + Send + Sync;

impl Server {
    fn new(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (sender, requests) = channel();
        let answer: Arc<Answer> = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (sender, answer) = (sender.clone(), Arc::clone(&answer));
                thread::spawn(move || serve(stream.unwrap(), &sender, &*answer));
            }
        });
        Self { address, requests }
    }
}

fn serve(mut stream: impl Read + Write, requests: &Sender<String>, answer: &Answer) {
    let request = read_request(&mut stream);
    requests.send(request.clone()).unwrap_or_default();
    // The client may have seen enough.
    let _ = stream.write_all(&answer(&request));
}

fn read_request(stream: impl Read) -> String {
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        if reader.read_line(&mut request).unwrap() == 0 {
            return request;
        }
    }
    let length = request
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    request + &String::from_utf8(body).unwrap()
}

fn respond(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// Answers `/404` with that status, `/302?x` with a redirect to x, and all else with itself.
fn router(request: &str) -> Vec<u8> {
    let path = request.split(' ').nth(1).unwrap();
    let (path, location) = path.split_once('?').unwrap_or((path, ""));
    let status = path.rsplit('/').next().unwrap();
    if status.parse::<u16>().is_err() {
        respond("200 OK", "", request.as_bytes())
    } else if location.is_empty() {
        let headers = "x-a: 1\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n";
        respond(&format!("{status} Said"), headers, b"\x00\xffbody")
    } else {
        let location = format!("location: {location}\r\n");
        respond(&format!("{status} Elsewhere"), &location, b"ignored")
    }
}

/// Fetches a path of the router and gives the status, the address and the body in one line.
async fn summary(server: &Server, path: &str, mut fetch: Value) -> String {
    fetch["url"] = json!(format!("{}{path}", server.address));
    let summary = match Project::new().perform("network.fetch", fetch).await {
        Err(error) => error.to_string(),
        Ok(answer) => {
            let body = BASE64
                .decode(answer["bodyBase64"].as_str().unwrap())
                .unwrap();
            let body = String::from_utf8(body).unwrap();
            let noise = ["host:", "user-agent:", "accept"];
            let lines: Vec<&str> = body
                .lines()
                .filter(|line| {
                    !line.is_empty() && !noise.iter().any(|noise| line.starts_with(noise))
                })
                .collect();
            let url = answer["url"].as_str().unwrap();
            format!("{} {url} {}", answer["status"], lines.join("|"))
        }
    };
    summary.replace(&server.address, "")
}

#[tokio::test]
async fn answers_come_whole_whatever_their_status() {
    let server = Server::new(router);
    for status in [200, 404, 503] {
        let project = Project::new();
        let fetch = json!({ "url": format!("{}/{status}#part", server.address) });
        let answer = project.perform("network.fetch", fetch).await.unwrap();
        let text = match status {
            200 => "OK",
            404 => "Not Found",
            _ => "Service Unavailable",
        };
        assert_eq!(
            answer,
            json!({
                "status": status,
                "statusText": text,
                "url": format!("{}/{status}#part", server.address),
                "redirected": false,
                "headers": [
                    ["x-a", "1"], ["set-cookie", "a=1"], ["set-cookie", "b=2"],
                    ["content-length", "6"], ["connection", "close"],
                ],
                "bodyBase64": BASE64.encode(b"\x00\xffbody"),
            })
        );
    }
}

#[tokio::test]
async fn requests_go_out_as_they_are_given() {
    let server = Server::new(router);
    let cases = [
        (json!({}), "200 /echo GET /echo HTTP/1.1"),
        (
            json!({ "method": "POST", "bodyBase64": "aGk=", "headers": [["X-A", " 1 "], ["x-a", "2"]] }),
            "200 /echo POST /echo HTTP/1.1|content-length: 2|x-a: 1|x-a: 2|hi",
        ),
        (
            json!({ "method": "POST" }),
            "200 /echo POST /echo HTTP/1.1|content-length: 0",
        ),
        (
            json!({ "method": "DELETE" }),
            "200 /echo DELETE /echo HTTP/1.1",
        ),
        (
            json!({ "method": "DELETE", "bodyBase64": "aGk=" }),
            "200 /echo DELETE /echo HTTP/1.1|content-length: 2|hi",
        ),
        (json!({ "method": "HEAD" }), "200 /echo "),
        (
            json!({ "method": "PURGE" }),
            "200 /echo PURGE /echo HTTP/1.1",
        ),
    ];
    for (fetch, expectation) in cases {
        assert_eq!(
            summary(&server, "/echo", fetch.clone()).await,
            expectation,
            "{fetch}"
        );
    }
}

#[tokio::test]
async fn redirects_are_followed_as_browsers_do() {
    let server = Server::new(router);
    let post = json!({
        "method": "POST", "bodyBase64": "aGk=",
        "headers": [["authorization", "t"], ["content-type", "text/plain"]],
    });
    let refused = "failed to fetch \"/302?file:///etc/passwd\": it redirects to \
                   \"file:///etc/passwd\": only http and https can be fetched, not file";
    let got = "200 /echo GET /echo HTTP/1.1|authorization: t";
    let posted = "200 /echo POST /echo HTTP/1.1|content-length: 2|authorization: t|\
                  content-type: text/plain|hi";
    let cases = [
        (
            "/a/302?b/echo?c=1#d",
            json!({}),
            "200 /a/b/echo?c=1#d GET /a/b/echo?c=1 HTTP/1.1",
        ),
        ("/303?/echo", json!({ "method": "HEAD" }), "200 /echo "),
        ("/200?/echo", json!({}), "200 /200?/echo ignored"),
        (
            "/302?/echo",
            json!({ "redirect": "manual" }),
            "302 /302?/echo ignored",
        ),
        (
            "/302?/echo",
            json!({ "redirect": "error" }),
            "failed to fetch \"/302?/echo\": it redirects (302 Found)",
        ),
        ("/302?file:///etc/passwd", json!({}), refused),
        (
            "/302?http://",
            json!({}),
            "failed to fetch \"/302?http://\": it redirects to \"http://\": empty host",
        ),
        ("/301?/echo", post.clone(), got),
        ("/302?/echo", post.clone(), got),
        ("/303?/echo", post.clone(), got),
        ("/307?/echo", post.clone(), posted),
        ("/308?/echo", post, posted),
    ];
    for (path, fetch, expectation) in cases {
        assert_eq!(
            summary(&server, path, fetch.clone()).await,
            expectation,
            "{path} {fetch}"
        );
    }
}

#[tokio::test]
async fn endless_redirects_end() {
    let server = Server::new(|_| respond("302 Found", "location: /again\r\n", b""));
    assert_eq!(
        summary(&server, "/", json!({})).await,
        "failed to fetch \"/again\": more than 20 redirects"
    );
    assert_eq!(server.requests.try_iter().count(), 21);
}

#[tokio::test]
async fn what_is_meant_for_one_origin_stays_there() {
    let other = Server::new(router);
    let target = format!("{}/echo", other.address);
    let server = Server::new(move |_| {
        respond(
            "307 Temporary Redirect",
            &format!("location: {target}\r\n"),
            b"",
        )
    });
    let project = Project::new();
    let fetch = json!({
        "url": server.address,
        "headers": [["Authorization", "secret"], ["Cookie", "secret"], ["X-Plain", "kept"]],
    });
    let answer = project.perform("network.fetch", fetch).await.unwrap();
    assert_eq!(answer["redirected"], true);
    assert!(server.requests.recv().unwrap().contains("secret"));
    let request = other.requests.recv().unwrap();
    assert!(
        request.contains("x-plain: kept") && !request.contains("secret"),
        "{request}"
    );
}

#[tokio::test]
async fn what_cannot_be_fetched_says_why() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let short = Server::new(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort".to_vec());
    let cases = [
        (
            json!({ "url": format!("{}/?a=b", address.replace("//", "//user:password@")) }),
            format!("TypeError ECONNREFUSED: failed to fetch \"{address}/?a=b\": connection refused"),
        ),
        (
            json!({ "url": short.address }),
            format!("TypeError -: failed to fetch \"{}/\": peer disconnected", short.address),
        ),
        (
            json!({ "url": "ftp://example.com" }),
            "TypeError ERR_INVALID_ARG_VALUE: failed to fetch \"ftp://example.com\": only http and \
             https can be fetched, not ftp".to_owned(),
        ),
        (
            json!({ "url": "/relative" }),
            "TypeError ERR_INVALID_ARG_VALUE: failed to fetch \"/relative\": relative URL without a \
             base".to_owned(),
        ),
        (
            json!({ "url": address, "method": "A B" }),
            format!("TypeError ERR_INVALID_ARG_VALUE: failed to fetch \"{address}\": \"A B\" is not a method"),
        ),
        (
            json!({ "url": address, "bodyBase64": "aGk=" }),
            format!("TypeError ERR_INVALID_ARG_VALUE: failed to fetch \"{address}\": a GET request cannot have a body"),
        ),
        (
            json!({ "url": address, "headers": [["a b", ""]] }),
            format!("TypeError ERR_INVALID_ARG_VALUE: failed to fetch \"{address}\": \"a b\" is not a header name"),
        ),
        (
            json!({ "url": address, "headers": [["a", "x\ny"]] }),
            format!("TypeError ERR_INVALID_ARG_VALUE: failed to fetch \"{address}\": the value of the header \"a\" has characters that cannot be sent"),
        ),
    ];
    for (fetch, expectation) in cases {
        assert_eq!(
            Project::new().line("network.fetch", fetch).await,
            expectation
        );
    }
}

#[tokio::test]
async fn cancelling_closes_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let project = Project::new();
    let cancel = project.context.cancel.clone();
    let server = thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        read_request(&mut stream);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf")
            .unwrap();
        cancel.cancel();
        stream.read(&mut [0]).unwrap_or(0)
    });
    let line = project.line("network.fetch", json!({ "url": url })).await;
    assert_eq!(
        line,
        format!("AbortError ABORT_ERR: failed to fetch \"{url}\": cancelled")
    );
    assert_eq!(server.join().unwrap(), 0);
}
