//! Programs meet the stand-ins at the vendors' own host names, through the proxy.

#![expect(clippy::unwrap_used, reason = "a test whose surroundings cannot be set up has failed")]

mod raw;

use http::StatusCode;
use raw::{Tunnel, ask, exchange};
use rehearsal::{Consent, ConsentGiven, RunningStage, Stage, Vendor, serve::Proxy};
use reqwest_12 as reqwest;
use serde_json::Value;
use url::Url;

async fn start() -> (RunningStage, Proxy) {
    let stage = Stage::builder().consent(Consent::Auto).start().await.unwrap();
    let proxy = stage.proxy().await.unwrap();
    (stage, proxy)
}

/// A client that goes through the proxy and trusts its authority, as the environment would tell it to.
fn client(proxy: &Proxy) -> reqwest::Client {
    let authority = reqwest::Certificate::from_der(proxy.authority().der()).unwrap();
    reqwest::Client::builder()
        .proxy(reqwest::Proxy::all(proxy.url().as_str()).unwrap())
        .add_root_certificate(authority)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

#[tokio::test]
async fn the_life_of_a_token_at_boxs_own_hosts() {
    let (stage, proxy) = start().await;
    let client = client(&proxy);
    let app = stage.default_tenant().demo(Vendor::Box);
    let secret = app.client_secret.expose();

    let consent = || async {
        let query =
            [("response_type", "code"), ("client_id", &app.client_id), ("redirect_uri", &app.redirect_uri)];
        let page =
            client.get("https://account.box.com/api/oauth2/authorize").query(&query).send().await.unwrap();
        assert_eq!(page.status(), 302);
        let back = Url::parse(page.headers()["location"].to_str().unwrap()).unwrap();
        back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    };
    let tokens = |grant: [(&'static str, String); 2]| {
        let grant = grant.map(|(name, value)| (name.to_owned(), value));
        let credentials = [("client_id", app.client_id.as_str()), ("client_secret", secret)];
        let form: Vec<_> = credentials
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into_iter()
            .chain(grant)
            .collect();
        let request = client.post("https://api.box.com/oauth2/token").form(&form);
        async { request.send().await.unwrap().error_for_status().unwrap().json::<Value>().await.unwrap() }
    };
    let text = |tokens: &Value, name: &str| tokens[name].as_str().unwrap().to_owned();
    let me = |token: &str| client.get("https://api.box.com/2.0/users/me").bearer_auth(token).send();

    let first = tokens([("grant_type", "authorization_code".into()), ("code", consent().await)]).await;
    assert_eq!(me(&text(&first, "access_token")).await.unwrap().status(), 200);
    let refresh = text(&first, "refresh_token");
    let second = tokens([("grant_type", "refresh_token".into()), ("refresh_token", refresh)]).await;
    let token = text(&second, "access_token");
    let form = [("client_id", app.client_id.as_str()), ("client_secret", secret), ("token", &token)];
    let revoked = client.post("https://api.box.com/oauth2/revoke").form(&form).send().await.unwrap();
    assert_eq!(revoked.status(), 200);
    assert_eq!(me(&token).await.unwrap().status(), 401);
    let third = tokens([("grant_type", "authorization_code".into()), ("code", consent().await)]).await;
    assert_eq!(me(&text(&third, "access_token")).await.unwrap().status(), 200);

    let upload = client.get("https://upload.box.com/api/2.0/files/content").send().await.unwrap();
    assert_ne!(upload.status(), 502, "every host of the vendor leads to it");
    stage.default_tenant().calls().vendor(Vendor::Box).operation("token").served().assert_count(3);
}

#[tokio::test]
async fn addresses_that_are_handed_out_carry_the_vendors_hosts_and_no_port() {
    let (stage, proxy) = start().await;
    let tenant = stage.default_tenant();
    let app = tenant.demo(Vendor::Salesforce);
    let code = tenant.issue_code(Vendor::Salesforce, ConsentGiven::default()).unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.expose()),
        ("client_id", &app.client_id),
        ("client_secret", app.client_secret.expose()),
        ("redirect_uri", &app.redirect_uri),
    ];
    let token = client(&proxy).post("https://login.salesforce.com/services/oauth2/token").form(&form);
    let token: Value = token.send().await.unwrap().json().await.unwrap();
    let instance = token["instance_url"].as_str().unwrap();
    assert!(instance.starts_with("https://") && instance.ends_with(".my.salesforce.com"), "{instance}");

    let here = stage.url(Vendor::Salesforce).join("/.well-known/openid-configuration").unwrap();
    let own: Value = ::reqwest::get(here.clone()).await.unwrap().json().await.unwrap();
    let issuer = own["token_endpoint"].as_str().unwrap();
    assert!(
        issuer.starts_with(here.origin().ascii_serialization().as_str()),
        "by address, its own: {issuer}"
    );
}

#[tokio::test]
async fn http_2_is_spoken_with_those_who_ask_for_it() {
    let (stage, proxy) = start().await;
    let tokens = stage.default_tenant().issue_tokens(Vendor::Box, ConsentGiven::default()).unwrap();
    let token = tokens.access_token.expose();
    let me = client(&proxy).get("https://api.box.com/2.0/users/me").bearer_auth(token).send().await.unwrap();
    assert_eq!((me.version(), me.status()), (reqwest::Version::HTTP_2, StatusCode::OK));
    let entries = stage.default_tenant().journal().entries();
    let har = serde_json::to_string(&stage.default_tenant().calls().har()).unwrap();
    assert_eq!(entries.len(), 1);
    assert!(har.contains("https://api.box.com/2.0/users/me"), "{har}");
}

