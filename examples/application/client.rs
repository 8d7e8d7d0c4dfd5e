//! The application under test: a Box client that refreshes its access token when Box refuses it. Nothing in it knows of a
//! rehearsal.

use std::{error::Error, fmt, time::Duration};

use http::StatusCode;
use serde_json::Value;
use tokio::sync::Mutex;

/// What the application shows its user.
#[derive(Debug, PartialEq)]
pub(crate) enum Problem {
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

/// What the application keeps about Box.
pub(crate) struct Settings {
    /// `https://api.box.com` in production.
    pub(crate) base: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

pub(crate) struct BoxClient {
    http: reqwest::Client,
    settings: Settings,
    /// Access and refresh token. Held while refreshing, so that of many callers one refreshes.
    tokens: Mutex<(String, String)>,
}

impl BoxClient {
    pub(crate) fn new(settings: Settings, access_token: &str, refresh_token: &str) -> Self {
        let tokens = Mutex::new((access_token.to_owned(), refresh_token.to_owned()));
        Self { http: reqwest::Client::new(), settings, tokens }
    }

    /// The access token that it uses now.
    pub(crate) async fn access_token(&self) -> String {
        self.tokens.lock().await.0.clone()
    }

    /// The login of the user who is connected.
    pub(crate) async fn whoami(&self) -> Result<String, Problem> {
        let token = self.access_token().await;
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
            .get(format!("{}/2.0/users/me", self.settings.base))
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
            ("client_id", &self.settings.client_id),
            ("client_secret", &self.settings.client_secret),
        ];
        for _attempt in 0..3 {
            let url = format!("{}/oauth2/token", self.settings.base);
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
