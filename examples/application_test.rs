//! The tests of an application that uses Box: what happens when a token expires, is revoked, or is refreshed by many at
//! once, and when the token endpoint says "later" or sends garbage.
//!
//! `cargo run --example application_test`

use std::{error::Error, fmt, time::Duration};

use http::StatusCode;
use rehearsal::{ConsentGiven, Demo, Fault, RunningStage, Stage, TenantHandle, Vendor};
use serde_json::Value;
use tokio::sync::Mutex;

// The application: a client that refreshes its access token when Box refuses it.

/// What the application shows its user.
#[derive(Debug, PartialEq)]
enum Problem {
    /// Consent is needed again.
    Reauthenticate,
    /// Box is out of order, or out of its mind.
    BoxIsBroken(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Error for Problem {}

struct BoxClient {
    http: reqwest::Client,
    base: String,
    app: Demo,
    /// Access and refresh token. Held while refreshing, so that of many callers one refreshes.
    tokens: Mutex<(String, String)>,
}

impl BoxClient {
    async fn whoami(&self) -> Result<String, Problem> {
        let token = self.tokens.lock().await.0.clone();
        let mut answer = self.get_me(&token).await?;
        if answer.status() == StatusCode::UNAUTHORIZED {
            let token = self.refreshed(&token).await?;
            answer = self.get_me(&token).await?;
        }
        let user: Value = answer.json().await?;
        user["login"].as_str().map(ToOwned::to_owned).ok_or_else(|| Problem::BoxIsBroken("no login".into()))
    }

    async fn get_me(&self, token: &str) -> Result<reqwest::Response, Problem> {
        self.http
            .get(format!("{}/2.0/users/me", self.base))
            .bearer_auth(token)
            .send()
            .await
            .map_err(Problem::from)
    }

    /// Another access token than `refused`: one that somebody else has got meanwhile, or a new one.
    async fn refreshed(&self, refused: &str) -> Result<String, Problem> {
        let mut tokens = self.tokens.lock().await;
        if tokens.0 != refused {
            return Ok(tokens.0.clone());
        }
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &tokens.1),
            ("client_id", &self.app.client_id),
            ("client_secret", self.app.client_secret.expose()),
        ];
        for _attempt in 0..3 {
            let url = format!("{}/oauth2/token", self.base);
            let answer = self.http.post(url).form(&form).send().await?;
            match answer.status() {
                StatusCode::OK => {
                    let body: Value = answer.json().await?;
                    let text = |name: &str| body[name].as_str().map(ToOwned::to_owned);
                    let (Some(access), Some(refresh)) = (text("access_token"), text("refresh_token")) else {
                        return Err(Problem::BoxIsBroken("no tokens".into()));
                    };
                    *tokens = (access.clone(), refresh);
                    return Ok(access);
                }
                StatusCode::BAD_REQUEST => return Err(Problem::Reauthenticate),
                StatusCode::TOO_MANY_REQUESTS => {
                    let seconds = answer
                        .headers()
                        .get("retry-after")
                        .and_then(|value| value.to_str().ok()?.parse().ok());
                    tokio::time::sleep(Duration::from_secs(seconds.unwrap_or(1))).await;
                }
                status => return Err(Problem::BoxIsBroken(status.to_string())),
            }
        }
        Err(Problem::BoxIsBroken("too many attempts".into()))
    }
}

impl From<reqwest::Error> for Problem {
    fn from(error: reqwest::Error) -> Self {
        Self::BoxIsBroken(error.to_string())
    }
}

// Its tests. Each has a tenant of its own, so that they could run in parallel.