#[tokio::test]
async fn all_other_hosts_are_refused_in_words() {
    let (_stage, proxy) = start().await;
    for request in [
        "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n",
        "GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n",
        "CONNECT box.com.example.org:443 HTTP/1.1\r\nHost: api.box.com\r\n\r\n",
        "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: api.box.com\r\n\r\n",
    ] {
        let answer = exchange(proxy.address(), request).await;
        assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
        for said in ["nothing leaves this machine", "*.box.com", "api.cloud-elements.com"] {
            assert!(answer.contains(said), "{said} in {answer}");
        }
    }
    let refused = client(&proxy).get("https://example.org/").send().await;
    assert!(refused.is_err());
    let origin =
        exchange(proxy.address(), "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").await;
    assert!(origin.starts_with("HTTP/1.1 502 "), "a proxy is no server: {origin}");
}

#[tokio::test]
async fn a_plain_request_is_passed_on_without_what_was_for_the_proxy() {
    let (stage, proxy) = start().await;
    let request = "GET http://api.box.com/2.0/users/me HTTP/1.1\r\nHost: wrong.example\r\n\
        Connection: close, X-Hop\r\nX-Hop: 1\r\nProxy-Connection: keep-alive\r\n\
        Proxy-Authorization: Basic eDp5\r\nTE: trailers\r\nKeep-Alive: timeout=5\r\nX-Kept: 1\r\n\r\n";
    let answer = exchange(proxy.address(), request).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    let entries = stage.default_tenant().journal().entries();
    let seen = entries[0].to_json().to_string().to_ascii_lowercase();
    for gone in ["x-hop", "proxy-connection", "proxy-authorization", "\"te\"", "keep-alive", "wrong.example"]
    {
        assert!(!seen.contains(gone), "{gone} in {seen}");
    }
    assert!(seen.contains("x-kept") && seen.contains("api.box.com"), "{seen}");
}

#[tokio::test]
async fn one_tunnel_carries_many_requests_in_pieces_and_with_patience() {
    let (stage, proxy) = start().await;
    let mut tunnel = Tunnel::open(&proxy, "api.box.com").await;
    let refused = tunnel.ask("GET /2.0/users/me HTTP/1.1\r\nHost: api.box.com\r\n\r\n").await;
    assert!(refused.starts_with("HTTP/1.1 401 "), "{refused}");

    let app = stage.default_tenant().demo(Vendor::Box);
    let tokens = stage.default_tenant().issue_tokens(Vendor::Box, ConsentGiven::default()).unwrap();
    let form = format!(
        "client_id={}&client_secret={}&token={}",
        app.client_id,
        app.client_secret.expose(),
        tokens.access_token.expose()
    );
    let (one, other) = form.split_at(7);
    let chunked = tunnel
        .ask(&format!(
            "POST /oauth2/revoke HTTP/1.1\r\nHost: api.box.com\r\nTransfer-Encoding: chunked\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n7\r\n{one}\r\n{:x}\r\n{other}\r\n0\r\n\r\n",
            other.len()
        ))
        .await;
    assert!(chunked.starts_with("HTTP/1.1 200 "), "{chunked}");

    let head = format!(
        "POST /oauth2/revoke HTTP/1.1\r\nHost: api.box.com\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n",
        form.len()
    );
    let go_on = tunnel.ask(&head).await;
    assert!(go_on.starts_with("HTTP/1.1 100 "), "{go_on}");
    let answer = tunnel.ask(&form).await;
    assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
    assert_eq!(stage.default_tenant().journal().entries().len(), 3);
}

#[tokio::test]
async fn http_where_tls_belongs_is_told_so_and_the_next_request_works() {
    let (_stage, proxy) = start().await;
    let connect = "CONNECT api.box.com:443 HTTP/1.1\r\nHost: api.box.com:443\r\n\r\n";
    let plain = "GET /2.0/users/me HTTP/1.1\r\nHost: api.box.com\r\n\r\n";
    let answer = ask(proxy.address(), &[connect, plain]).await;
    assert!(answer.contains("HTTP/1.1 400 ") && answer.contains("this port speaks TLS"), "{answer}");

    let connect = "CONNECT api.box.com:80 HTTP/1.1\r\nHost: api.box.com:80\r\n\r\n";
    let plain = "GET /2.0/users/me HTTP/1.1\r\nHost: api.box.com\r\nConnection: close\r\n\r\n";
    let answer = ask(proxy.address(), &[connect, plain]).await;
    assert!(answer.contains("HTTP/1.1 401 "), "{answer}");
    let me = client(&proxy).get("https://api.box.com/2.0/users/me").send().await.unwrap();
    assert_eq!(me.status(), 401);
}

#[tokio::test]
async fn a_fault_resets_what_is_in_a_tunnel() {
    let (stage, proxy) = start().await;
    let tenant = stage.default_tenant();
    let get = "GET /2.0/users/me HTTP/1.1\r\nHost: api.box.com\r\n\r\n";
    tenant.inject(rehearsal::Fault::reset().on(Vendor::Box, "current-user").times(2)).unwrap();
    let end = Tunnel::open(&proxy, "api.box.com").await.read_to_end(get).await;
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    let over_http_2 = client(&proxy).get("https://api.box.com/2.0/users/me").send().await;
    assert!(over_http_2.is_err(), "the stream is reset");
    assert_eq!(client(&proxy).get("https://api.box.com/2.0/users/me").send().await.unwrap().status(), 401);
}
