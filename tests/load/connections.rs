//! Connections: very many, slow ones, half-closed ones, and ones that never come to the point.

use tokio::{
    io::AsyncWriteExt,
    time::{Duration, timeout},
};

use crate::{
    clients::{CALL, answers, connect, others_are_served, rest},
    served::{PATIENCE, Served},
};

const MANY: usize = 10_000;

/// What one connection that waits for the rest of a header may hold, in KiB.
const EACH: u64 = 24;

/// Lets this process, and those it starts, have enough files open.
fn enough_files() {
    let wanted = MANY as u64 + 500;
    let most = rlimit::increase_nofile_limit(u64::MAX).expect("the limit can be read");
    assert!(
        most >= wanted,
        "{most} files may be open, {wanted} are needed; raise the hard limit (ulimit -Hn)"
    );
}

#[tokio::test]
async fn ten_thousand_connections_keep_nobody_from_being_served_and_leave_nothing_behind() {
    enough_files();
    let served = Served::start();
    let address = served.address("box");
    others_are_served(address, 3, "nothing else happens").await;
    let (files, memory) = (served.open_files(), served.memory());

    let mut waiting = Vec::with_capacity(MANY);
    for number in 0..MANY {
        let mut socket = connect(address).await;
        // Every other one has begun a header that it never finishes.
        if number % 2 == 0 {
            socket.write_all(&CALL.as_bytes()[..40]).await.expect("it reads");
        }
        waiting.push(socket);
    }
    others_are_served(address, 50, "ten thousand connections are open").await;
    assert!(served.open_files() >= MANY, "they are all open at once");
    let each = served.memory().saturating_sub(memory) / MANY as u64;
    assert!(each <= EACH, "a waiting connection holds {each} KiB");

    drop(waiting);
    served.returns_to(files).await;
    others_are_served(address, 3, "they are gone").await;
}

#[tokio::test]
async fn it_asks_for_as_many_files_as_the_system_allows() {
    enough_files();
    let served = Served::start_with_files(64);
    let address = served.address("box");
    let mut waiting = Vec::new();
    for _ in 0..200 {
        waiting.push(connect(address).await);
    }
    others_are_served(address, 3, "more connections are open than files at first").await;
    assert!(served.open_files() >= 200, "{} files are open", served.open_files());
}

#[tokio::test]
async fn calls_in_one_breath_are_answered_one_by_one() {
    let served = Served::start();
    let mut socket = connect(served.address("box")).await;
    socket.write_all(CALL.repeat(200).as_bytes()).await.expect("it reads");
    let all = timeout(PATIENCE, answers(&mut socket, 200)).await.expect("all are answered");
    assert_eq!(all.matches("HTTP/1.1 401 Unauthorized\r\n").count(), 200);
}

#[tokio::test]
async fn a_client_that_closes_its_half_still_gets_its_answer() {
    let served = Served::start();
    let mut socket = connect(served.address("box")).await;
    socket.write_all(CALL.as_bytes()).await.expect("it reads");
    socket.shutdown().await.expect("half of it closes");
    let answer = rest(&mut socket, PATIENCE).await;
    assert!(answer.starts_with(b"HTTP/1.1 401 Unauthorized\r\n"), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test]
async fn who_writes_letter_by_letter_is_answered_and_stands_in_nobodys_way() {
    let served = Served::start();
    let address = served.address("box");
    let mut slow = connect(address).await;
    slow.set_nodelay(true).expect("the socket is open");
    for (number, letter) in CALL.as_bytes().iter().enumerate() {
        slow.write_all(&[*letter]).await.expect("it reads");
        if number % 20 == 0 {
            others_are_served(address, 1, "somebody writes slowly").await;
        }
    }
    let answer = timeout(PATIENCE, answers(&mut slow, 1)).await.expect("it is answered");
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

#[tokio::test]
async fn who_never_reads_is_not_served_without_end() {
    let served = Served::start();
    let address = served.address("box");
    let before = served.memory();
    let mut deaf = connect(address).await;
    // Asks until the way back is full, and then the way there.
    let calls = CALL.repeat(100);
    let mut asked = 0_usize;
    while let Ok(written) = timeout(Duration::from_millis(500), deaf.write_all(calls.as_bytes())).await {
        written.expect("it reads, or waits");
        asked += 100;
        assert!(asked < 1_000_000, "it goes on reading calls whose answers nobody takes");
    }
    others_are_served(address, 20, "somebody does not read").await;
    let more = served.memory().saturating_sub(before);
    assert!(more < 32 * 1024, "{more} KiB for one client that does not read, after {asked} calls");
    drop(deaf);
}

/// Thirty seconds by the clock on the wall: as long as it gives a client.
#[tokio::test]
async fn a_header_that_is_never_finished_ends_the_connection() {
    let served = Served::start();
    let files = served.open_files();
    let mut socket = connect(served.address("box")).await;
    socket.write_all(&CALL.as_bytes()[..40]).await.expect("it reads");
    let answer = rest(&mut socket, PATIENCE).await;
    assert!(!answer.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&answer));
    served.returns_to(files).await;
}
