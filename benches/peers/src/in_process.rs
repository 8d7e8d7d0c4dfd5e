//! Servers that tests have in their own process. Here each has a process of its own, so that its memory can be told.

use std::{
    io::{self, Read},
    net::SocketAddr,
    time::Instant,
};

use httpmock::Method;
use serde_json::json;
use tokio::runtime;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path},
};

use crate::{
    beside::get,
    error::Error,
    folder::Folder,
    peer::Peer,
    stubs::{Bodies, CALL, TOKEN, TOKENS},
    wire::{ask_once, good},
};

/// The first argument of such a process.
pub(crate) const ARGUMENT: &str = "serve";

/// Serves stubs until the standard input ends. Tells its address, and what time passed until the first answer.
#[expect(clippy::print_stdout, reason = "it is read by the process that started this one")]
pub(crate) fn serve(peer: Peer, folder: &Folder) -> Result<(), Error> {
    let bodies = Bodies::read(folder)?;
    let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Runtime)?;
    let asked = |error| Error::Asked { peer, what: "a first answer", error, log: folder.log(peer) };
    runtime.block_on(async {
        let started = Instant::now();
        let (address, _server) = Server::start(peer, &bodies).await?;
        good(ask_once(address, &get(CALL, TOKEN)).await.map_err(asked)?).map_err(asked)?;
        let took = started.elapsed().as_secs_f64();
        println!("{}", json!({ "address": address, "first_answer": took }));
        let _ended = io::stdin().read_to_end(&mut Vec::new());
        Ok(())
    })
}

/// What keeps a server up.
#[expect(dead_code, reason = "they end when they are dropped")]
enum Server {
    WiremockRs(MockServer),
    Httpmock(httpmock::MockServer),
}

impl Server {
    async fn start(peer: Peer, bodies: &Bodies) -> Result<(SocketAddr, Self), Error> {
        let (tokens, user) = (bodies.tokens.clone(), bodies.user.clone());
        let bearer = format!("Bearer {TOKEN}");
        Ok(match peer {
            Peer::WiremockRs => {
                let json = |body| ResponseTemplate::new(200).set_body_raw(body, "application/json");
                let server = MockServer::start().await;
                let issue = Mock::given(method("POST")).and(path(TOKENS)).respond_with(json(tokens));
                issue.mount(&server).await;
                let call = Mock::given(method("GET")).and(path(CALL)).and(header("Authorization", &bearer));
                call.respond_with(json(user)).mount(&server).await;
                (*server.address(), Self::WiremockRs(server))
            }
            Peer::Httpmock => {
                let server = httpmock::MockServer::start_async().await;
                let issue = |when: httpmock::When, then: httpmock::Then| {
                    when.method(Method::POST).path(TOKENS);
                    then.status(200).header("Content-Type", "application/json").body(&tokens);
                };
                server.mock_async(issue).await;
                let call = |when: httpmock::When, then: httpmock::Then| {
                    when.method(Method::GET).path(CALL).header("Authorization", &bearer);
                    then.status(200).header("Content-Type", "application/json").body(&user);
                };
                server.mock_async(call).await;
                (*server.address(), Self::Httpmock(server))
            }
            other => return Err(Error::UnknownPeer(other.name().to_owned())),
        })
    }
}
