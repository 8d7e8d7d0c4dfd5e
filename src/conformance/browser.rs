//! A browser with a user in front of it: follows an OAuth URL, logs in, allows or denies, and stops where the provider
//! sends it back to the app.

use http::{HeaderMap, Method, StatusCode, header};
use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::{
    exchange::Answer,
    target::{chain, fetch},
};
use crate::{Secret, Vendor};

/// Nobody clicks through more pages than this.
const PAGES: usize = 12;

/// What the user does with the app's request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Allow,
    Deny,
}

/// Who sits in front of the browser.
#[derive(Clone, Debug)]
pub(crate) struct Visitor<'v> {
    pub(crate) login: &'v str,
    pub(crate) password: &'v Secret,
    pub(crate) decision: Decision,
    /// Whose user it is.
    pub(crate) vendor: Vendor,
    /// Where that vendor's own hosts are found.
    pub(crate) stand_in: &'v Url,
}

/// Why the browser did not arrive at the callback.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BrowserError {
    #[error("the page {url} could not be loaded: {reason}")]
    Unreachable { url: Url, reason: String },
    #[error("the page {url} has status {status} and no form to go on with: {text}")]
    DeadEnd { url: Url, status: StatusCode, text: String },
    #[error("the page {url} has no control to {decision:?} access; its controls are {controls:?}")]
    NoControl { url: Url, decision: Decision, controls: Vec<String> },
    #[error("the page {0} redirects to an address that is no URL: {1:?}")]
    BadRedirect(Url, String),
    #[error("after {PAGES} pages the browser was at {0} and had not come back to the app")]
    Lost(Url),
}

/// A form, filled in and ready to be sent.
struct Submission {
    method: Method,
    action: Url,
    fields: Vec<(String, String)>,
}

/// Follows `start` until the provider redirects to `callback`, and gives that address with its query.
pub(crate) async fn visit(
    http: &reqwest::Client,
    start: Url,
    callback: &str,
    visitor: &Visitor<'_>,
) -> Result<Url, BrowserError> {
    let mut cookies = Vec::new();
    let mut next = Submission { method: Method::GET, action: start, fields: Vec::new() };
    for _ in 0..PAGES {
        let url = next.action.clone();
        let answer = load(http, next, &cookies, visitor).await?;
        keep_cookies(&mut cookies, &answer.headers);
        next = if answer.status.is_redirection() {
            let location = answer.header("location");
            let to = url
                .join(location)
                .map_err(|_| BrowserError::BadRedirect(url.clone(), location.to_owned()))?;
            if leads_to(&to, callback) {
                return Ok(to);
            }
            Submission { method: Method::GET, action: to, fields: Vec::new() }
        } else {
            fill_in(&url, &answer, visitor)?
        };
    }
    Err(BrowserError::Lost(next.action))
}

/// Whether `url` is `callback`, whatever its query.
fn leads_to(url: &Url, callback: &str) -> bool {
    Url::parse(callback).is_ok_and(|callback| {
        url.origin() == callback.origin()
            && url.path() == callback.path()
            && url.scheme() == callback.scheme()
    })
}

async fn load(
    http: &reqwest::Client,
    page: Submission,
    cookies: &[(String, String)],
    visitor: &Visitor<'_>,
) -> Result<Answer, BrowserError> {
    let url = page.action;
    let named = url.host_str().filter(|host| Vendor::of_host(host) == Some(visitor.vendor));
    let at = if named.is_some() { moved(&url, visitor.stand_in) } else { url.clone() };
    let mut request = http.request(page.method.clone(), at).header(header::ACCEPT, "text/html");
    if let Some(host) = named {
        request = request.header(header::HOST, host);
    }
    if !cookies.is_empty() {
        let cookies: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request = request.header(header::COOKIE, cookies.join("; "));
    }
    request =
        if page.method == Method::GET { request.query(&page.fields) } else { request.form(&page.fields) };
    fetch(request).await.map_err(|error| BrowserError::Unreachable { url, reason: chain(&error) })
}

/// The page of `url` at `base`.
fn moved(url: &Url, base: &Url) -> Url {
    let mut moved = base.clone();
    moved.set_path(url.path());
    moved.set_query(url.query());
    moved
}

