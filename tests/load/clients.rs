//! Clients that are as rude as they like.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::served::PATIENCE;

/// A call that Box refuses.
pub(crate) const CALL: &str = "GET /2.0/users/me HTTP/1.1\r\nHost: box\r\nAuthorization: Bearer none\r\n\r\n";

pub(crate) async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.expect("it accepts connections")
}

/// Calls `count` times, each on a connection of its own, and is served.
pub(crate) async fn others_are_served(address: SocketAddr, count: usize, meanwhile: &str) {
    for number in 0..count {
        let mut socket = connect(address).await;
        socket.write_all(CALL.as_bytes()).await.expect("it reads");
        let answer = timeout(PATIENCE, answers(&mut socket, 1)).await;
        let answer = answer.unwrap_or_else(|_| panic!("call {number} is not answered while {meanwhile}"));
        assert!(answer.starts_with("HTTP/1.1 401 Unauthorized\r\n"), "while {meanwhile}: {answer}");
    }
}

/// Reads until so many answers without a body have come.
pub(crate) async fn answers(socket: &mut TcpStream, count: usize) -> String {
    let (mut text, mut buffer) = (String::new(), [0; 16 * 1024]);
    while text.matches("\r\n\r\n").count() < count {
        let length = socket.read(&mut buffer).await.expect("it answers");
        assert_ne!(length, 0, "it closed after {text}");
        text.push_str(std::str::from_utf8(&buffer[..length]).expect("the answers are text"));
    }
    text
}

/// Whatever comes until the connection ends, by whichever side.
pub(crate) async fn rest(socket: &mut TcpStream, within: Duration) -> Vec<u8> {
    let mut rest = Vec::new();
    let ended = timeout(within, socket.read_to_end(&mut rest)).await;
    // A reset is an end as well.
    let _ = ended.expect("the connection ends");
    rest
}
