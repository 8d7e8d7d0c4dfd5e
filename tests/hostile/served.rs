//! What is not even HTTP, or ends in the middle, over a real socket: the connection may end, the server stays.

use rehearsal::{RunningStage, Stage, Vendor};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const MULTIPART: &str = "POST /2.0/folders HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=x\r\n\
                         Content-Length: 10000\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"file\"";

const GOOD: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

fn broken() -> Vec<Vec<u8>> {
    let head = |line: &str| format!("{line}\r\nHost: a\r\nConnection: close\r\n\r\n").into_bytes();
    vec![
        b"\x00\xff\xfe\r\n\r\n".to_vec(),
        b"GET\r\n\r\n".to_vec(),
        b"GET /\xff\xfe?\xff=\xff HTTP/1.1\r\nHost: \xff\r\nConnection: close\r\n\r\n".to_vec(),
        head("GET / HTTP/9.9"),
        head(&format!("GET /{} HTTP/1.1", "a".repeat(70_000))),
        head(&format!("GET / HTTP/1.1\r\nX-Long: {}", "a".repeat(1024 * 1024))),
        head("POST /oauth2/token HTTP/1.1\r\nContent-Length: -1"),
        head("POST /oauth2/token HTTP/1.1\r\nContent-Length: 99999999999999999999999"),
        head("POST /oauth2/token HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3"),
        b"POST /oauth2/token HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\na"
            .to_vec(),
        b"POST /oauth2/token HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab".to_vec(),
        MULTIPART.as_bytes().to_vec(),
    ]
}

/// All that comes back to `bytes`; nothing follows them if they are the `last`.
async fn exchange(stage: &RunningStage, vendor: Vendor, bytes: &[u8], last: bool) -> Vec<u8> {
    let mut connection = TcpStream::connect(stage.address(vendor)).await.expect("the server listens");
    let mut answer = Vec::new();
    // The server may have hung up before the end.
    let _ = connection.write_all(bytes).await;
    if last {
        let _ = connection.shutdown().await;
    }
    let _ = connection.read_to_end(&mut answer).await;
    answer
}

#[tokio::test]
async fn a_broken_connection_is_nobody_elses() {
    let stage = Stage::start().await.expect("loopback ports are free");
    for vendor in Vendor::ALL {
        for bytes in broken() {
            let answer = exchange(&stage, vendor, &bytes, true).await;
            let status = answer.get(9..12).unwrap_or_default();
            let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]);
            assert!(
                !status.starts_with(b"5"),
                "{vendor}: {shown:?} is answered {}",
                String::from_utf8_lossy(&answer)
            );
            let good = exchange(&stage, vendor, GOOD, false).await;
            assert!(good.starts_with(b"HTTP/1.1 "), "{vendor}: after {shown:?} nobody answers");
        }
    }
}