fn keep_cookies(cookies: &mut Vec<(String, String)>, headers: &HeaderMap) {
    for cookie in headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
        let pair = cookie.split(';').next().unwrap_or_default();
        if let Some((name, value)) = pair.split_once('=') {
            cookies.retain(|(of, _)| of != name.trim());
            cookies.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
}

/// What the visitor makes of a page: the login form filled in, or the decision pressed.
fn fill_in(url: &Url, answer: &Answer, visitor: &Visitor<'_>) -> Result<Submission, BrowserError> {
    let page = Html::parse_document(&answer.text());
    let Some(form) = page.select(&selector("form")).next() else {
        let words: Vec<&str> = page.select(&selector("body")).flat_map(|body| body.text()).collect();
        let text: String = words.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        return Err(BrowserError::DeadEnd {
            url: url.clone(),
            status: answer.status,
            text: text.chars().take(200).collect(),
        });
    };
    let mut fields = Vec::new();
    for input in form.select(&selector("input")) {
        let name = input.attr("name").unwrap_or_default().to_owned();
        let value = match input.attr("type").unwrap_or("text") {
            "hidden" => input.attr("value").unwrap_or_default(),
            "text" | "email" => visitor.login,
            "password" => visitor.password.expose(),
            _ => continue,
        };
        fields.push((name, value.to_owned()));
    }
    fields.extend(press(url, &form, visitor.decision)?);
    let method = match form.attr("method") {
        Some(method) if method.eq_ignore_ascii_case("post") => Method::POST,
        _ => Method::GET,
    };
    let action = form.attr("action").unwrap_or_default();
    let action = url.join(action).map_err(|_| BrowserError::BadRedirect(url.clone(), action.to_owned()))?;
    Ok(Submission { method, action, fields })
}

/// The submit control to press: the only one, or the one that says what the visitor has decided.
fn press(
    url: &Url,
    form: &ElementRef<'_>,
    decision: Decision,
) -> Result<Option<(String, String)>, BrowserError> {
    let controls: Vec<ElementRef<'_>> =
        form.select(&selector("button:not([type]), button[type=submit], input[type=submit]")).collect();
    let pressed = match controls.as_slice() {
        [] => return Ok(None),
        [only] => *only,
        several => match several.iter().find(|control| meaning(control) == Some(decision)) {
            Some(control) => *control,
            None => {
                let controls = several.iter().map(describe).collect();
                return Err(BrowserError::NoControl { url: url.clone(), decision, controls });
            }
        },
    };
    let value = pressed.attr("value").unwrap_or_default().to_owned();
    Ok(pressed.attr("name").map(|name| (name.to_owned(), value)))
}

fn meaning(control: &ElementRef<'_>) -> Option<Decision> {
    let words = describe(control).to_lowercase();
    let says = |any: &[&str]| any.iter().any(|word| words.contains(word));
    // Denials first: "don't allow" denies.
    if says(&["deny", "reject", "refuse", "decline", "cancel", "don't"]) {
        Some(Decision::Deny)
    } else if says(&["allow", "accept", "grant", "approve", "authorize", "authorise"]) {
        Some(Decision::Allow)
    } else {
        None
    }
}

fn describe(control: &ElementRef<'_>) -> String {
    let attributes = ["name", "id", "class", "value"].map(|name| control.attr(name).unwrap_or_default());
    let label: String = control.text().collect();
    format!("{} {}", attributes.join(" "), label.trim())
}

fn selector(css: &str) -> Selector {
    #[expect(clippy::expect_used, reason = "all selectors are literals of this file")]
    Selector::parse(css).expect("a literal selector is well formed")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn submission(html: &str, decision: Decision) -> Result<Submission, BrowserError> {
        let answer = Answer::new(StatusCode::OK, HeaderMap::new(), Bytes::copy_from_slice(html.as_bytes()));
        let password = Secret::from("hunter2");
        let stand_in = Url::parse("http://127.0.0.1/").unwrap();
        let visitor = Visitor {
            login: "jane",
            password: &password,
            decision,
            vendor: Vendor::Box,
            stand_in: &stand_in,
        };
        fill_in(&Url::parse("http://127.0.0.1/oauth?a=b").unwrap(), &answer, &visitor)
    }

    #[test]
    fn a_login_form_is_filled_in() {
        let html = r#"<form method="post" action="/login?a=b"><input type="hidden" name="csrf" value="7">
            <input name="j_username"><input type="password" name="j_password"><button id="login">Sign in</button></form>"#;
        let filled = submission(html, Decision::Allow).unwrap();
        assert_eq!(filled.method, Method::POST);
        assert_eq!(filled.action.as_str(), "http://127.0.0.1/login?a=b");
        let expected = [("csrf", "7"), ("j_username", "jane"), ("j_password", "hunter2")];
        assert_eq!(filled.fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn the_decision_presses_its_own_button() {
        let html = r#"<form method="post"><button name="yes" value="1">Allow Access</button>
            <button name="no" value="1">Deny</button></form>"#;
        assert_eq!(submission(html, Decision::Allow).unwrap().fields[0].0, "yes");
        assert_eq!(submission(html, Decision::Deny).unwrap().fields[0].0, "no");
    }

    #[test]
    fn a_page_without_a_form_is_a_dead_end_that_says_why() {
        let error =
            submission("<body><h1>Error:</h1> redirect_uri_mismatch</body>", Decision::Allow).err().unwrap();
        assert!(error.to_string().contains("Error: redirect_uri_mismatch"), "{error}");
    }

    #[test]
    fn the_callback_is_recognised_whatever_its_query() {
        let callback = "https://client.example/callback";
        let at = |url: &str| leads_to(&Url::parse(url).unwrap(), callback);
        assert!(at("https://client.example/callback?code=1"));
        assert!(!at("https://client.example/elsewhere?code=1"));
        assert!(!at("https://evil.example/callback?code=1"));
    }
}
