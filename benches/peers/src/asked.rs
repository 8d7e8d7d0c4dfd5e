//! What is asked of each peer: the cheapest grant that it has, and a call that shows a token.

use std::io;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::{
    beside::{CONNECTIONS, Next, get, same},
    grants::{ByCode, Grant, by_hand, told},
    load::Asking,
    peer::Peer,
    running::Running,
    stubs::{CALL, TOKEN, TOKENS},
    wire::{ask_once, is_good, post, text},
};

pub(crate) struct Asked {
    /// For a token.
    pub(crate) issue: Vec<Asking>,
    /// With a token.
    pub(crate) call: Vec<Asking>,
    /// Whether the call is refused to a token that nobody was given.
    pub(crate) is_checked: bool,
}

impl Asked {
    pub(crate) async fn of(running: &Running) -> io::Result<Self> {
        let (mut issue, mut call) = (Vec::new(), Vec::new());
        for connection in 0..CONNECTIONS {
            let (issues, calls) = of_one(running, connection).await?;
            issue.push(Asking::new(issues));
            call.push(Asking::new(same(calls)));
        }
        let unknown = ask_once(running.address, &get(call_path(running.peer), "nobody")).await?;
        Ok(Self { issue, call, is_checked: !is_good(&unknown) })
    }
}

fn call_path(peer: Peer) -> &'static str {
    match peer {
        Peer::Oauth2MockServer | Peer::OidcProviderMock => "/userinfo",
        Peer::Emulate => "/oauth2/default/v1/userinfo",
        _ => CALL,
    }
}

/// What one connection asks: for tokens, and with one.
async fn of_one(running: &Running, connection: usize) -> io::Result<(Next<'static>, Vec<u8>)> {
    let server = running.address;
    let call = |token: &str| get(call_path(running.peer), token);
    let (id, secret) = (("client_id", "app"), ("client_secret", "secret"));
    let by_itself = ("grant_type", "client_credentials");
    Ok(match running.peer {
        Peer::Rehearsal => {
            let said = |pointer: &str| {
                let text = running.said.pointer(pointer).and_then(Value::as_str);
                text.ok_or_else(|| io::Error::other(format!("it did not tell {pointer}")))
            };
            let control = told(said("/control")?).ok_or_else(|| io::Error::other("no address of control"))?;
            let client = [
                ("client_id", said("/apps/box/client_id")?),
                ("client_secret", said("/apps/box/client_secret")?),
            ];
            let refreshed = by_hand(control).await?;
            (refreshes(TOKENS, None, &client, refreshed), call(&by_hand(control).await?.access))
        }
        Peer::WiremockRs | Peer::Httpmock | Peer::WireMock | Peer::Mockoon => {
            let form = [("grant_type", "refresh_token"), ("refresh_token", TOKEN), id, secret];
            (same(post(TOKENS, None, &form)), call(TOKEN))
        }
        Peer::Oauth2MockServer => {
            let request = post("/token", None, &[by_itself, id, secret]);
            let answer = ask_once(server, &request).await?;
            (same(request), call(text(&answer, "access_token").unwrap_or_default()))
        }
        Peer::Emulate => {
            let client = [("client_id", "okta-test-client"), ("client_secret", "okta-test-secret")];
            let redirect_uri = "http://localhost:3000/callback";
            let own = format!("Bearer connection-{connection}");
            let by_code = ByCode {
                consent: "/oauth2/default/v1/authorize/callback",
                consent_form: &[
                    ("user_ref", "testuser@okta.local"),
                    ("scope", "openid profile"),
                    ("redirect_uri", redirect_uri),
                    client[0],
                ],
                token: "/oauth2/default/v1/token",
                client,
                redirect_uri,
                authorization: Some(&own),
            };
            let form = [by_itself, ("scope", "read"), client[0], client[1]];
            (same(post(by_code.token, Some(&own), &form)), call(&by_code.grant(server).await?.access))
        }
        Peer::OidcProviderMock => {
            let redirect_uri = "http://localhost/callback";
            let by_code = ByCode {
                consent: "/oauth2/authorize?client_id=app&response_type=code&scope=openid&redirect_uri=http%3A%2F%2Flocalhost%2Fcallback",
                consent_form: &[("sub", "avery")],
                token: "/oauth2/token",
                client: [id, secret],
                redirect_uri,
                authorization: None,
            };
            // It takes a client by form for a code, and by header for a refresh.
            let basic = format!("Basic {}", STANDARD.encode("app:secret"));
            let refreshed = by_code.grant(server).await?;
            (refreshes(TOKENS, Some(basic), &[], refreshed), call(&by_code.grant(server).await?.access))
        }
    })
}

/// One refresh after the other, each by what the last one gave.
fn refreshes(
    path: &'static str,
    authorization: Option<String>,
    client: &[(&'static str, &str)],
    first: Grant,
) -> Next<'static> {
    let client: Vec<_> = client.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let mut token = first.refresh;
    Box::new(move |last, to| {
        if let Some(next) = text(last, "refresh_token") {
            next.clone_into(&mut token);
        }
        let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", &token)];
        form.extend(client.iter().map(|(name, value)| (*name, value.as_str())));
        to.extend(post(path, authorization.as_deref(), &form));
    })
}
