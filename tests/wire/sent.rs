//! What the other tests compare is what goes over a socket: at each vendor, byte for byte.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use http::Method;
use rehearsal::{Vendor, providers::bigcommerce::Switches};

use crate::scene::{Scene, wire};

/// The vendor's answers to GETs of `paths` with one header more, sent all at once on one connection.
fn sent(scene: &Scene, paths: &[&str], header: &str) -> String {
    let running = scene.stage.serve().expect("the socket works");
    let mut stream = TcpStream::connect(running.address(scene.vendor)).expect("the socket works");
    let last = paths.len() - 1;
    let requests = paths.iter().enumerate().map(|(index, path)| {
        let end = if index == last { "Connection: close\r\n" } else { "" };
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:4013\r\n{header}\r\n{end}\r\n")
    });
    stream.write_all(requests.collect::<String>().as_bytes()).expect("the socket works");
    let mut answers = String::new();
    stream.read_to_string(&mut answers).expect("the socket works");
    let (mut rest, mut all) = (answers.as_str(), String::new());
    while let Some((head, after)) = rest.split_once("\r\n\r\n") {
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
        let (body, next) =
            after.split_at(length.expect("the length is said").parse().expect("the socket works"));
        // What frames the body, and the end that was asked for, are no vendor's.
        let own = |line: &&str| !line.starts_with("Content-Length: ") && *line != "Connection: close";
        let head: String = head.lines().filter(own).map(|line| format!("{line}\n")).collect();
        all += &format!("{head}\n{body}\n[{} bytes]\n", body.len());
        rest = next;
    }
    all
}

/// The same as the snapshots have it.
fn compared(scene: &Scene, paths: &[&str], header: &str) -> String {
    paths.iter().map(|path| wire(&scene.send(Method::GET, path, &[header], "")) + "\n").collect()
}

fn basic(scene: &Scene) -> String {
    let account = format!("{}:{}", scene.demo.login, scene.demo.password.expose());
    format!("Authorization: Basic {}", BASE64_STANDARD.encode(account))
}

/// The same stage twice, so that both draw the same.
fn at(vendor: Vendor) -> [Scene; 2] {
    [Scene::at(vendor), Scene::at(vendor)]
}

#[test]
fn heads_go_out_in_the_vendors_own_writing() {
    for (vendor, paths, names) in [
        (Vendor::AdobeSign, ["/api/rest/v6/users/me", "/nowhere"], &["X-Request-Id: "][..]),
        (Vendor::Box, ["/2.0/users/me", "/2.0/folders/0"], &["WWW-Authenticate: ", "BOX-REQUEST-ID: "]),
        (Vendor::BigCommerce, ["/api/v2/store", "/api/v2/time"], &["WWW-Authenticate: Basic"]),
        (Vendor::Egnyte, ["/pubapi/v1/userinfo", "/nowhere"], &["WWW-Authenticate: "]),
        (Vendor::Salesforce, ["/services/data/v60.0/limits", "/services/data"], &["WWW-Authenticate: Token"]),
        (Vendor::QuickBooks, ["/v3/company/1/companyinfo/1", "/nowhere"], &["intuit_tid: "]),
    ] {
        let [there, here] = at(vendor);
        let (there, here) = (sent(&there, &paths, "Accept: */*"), compared(&here, &paths, "Accept: */*"));
        assert_eq!(there, here, "{vendor:?}");
        for name in names {
            assert!(there.contains(&format!("\n{name}")), "{vendor:?}: {name}: {there}");
        }
    }
}

#[test]
fn a_used_up_quota_has_the_vendors_status_line_and_names() {
    let scenes = at(Vendor::BigCommerce);
    for scene in &scenes {
        let mut switches = scene.tenant.switches::<Switches>();
        switches.calls_per_hour = 1;
        scene.tenant.set_switches(&switches);
    }
    let [there, here] = scenes;
    let paths = ["/api/v2/time", "/api/v2/time.json", "/api/v2/store"];
    let header = basic(&there);
    let (there, here) = (sent(&there, &paths, &header), compared(&here, &paths, &header));
    assert_eq!(there, here);
    assert!(there.contains("\nHTTP/1.1 509 Bandwidth Limit Exceeded\n"), "BC-008: {there}");
    assert!(there.contains("\nX-BC-ApiLimit-Remaining: 0\n"), "BC-008: {there}");
    assert!(there.contains("\nX-BC-Store-Version: 7.3.6\n"), "BC-007: {there}");
}
