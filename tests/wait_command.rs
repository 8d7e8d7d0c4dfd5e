//! `rehearsal wait`, through the real binary.

mod serving;

use std::{
    io::{Read, Write},
    net::TcpListener,
    process::{Command, Output},
    thread,
};

use serving::Serve;

const BINARY: &str = env!("CARGO_BIN_EXE_rehearsal");

fn wait(arguments: &[&str]) -> Output {
    Command::new(BINARY).arg("wait").args(arguments).output().expect("the binary runs")
}

/// Answers the next request, and says what it was.
fn answer(listener: &TcpListener, status: &str, body: &str) -> String {
    let (mut stream, _) = listener.accept().expect("somebody asks");
    let mut request = [0; 1024];
    let read = stream.read(&mut request).expect("it says what it wants");
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    // Whoever asked may have run out of time.
    let _ = stream.write_all((head + body).as_bytes());
    String::from_utf8_lossy(&request[..read]).into_owned()
}

#[test]
fn it_ends_when_serve_is_ready() {
    let serve = Serve::start(|serve| serve);
    let control = serve.text("/control");
    let port = control.rsplit(':').next().expect("it has a port");
    let outputs = [wait(&["--control", control]), wait(&["--port-base", port, "--timeout", "30"])];
    for output in outputs {
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_token_is_shown_where_one_is_asked_for() {
    let serve = Serve::start(|serve| serve.args(["--control-token", "t0ken"]));
    let control = serve.text("/control");
    let (with, without) =
        (wait(&["--control", control, "--control-token", "t0ken"]), wait(&["--control", control]));
    assert_eq!(with.status.code(), Some(0), "{}", String::from_utf8_lossy(&with.stderr));
    let error = String::from_utf8_lossy(&without.stderr);
    assert!(without.status.code() == Some(3) && error.contains("give it with --control-token"), "{error}");
}

#[test]
fn it_asks_until_the_answer_is_good() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    let control = format!("http://{}", listener.local_addr().expect("it is open"));
    let waiting =
        Command::new(BINARY).args(["wait", "--control", &control]).spawn().expect("the binary starts");
    answer(&listener, "503 Service Unavailable", "");
    let request = answer(&listener, "200 OK", r#"{"status":"ok","version":"0","vendors":[]}"#);
    assert!(request.starts_with("GET /v1/health "), "{request}");
    let output = waiting.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn nobody_there_is_said_with_exit_code_3() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    let address = closed.local_addr().expect("it is open");
    drop(closed);
    let output = wait(&["--control", &format!("http://{address}"), "--timeout", "0"]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{error}");
    assert!(error.contains("nobody answers at") && error.contains("start `rehearsal serve`"), "{error}");
}

#[test]
fn a_stranger_is_told_from_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    let address = listener.local_addr().expect("it is open");
    // Ends with the test.
    thread::spawn(move || {
        loop {
            answer(&listener, "200 OK", "hi");
        }
    });
    let output = wait(&["--control", &format!("http://{address}"), "--timeout", "1"]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{error}");
    assert!(error.contains("is no control API of rehearsal"), "{error}");
}
