//! `rehearsal wait`

use std::time::Duration;

use clap::Args;
use http::{StatusCode, header};
use serde::Deserialize;
use tokio::time::{Instant, sleep_until};
use url::Url;

use crate::{
    Secret,
    cli::{failure::Failure, settings::Whereabouts},
    exit_codes,
};

/// Between one question and the next.
const PAUSE: Duration = Duration::from_millis(50);

/// The least that an answer may take, however short the wait.
const PATIENCE: Duration = Duration::from_secs(1);

/// Wait until `serve` is ready
#[derive(Args, Debug)]
pub(crate) struct Wait {
    #[command(flatten)]
    whereabouts: Whereabouts,
    /// How many seconds to wait
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
}

/// Why nothing was ready in the end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotReady {
    #[error(
        "nobody answers at {url} within {timeout} s; start `rehearsal serve`, or say where it is with --port-base or --control"
    )]
    Silent { url: Url, timeout: u64 },
    #[error(
        "what answers at {url} is no control API of rehearsal; say where it is with --port-base or --control"
    )]
    Stranger { url: Url },
    #[error("{url} asks for a token; give it with --control-token")]
    Token { url: Url },
    #[error("{url} cannot be asked: {source}")]
    Client { url: Url, source: reqwest::Error },
}

#[derive(Deserialize)]
struct Health {
    status: String,
    #[expect(dead_code, reason = "what else has a status has no vendors")]
    vendors: Vec<String>,
}

impl Wait {
    pub(crate) async fn run(self) -> Result<u8, Failure> {
        let Self { whereabouts, timeout } = self;
        let (url, token) = whereabouts.call("/v1/health");
        let deadline = Instant::now() + Duration::from_secs(timeout);
        // A proxy from the environment is for other machines.
        let client = reqwest::Client::builder().no_proxy().build();
        let client = client.map_err(|source| NotReady::Client { url: url.clone(), source })?;
        let mut met_a_stranger = false;
        loop {
            let patience = deadline.max(Instant::now() + PATIENCE);
            let asked = tokio::time::timeout_at(patience, ask(&client, &url, token.as_ref())).await;
            match asked {
                Ok(Answer::Ready) => return Ok(exit_codes::SUCCESS),
                // It will not think better of it.
                Ok(Answer::Closed) => return Err(NotReady::Token { url }.into()),
                // Somebody else may still be leaving the port.
                Ok(Answer::Stranger) => met_a_stranger = true,
                Ok(Answer::Nobody) => met_a_stranger = false,
                Err(_) => {}
            }
            let next = Instant::now() + PAUSE;
            if next >= deadline {
                return Err(if met_a_stranger {
                    NotReady::Stranger { url }
                } else {
                    NotReady::Silent { url, timeout }
                }
                .into());
            }
            sleep_until(next).await;
        }
    }
}

enum Answer {
    Ready,
    /// It asks for another token.
    Closed,
    Stranger,
    Nobody,
}

async fn ask(client: &reqwest::Client, url: &Url, token: Option<&Secret>) -> Answer {
    let mut request = client.get(url.clone());
    if let Some(token) = token {
        request = request.bearer_auth(token.expose());
    }
    let Ok(response) = request.send().await else { return Answer::Nobody };
    // Others ask for tokens, too, but not so.
    let challenge = response.headers().get(header::WWW_AUTHENTICATE);
    if response.status() == StatusCode::UNAUTHORIZED && challenge.is_some_and(|scheme| scheme == "Bearer") {
        return Answer::Closed;
    }
    match response.json::<Health>().await {
        Ok(health) if health.status == "ok" => Answer::Ready,
        _ => Answer::Stranger,
    }
}
