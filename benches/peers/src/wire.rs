//! Requests and answers as they go over the wire, for a client that costs next to nothing.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::beside::body;

/// A form, with an `Authorization` or without.
pub(crate) fn post(path: &str, authorization: Option<&str>, form: &[(&str, &str)]) -> Vec<u8> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    of_kind("api.box.com", path, authorization, "application/x-www-form-urlencoded", &body)
}

/// JSON for a server that answers at its own address alone.
pub(crate) fn post_json(host: SocketAddr, path: &str, body: &str) -> Vec<u8> {
    of_kind(&host.to_string(), path, None, "application/json", body)
}

fn of_kind(host: &str, path: &str, authorization: Option<&str>, kind: &str, body: &str) -> Vec<u8> {
    let authorization = authorization.map(|value| format!("Authorization: {value}\r\n")).unwrap_or_default();
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\n{authorization}Content-Type: {kind}\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

pub(crate) async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// One request, and its whole answer.
pub(crate) async fn ask(stream: &mut TcpStream, request: &[u8], answer: &mut Vec<u8>) -> io::Result<()> {
    stream.write_all(request).await?;
    answer.clear();
    while !is_whole(answer) {
        if stream.read_buf(answer).await? == 0 {
            return Err(io::Error::other(format!("the connection was closed after {:?}", excerpt(answer))));
        }
    }
    Ok(())
}

/// One request on a connection of its own.
pub(crate) async fn ask_once(address: SocketAddr, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut answer = Vec::new();
    ask(&mut connect(address).await?, request, &mut answer).await?;
    Ok(answer)
}

/// Whether the head is there and as much of the body as it says: by its length, or in chunks, of which the last is empty.
fn is_whole(answer: &[u8]) -> bool {
    match body(answer) {
        None => false,
        Some((0, body)) if in_chunks(&answer[..answer.len() - body.len()]) => body.ends_with(b"0\r\n\r\n"),
        Some((length, body)) => body.len() >= length,
    }
}

fn in_chunks(head: &[u8]) -> bool {
    std::str::from_utf8(head)
        .is_ok_and(|head| head.lines().any(|line| line.eq_ignore_ascii_case("transfer-encoding: chunked")))
}

/// Whether the answer is a good one.
pub(crate) fn is_good(answer: &[u8]) -> bool {
    answer.starts_with(b"HTTP/1.1 200 ")
}

/// The good answer to a request, or what was answered instead.
pub(crate) fn good(answer: Vec<u8>) -> io::Result<Vec<u8>> {
    if is_good(&answer) { Ok(answer) } else { Err(unexpected(&answer)) }
}

pub(crate) fn unexpected(answer: &[u8]) -> io::Error {
    io::Error::other(format!("unexpected answer {:?}", excerpt(answer)))
}

/// The beginning of its first line, and of its body.
fn excerpt(answer: &[u8]) -> String {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let first = head.lines().next().unwrap_or_default();
    format!("{first} {}", body.chars().take(200).collect::<String>())
}

/// A text in a body of JSON.
pub(crate) fn text<'a>(answer: &'a [u8], name: &str) -> Option<&'a str> {
    let (_, body) = body(answer)?;
    let body = std::str::from_utf8(body).ok()?;
    let value = body.match_indices(name).find_map(|(at, _)| {
        body[..at].strip_suffix('"')?;
        body[at + name.len()..]
            .strip_prefix('"')?
            .trim_start()
            .strip_prefix(':')?
            .trim_start()
            .strip_prefix('"')
    })?;
    Some(value.split_once('"')?.0)
}

/// The code in the address to which an answer leads.
pub(crate) fn code(answer: &[u8]) -> Option<&str> {
    let head = &answer[..answer.len() - body(answer)?.1.len()];
    let head = std::str::from_utf8(head).ok()?;
    let location = head.lines().find(|line| line.to_ascii_lowercase().starts_with("location:"))?;
    let (_, code) = location.split_once("code=")?;
    code.split('&').next()
}