/// A client that is connected, and the world it is connected to.
fn connected(stage: &RunningStage) -> Result<(BoxClient, TenantHandle), Box<dyn Error>> {
    let tenant = stage.tenant();
    let tokens = tenant.issue_tokens(Vendor::Box, ConsentGiven::default())?;
    let refresh = tokens.refresh_token.ok_or("Box issues refresh tokens")?;
    let client = BoxClient {
        http: reqwest::Client::new(),
        base: stage.url(Vendor::Box).as_str().trim_end_matches('/').to_owned(),
        app: tenant.demo(Vendor::Box),
        tokens: Mutex::new((tokens.access_token.expose().to_owned(), refresh.expose().to_owned())),
    };
    Ok((client, tenant))
}

async fn an_expired_token_is_refreshed(stage: &RunningStage) -> Result<(), Box<dyn Error>> {
    let (client, tenant) = connected(stage)?;
    assert_eq!(client.whoami().await?, tenant.demo(Vendor::Box).login);
    tenant.clock().advance(Duration::from_secs(2 * 3600));
    assert_eq!(client.whoami().await?, tenant.demo(Vendor::Box).login);
    tenant.calls().assert_one_refresh(Vendor::Box, 1);
    // Sixty days later the refresh token is dead as well: only the user can help.
    tenant.clock().advance(Duration::from_secs(61 * 24 * 3600));
    assert_eq!(client.whoami().await, Err(Problem::Reauthenticate));
    Ok(())
}

async fn a_token_that_was_revoked_alone_is_refreshed(stage: &RunningStage) -> Result<(), Box<dyn Error>> {
    let (client, tenant) = connected(stage)?;
    let token = client.tokens.lock().await.0.clone();
    tenant.revoke_alone(Vendor::Box, &token)?;
    assert!(client.whoami().await.is_ok());
    // Box itself revokes both at once; then a refresh is refused too.
    let token = client.tokens.lock().await.0.clone();
    tenant.revoke(Vendor::Box, &token)?;
    assert_eq!(client.whoami().await, Err(Problem::Reauthenticate));
    Ok(())
}

async fn many_callers_refresh_once(stage: &RunningStage) -> Result<(), Box<dyn Error>> {
    let (client, tenant) = connected(stage)?;
    let token = client.tokens.lock().await.0.clone();
    tenant.expire(Vendor::Box, &token)?;
    let calls = (0..20).map(|_| client.whoami());
    for answer in futures::future::join_all(calls).await {
        assert!(answer.is_ok(), "{answer:?}");
    }
    // How many of them met the 401 depends on who was quick; they refreshed once in any case.
    tenant.calls().assert_one_refresh(Vendor::Box, 1);
    Ok(())
}

async fn a_rate_limit_is_waited_for(stage: &RunningStage) -> Result<(), Box<dyn Error>> {
    let (client, tenant) = connected(stage)?;
    let token = client.tokens.lock().await.0.clone();
    tenant.expire(Vendor::Box, &token)?;
    tenant.inject(Fault::rate_limit(Duration::ZERO).on(Vendor::Box, "token").times(2))?;
    assert!(client.whoami().await.is_ok());
    tenant.calls().vendor(Vendor::Box).operation("token").status(429).assert_count(2);
    Ok(())
}

async fn garbage_from_the_token_endpoint_is_no_panic(stage: &RunningStage) -> Result<(), Box<dyn Error>> {
    for fault in
        [Fault::not_json(), Fault::html(), Fault::empty(), Fault::without("access_token"), Fault::reset()]
    {
        let (client, tenant) = connected(stage)?;
        let token = client.tokens.lock().await.0.clone();
        tenant.expire(Vendor::Box, &token)?;
        tenant.inject(fault.on(Vendor::Box, "token"))?;
        let problem = client.whoami().await;
        assert!(matches!(problem, Err(Problem::BoxIsBroken(_))), "{problem:?}");
    }
    Ok(())
}

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let stage = Stage::start().await?;
    an_expired_token_is_refreshed(&stage).await?;
    a_token_that_was_revoked_alone_is_refreshed(&stage).await?;
    many_callers_refresh_once(&stage).await?;
    a_rate_limit_is_waited_for(&stage).await?;
    garbage_from_the_token_endpoint_is_no_panic(&stage).await?;
    Ok(())
}
