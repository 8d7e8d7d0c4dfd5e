//! Calls that a vendor makes to an app of its own accord.

use std::time::Duration;

use http::{Request, StatusCode, header};
use http_body_util::Empty;
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::Url;

/// An app that has not answered by then is given up.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why an app could not be told. The vendor does not mind.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallbackError {
    #[error("{0:?} is no URL; register a callback such as http://127.0.0.1:8080/uninstall")]
    NoUrl(String),
    #[error(
        "callbacks are made by plain http; register one such as http://127.0.0.1:8080/uninstall, not {0:?}"
    )]
    NotHttp(String),
    #[error("the app at {0} cannot be reached: {1}")]
    Unreachable(String, std::io::Error),
    #[error("the app at {0} answered no HTTP: {1}")]
    NoHttp(String, hyper::Error),
    #[error("the app at {0} did not answer within 5 s")]
    Silent(String),
}

/// Makes the call, and says what the app answered. Redirects are not followed.
pub(super) async fn call(url: &str) -> Result<StatusCode, CallbackError> {
    let place = url.split_once('?').map_or(url, |(place, _)| place).to_owned();
    let parsed = Url::parse(url).map_err(|_| CallbackError::NoUrl(place.clone()))?;
    let host = match (parsed.scheme(), parsed.host_str()) {
        ("http", Some(host)) => host.to_owned(),
        _ => return Err(CallbackError::NotHttp(place)),
    };
    let port = parsed.port_or_known_default().unwrap_or(80);
    tokio::time::timeout(PATIENCE, send(&parsed, &host, port, &place))
        .await
        .unwrap_or_else(|_| Err(CallbackError::Silent(place)))
}

async fn send(url: &Url, host: &str, port: u16, place: &str) -> Result<StatusCode, CallbackError> {
    let unreachable = |error| CallbackError::Unreachable(place.to_owned(), error);
    let no_http = |error| CallbackError::NoHttp(place.to_owned(), error);
    let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await.map_err(unreachable)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(no_http)?;
    // It ends with the answer.
    tokio::spawn(connection);
    let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let request = Request::get(target)
        .header(header::HOST, format!("{host}:{port}"))
        .header(header::ACCEPT, "application/json")
        .body(Empty::<Bytes>::new())
        .map_err(|_| CallbackError::NoUrl(place.to_owned()))?;
    Ok(sender.send_request(request).await.map_err(no_http)?.status())
}
