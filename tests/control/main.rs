//! The control API over a real socket: what it does, and how it refuses.

mod refusals;
mod scene;

use std::net::Ipv4Addr;

use rehearsal::{
    Stage, Vendor,
    serve::control::{self, Access},
};
use serde_json::json;

use scene::Control;

#[tokio::test]
async fn a_token_is_issued_used_revoked_and_explained() {
    let control = Control::start().await;
    let (status, tokens) = control.post("/v1/tokens", json!({ "vendor": "box" })).await;
    assert_eq!(status, 200, "{tokens}");
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(control.call(token), 200);

    let (status, _) = control.post("/v1/revoke", json!({ "vendor": "box", "token": token })).await;
    assert_eq!((status, control.call(token)), (200, 401));
    let (_, journal) = control.get("/v1/journal?vendor=box&operation=current-user&since=1").await;
    let entries = journal["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{journal}");
    assert!(entries[0]["verdict"].as_str().unwrap().starts_with("refused: revoked at "), "{journal}");
    assert!(!journal.to_string().contains(token), "the journal shows a token");

    let (status, again) = control.post("/v1/revoke", json!({ "vendor": "box", "token": token })).await;
    assert_eq!(status, 409);
    assert!(again["error"].as_str().unwrap().contains("revoked at "), "{again}");
}

#[tokio::test]
async fn an_app_is_registered_and_gets_a_code() {
    let control = Control::start().await;
    let app = json!({ "vendor": "box", "client_id": "mine", "redirect_uris": ["https://a.example/cb"] });
    let (status, app) = control.post("/v1/apps", app).await;
    assert_eq!((status, &app["client_id"]), (200, &json!("mine")), "{app}");
    let (status, code) = control.post("/v1/codes", json!({ "vendor": "box", "client_id": "mine" })).await;
    assert_eq!(status, 200, "{code}");
    let standing =
        control.stage.default_tenant().standing(Vendor::Box, code["code"].as_str().unwrap()).unwrap();
    assert_eq!(&*standing.grant.client_id, "mine");
    assert_eq!(standing.grant.redirect_uri.as_deref(), Some("https://a.example/cb"));
}

#[tokio::test]
async fn a_legacy_account_comes_with_the_path_of_its_api() {
    let control = Control::start().await;
    let account = json!({ "vendor": "bigcommerce", "login": "reports", "realm": "g5cd38" });
    let (status, account) = control.post("/v1/users", account).await;
    assert_eq!((status, &account["login"]), (200, &json!("reports")), "BC-018: {account}");
    assert_eq!(account["api_path"], "https://store-g5cd38.mybigcommerce.com/api/v2/", "BC-018");
    let token = account["password"].as_str().expect("BC-018: the API token");
    assert!(token.len() == 40 && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "BC-018: {token}");
    let (_, other) = control.post("/v1/users", json!({ "vendor": "box" })).await;
    assert_eq!(other.get("api_path"), None, "other vendors have none");
}

#[tokio::test]
async fn an_app_of_box_that_acts_for_itself_has_no_redirect_uri() {
    let control = Control::start().await;
    let register = |app| control.post("/v1/apps", app);
    let (_, app) = register(json!({ "vendor": "box", "flow": "server" })).await;
    assert_eq!(app["redirect_uris"], json!([]));
    let target =
        format!("/api/oauth2/authorize?response_type=code&client_id={}", app["client_id"].as_str().unwrap());
    let request = http::Request::get(target).body(bytes::Bytes::new()).unwrap();
    let page = control.stage.respond(Vendor::Box, &request);
    assert!(page.text().contains("redirect_uri_mismatch"), "{}", page.text());
    assert!(!page.headers().contains_key("location"), "it ends in the page");
    let own = json!({ "vendor": "box", "flow": "server", "redirect_uris": ["https://a.example/cb"] });
    assert_eq!(register(own).await.1["redirect_uris"], json!(["https://a.example/cb"]));
}

#[tokio::test]
async fn an_expired_token_is_refused_and_a_reset_forgets_it() {
    let control = Control::start().await;
    let (_, tokens) = control.post("/v1/tokens", json!({ "vendor": "box" })).await;
    let token = tokens["access_token"].as_str().unwrap();
    let (status, _) = control.post("/v1/expire", json!({ "vendor": "box", "token": token })).await;
    assert_eq!((status, control.call(token)), (200, 401));

    let demo = control.stage.default_tenant().demo(Vendor::Box);
    let (status, _) = control.post("/v1/reset", json!({})).await;
    assert_eq!(status, 200);
    assert_eq!(control.get("/v1/journal").await.1["entries"], json!([]));
    let (status, _) = control.post("/v1/expire", json!({ "vendor": "box", "token": token })).await;
    assert_eq!(status, 409, "the token is unknown now");
    assert_eq!(control.stage.default_tenant().demo(Vendor::Box), demo, "the demo app and user stay");
    assert_eq!(control.post("/v1/codes", json!({ "vendor": "box" })).await.0, 200);
}

#[tokio::test]
async fn a_new_password_is_the_one_that_works() {
    let control = Control::start().await;
    let before = control.stage.default_tenant().demo(Vendor::Box).password;
    let (_, tokens) = control.post("/v1/tokens", json!({ "vendor": "box" })).await;
    let (status, changed) = control.post("/v1/passwords", json!({ "vendor": "box" })).await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(control.call(tokens["access_token"].as_str().unwrap()), 401);
    let now = changed["password"].as_str().unwrap();
    assert!(!before.matches(now) && control.stage.default_tenant().demo(Vendor::Box).password.matches(now));
}

#[tokio::test]
async fn switches_are_set_and_go_back_to_their_defaults() {
    let control = Control::start().await;
    let (_, unset) = control.get("/v1/switches/box").await;
    assert_eq!(unset.get("simultaneous-refreshes"), Some(&json!(null)), "BOX-034: what is not set is shown");
    let (status, before) = control.get("/v1/switches/salesforce").await;
    assert_eq!(before.get("security-token"), Some(&json!(null)), "what is not set is shown");
    assert_eq!((status, &before["era"]), (200, &json!("classic")), "{before}");
    let (status, after) = control.put("/v1/switches/salesforce", json!({ "era": "rotating" })).await;
    assert_eq!((status, &after["era"]), (200, &json!("rotating")), "{after}");
    let (_, back) = control.put("/v1/switches/salesforce", json!({})).await;
    assert_eq!(back, before);
    assert_eq!(control.get("/v1/switches/x").await.0, 400);
    let (status, refused) = control.put("/v1/switches/salesforce", json!({ "eras": "x" })).await;
    assert_eq!(status, 400);
    assert!(refused["error"].as_str().unwrap().contains("unknown field `eras`"), "{refused}");
}

#[tokio::test]
async fn a_tenant_by_name_is_a_world_of_its_own() {
    let control = Control::start().await;
    let (status, made) = control.post("/v1/tenants", json!({ "name": "ci" })).await;
    assert_eq!((status, &made["tenant"]), (200, &json!("ci")), "{made}");
    assert_eq!(control.post("/v1/tenants", json!({ "name": "ci" })).await.0, 409, "the name is taken");
    assert_eq!(control.post("/v1/tenants", json!({ "name": "C I" })).await.0, 400, "that is no name");
    let (_, tokens) = control.post("/v1/tenants/ci/tokens", json!({ "vendor": "box" })).await;
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(control.call(token), 200);
    // The default tenant neither knows the token nor saw the call.
    assert_eq!(control.post("/v1/revoke", json!({ "vendor": "box", "token": token })).await.0, 409);
    assert_eq!(control.get("/v1/journal").await.1["entries"], json!([]));
    assert_eq!(control.get("/v1/tenants/ci/journal").await.1["entries"].as_array().unwrap().len(), 1);
    // Its time is its own.
    let (_, clock) = control.put("/v1/tenants/ci/clock", json!({ "advance": "2h" })).await;
    assert_ne!(clock["now"], control.get("/v1/clock").await.1["now"]);
    assert_eq!(control.call(token), 401, "the token has expired in its world");
    let (_, standing) =
        control.post("/v1/tenants/ci/inspect", json!({ "vendor": "box", "token": token })).await;
    assert_eq!(
        (&standing["kind"], &standing["alive"]),
        (&json!("access-token"), &json!(false)),
        "{standing}"
    );
    let closed = control.client.delete(format!("{}/v1/tenants/ci", control.base)).send().await.unwrap();
    assert_eq!(closed.status(), 200);
    assert_eq!(control.get("/v1/tenants/ci").await.0, 404);
    assert_eq!(control.get("/v1/tenants").await.1["tenants"], json!(["default"]));
}

#[tokio::test]
async fn the_clock_takes_one_turn_at_a_time() {
    let control = Control::start().await;
    let (_, frozen) = control.put("/v1/clock", json!({ "freeze": true })).await;
    assert_eq!(frozen["frozen"], json!(true));
    let before = frozen["epoch_milliseconds"].as_i64().unwrap();
    let (_, moved) = control.put("/v1/clock", json!({ "advance": "90s" })).await;
    assert_eq!(moved["epoch_milliseconds"].as_i64().unwrap() - before, 90_000);
    let (_, set) = control.put("/v1/clock", json!({ "set": 1000 })).await;
    assert_eq!(set["now"], json!("1970-01-01T00:00:01Z"));
    assert_eq!(control.put("/v1/clock", json!({ "resume": true })).await.1["frozen"], json!(false));
    for wrong in [
        json!({}),
        json!({ "freeze": true, "advance": "1s" }),
        json!({ "advance": "soon" }),
        json!({ "set": "x" }),
    ] {
        let (status, refused) = control.put("/v1/clock", wrong.clone()).await;
        assert_eq!(status, 400, "{wrong}: {refused}");
    }
}

#[tokio::test]
async fn a_fault_is_injected_counted_and_removed() {
    let control = Control::start().await;
    let fault = json!({ "vendor": "box", "operation": "current-user", "effect": "server-error", "when": { "first": 2 } });
    let (status, made) = control.post("/v1/faults", fault).await;
    assert_eq!(status, 200, "{made}");
    assert_eq!(control.call("unknown"), 500);
    let (_, faults) = control.get("/v1/faults").await;
    assert_eq!(
        (&faults["faults"][0]["struck"], &faults["faults"][0]["spent"]),
        (&json!(1), &json!(false)),
        "{faults}"
    );
    let path = format!("{}/v1/faults/{}", control.base, made["number"]);
    assert_eq!(control.client.delete(&path).send().await.unwrap().status(), 200);
    assert_eq!(control.client.delete(&path).send().await.unwrap().status(), 404);
    assert_eq!(control.call("unknown"), 401);
    let (status, refused) =
        control.post("/v1/faults", json!({ "vendor": "box", "operation": "tokn", "effect": "html" })).await;
    assert_eq!(status, 400);
    assert!(refused["error"].as_str().unwrap().contains("authorize, token, revoke"), "{refused}");
}

#[tokio::test]
async fn the_journal_is_asked_counted_and_waited_for() {
    let control = Control::start().await;
    control.call("unknown");
    let (status, counted) = control.get("/v1/journal/assert-count?vendor=box&status=401&count=1").await;
    assert_eq!(status, 200, "{counted}");
    let (status, differs) = control.get("/v1/journal/assert-count?vendor=box&status=200&count=1").await;
    assert_eq!(status, 409);
    assert!(differs["error"].as_str().unwrap().contains("status is 401, not 200"), "{differs}");
    assert_eq!(control.get("/v1/journal/wait?vendor=box&count=1&timeout=5s").await.0, 200);
    assert_eq!(control.get("/v1/journal/wait?vendor=box&count=2&timeout=1ms").await.0, 408);
    assert_eq!(control.get("/v1/journal/wait?vendor=box").await.0, 400, "count is missing");
    assert_eq!(control.get("/v1/journal?colour=red").await.0, 400);
    assert_eq!(control.get("/v1/journal/har").await.1["log"]["version"], json!("1.2"));
}

#[tokio::test]
async fn a_snapshot_brings_a_world_back() {
    let control = Control::start().await;
    let (_, tokens) = control.post("/v1/tokens", json!({ "vendor": "box" })).await;
    let token = tokens["access_token"].as_str().unwrap();
    let (_, snapshot) = control.get("/v1/snapshot").await;
    control.post("/v1/revoke", json!({ "vendor": "box", "token": token })).await;
    assert_eq!(control.call(token), 401);
    let (status, restored) = control.put("/v1/snapshot", snapshot).await;
    assert_eq!((status, control.call(token)), (200, 200), "{restored}");
    assert_eq!(control.put("/v1/snapshot", json!({ "not": "ours" })).await.0, 400);
}

#[tokio::test]
async fn a_policy_is_changed_member_by_member() {
    let control = Control::start().await;
    let (_, before) = control.get("/v1/policies/box").await;
    let (status, after) = control.put("/v1/policies/box", json!({ "code_life": "5m" })).await;
    assert_eq!(
        (status, &after["code_life"], &after["rotation"]),
        (200, &json!("5m"), &before["rotation"]),
        "{after}"
    );
    assert_eq!(control.put("/v1/policies/box", json!({ "code_live": "5m" })).await.0, 400);
}

#[tokio::test]
async fn a_policy_is_written_as_in_the_configuration() {
    let control = Control::start().await;
    let (_, vendors) = control.get("/v1/policies/salesforce").await;
    assert_eq!((&vendors["limit"], &vendors["refresh_life"]), (&json!({ "user": 5 }), &json!("unlimited")));
    for changes in [
        json!({ "limit": { "realm": 2 }, "refresh_life": "60d" }),
        json!({ "limit": "none", "refresh_life": "1h" }),
    ] {
        let (status, after) = control.put("/v1/policies/salesforce", changes.clone()).await;
        assert_eq!(status, 200, "{after}");
        assert_eq!((&after["limit"], &after["refresh_life"]), (&changes["limit"], &changes["refresh_life"]));
    }
}

#[tokio::test]
async fn a_grant_is_revoked_whole_whatever_the_vendor_does() {
    let control = Control::start().await;
    // At Salesforce a revoked access token leaves its refresh token alive.
    let (_, tokens) = control.post("/v1/tokens", json!({ "vendor": "salesforce" })).await;
    let alive = async |token: &serde_json::Value| {
        let asked = json!({ "vendor": "salesforce", "token": token });
        control.post("/v1/inspect", asked).await.1["alive"].clone()
    };
    let asked = |grant: bool, alone: bool| json!({ "vendor": "salesforce", "token": tokens["access_token"], "grant": grant, "alone": alone });
    assert_eq!(control.post("/v1/revoke", asked(true, true)).await.0, 400, "one or the other");
    assert_eq!(alive(&tokens["access_token"]).await, json!(true));
    assert_eq!(control.post("/v1/revoke", asked(true, false)).await.0, 200);
    assert_eq!(alive(&tokens["access_token"]).await, json!(false));
    assert_eq!(alive(&tokens["refresh_token"]).await, json!(false));
}

#[tokio::test]
async fn replay_protection_decides_what_a_second_redemption_kills() {
    let control = Control::start().await;
    let tenant = control.stage.default_tenant();
    let demo = tenant.demo(Vendor::Box);
    let redeem = |code: &str| {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("client_id", &demo.client_id)
            .append_pair("client_secret", demo.client_secret.expose())
            .finish();
        let request = http::Request::post("/oauth2/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.into());
        let reply = control.stage.respond(Vendor::Box, &request.expect("the request is well formed"));
        serde_json::from_slice::<serde_json::Value>(reply.body()).expect("Box answers JSON")
    };
    for on in [false, true] {
        let (status, set) = control.put("/v1/replay-protection/box", json!({ "on": on })).await;
        assert_eq!((status, &set), (200, &json!({ "on": on })));
        assert_eq!(control.get("/v1/replay-protection/box").await.1, json!({ "on": on }));
        let (_, code) = control.post("/v1/codes", json!({ "vendor": "box" })).await;
        let code = code["code"].as_str().expect("a code was issued");
        let tokens = redeem(code);
        let token = tokens["access_token"].as_str().expect("a token was issued");
        assert_eq!(redeem(code)["error"], json!("invalid_grant"), "a code is good for one time");
        assert_eq!(control.call(token), if on { 401 } else { 200 }, "replay protection is {on}");
    }
    assert_eq!(control.get("/v1/policies/box").await.1["code_replay_kills_grant"], json!(true));
}

#[tokio::test]
async fn the_journal_keeps_as_much_as_it_is_told() {
    let control = Control::start().await;
    for _ in 0..3 {
        control.call("unknown");
    }
    let (status, bounds) = control.put("/v1/journal/bounds", json!({ "entries": 2 })).await;
    assert_eq!((status, &bounds["entries"]), (200, &json!(2)), "{bounds}");
    assert_eq!(control.get("/v1/journal/bounds").await.1, bounds);
    let (_, journal) = control.get("/v1/journal").await;
    assert_eq!(
        (journal["entries"].as_array().unwrap().len(), &journal["dropped"]),
        (2, &json!(1)),
        "{journal}"
    );
}

#[tokio::test]
async fn a_page_shows_no_ticket_in_the_journal() {
    let control = Control::start().await;
    let demo = control.stage.default_tenant().demo(Vendor::Box);
    let path = format!("/api/oauth2/authorize?client_id={}&response_type=code", demo.client_id);
    let post = |pairs: &[(&str, &str)]| {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let request = http::Request::post(&path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.into());
        control.stage.respond(Vendor::Box, &request.expect("the request is well formed"))
    };
    let page = post(&[("login", &demo.login), ("password", demo.password.expose())]);
    let page = page.text().into_owned();
    let (_, ticket) =
        page.split_once("name=\"rehearsal_ticket\" value=\"").expect("the page asks for consent");
    let (ticket, _) = ticket.split_once('"').expect("the value ends");
    assert!(post(&[("rehearsal_ticket", ticket), ("consent_accept", "true")]).status().is_redirection());
    for path in ["/v1/journal", "/v1/journal/har"] {
        let journal = control.get(path).await.1.to_string();
        assert!(journal.contains("rehearsal_ticket"), "{journal}");
        assert!(!journal.contains(ticket), "{path} shows the ticket: {journal}");
    }
}

#[tokio::test]
async fn token_answers_go_wrong_in_every_way() {
    let control = Control::start().await;
    let tenant = control.stage.default_tenant();
    let demo = tenant.demo(Vendor::Box);
    let (_, tokens) = control.post("/v1/tokens", json!({ "vendor": "box" })).await;
    let refresh = || {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", tokens["refresh_token"].as_str().unwrap_or_default())
            .append_pair("client_id", &demo.client_id)
            .append_pair("client_secret", demo.client_secret.expose())
            .finish();
        let request = http::Request::post("/oauth2/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.into());
        let reply = control.stage.respond(Vendor::Box, &request.expect("the request is well formed"));
        serde_json::from_slice::<serde_json::Value>(reply.body()).unwrap_or_default()
    };
    let strike = async |effect: serde_json::Value| {
        let fault = json!({ "vendor": "box", "operation": "token", "effect": effect });
        let (status, made) = control.post("/v1/faults", fault).await;
        assert_eq!(status, 200, "{made}");
        refresh()
    };
    let answer = strike(json!("same-token")).await;
    assert_eq!(answer["access_token"], tokens["access_token"], "{answer}");
    let answer = strike(json!({ "without": "refresh_token" })).await;
    assert!(answer["access_token"].is_string() && answer.get("refresh_token").is_none(), "{answer}");
    let answer = strike(json!({ "with": { "member": "expires_in", "value": "3600" } })).await;
    assert_eq!(answer["expires_in"], json!("3600"), "{answer}");
    let answer = refresh();
    assert!(answer["expires_in"].is_u64() && answer["refresh_token"].is_string(), "{answer}");
}

#[tokio::test]
async fn it_describes_itself_and_lets_no_browser_in() {
    let control = Control::start().await;
    let (status, api) = control.get("/v1/openapi.json").await;
    assert_eq!((status, api["openapi"].as_str().unwrap().split('.').next()), (200, Some("3")), "{api}");
    for path in ["/v1/codes", "/v1/tenants", "/v1/tenants/{tenant}/codes", "/v1/journal/wait"] {
        assert!(api["paths"][path].is_object(), "{path} is not described");
    }
    let from = |name: &'static str, value: &'static str| {
        control.client.get(format!("{}/v1/health", control.base)).header(name, value).send()
    };
    assert_eq!(from("origin", "https://evil.example").await.unwrap().status(), 403);
    assert_eq!(from("sec-fetch-site", "cross-site").await.unwrap().status(), 403);
    assert_eq!(
        from("host", "evil.example").await.unwrap().status(),
        403,
        "a name that was made to lead here"
    );
}

#[tokio::test]
async fn who_is_switched_off_consents_to_nothing() {
    let control = Control::start().await;
    for vendor in Vendor::ALL {
        let key = vendor.key();
        let (_, tokens) = control.post("/v1/tokens", json!({ "vendor": key })).await;
        let inspected = json!({ "vendor": key, "token": tokens["access_token"] });
        let (_, standing) = control.post("/v1/inspect", inspected).await;
        let user = json!({ "vendor": key, "login": standing["login"] });
        assert_eq!(control.post("/v1/users/deactivate", user).await.0, 200, "{key}");
        for call in ["/v1/codes", "/v1/tokens"] {
            let (status, refused) = control.post(call, json!({ "vendor": key })).await;
            assert!(
                status == 409 && refused.to_string().contains("is switched off"),
                "{key} {call}: {refused}"
            );
        }
    }
}

#[tokio::test]
async fn who_is_switched_off_is_not_who_consents_where_nobody_is_asked() {
    let control = Control::start().await;
    let tenant = control.stage.default_tenant();
    let demo = tenant.demo(Vendor::Box);
    tenant.set_consent(rehearsal::Consent::Auto);
    let authorize = || {
        let path = format!("/api/oauth2/authorize?response_type=code&client_id={}", demo.client_id);
        let request = http::Request::get(path).body(bytes::Bytes::new()).unwrap();
        control.stage.respond(Vendor::Box, &request).status().as_u16()
    };
    assert_eq!(authorize(), 302, "the demo user consents");
    tenant.deactivate_user(Vendor::Box, &demo.login).unwrap();
    assert_eq!(authorize(), 200, "nobody is left to consent: somebody has to log in");
    let other = tenant.new_user(Vendor::Box);
    tenant.register_user(Vendor::Box, other).unwrap();
    assert_eq!(authorize(), 302, "the next one consents");
}

#[tokio::test]
async fn an_app_that_is_switched_off_gets_nothing() {
    let control = Control::start().await;
    let client_id = control.stage.default_tenant().demo(Vendor::Box).client_id;
    let app = json!({ "vendor": "box", "client_id": client_id });
    assert_eq!(control.post("/v1/apps/deactivate", app).await.0, 200);
    let (status, refused) = control.post("/v1/tokens", json!({ "vendor": "box" })).await;
    assert!(status == 409 && refused.to_string().contains("is switched off"), "{refused}");
}

#[tokio::test]
async fn beyond_loopback_it_asks_for_its_token() {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let health = format!("http://{}/v1/health", listener.local_addr().unwrap());
    let access = Access::Token("s3cret".into());
    tokio::spawn(axum::serve(listener, control::router(Stage::new(), access)).into_future());
    let client = reqwest::Client::new();
    assert_eq!(client.get(&health).send().await.unwrap().status(), 401);
    assert_eq!(client.get(&health).header("authorization", "s3cret").send().await.unwrap().status(), 401);
    assert_eq!(client.get(&health).bearer_auth("wrong").send().await.unwrap().status(), 401);
    assert_eq!(client.get(&health).bearer_auth("s3cret").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn bad_input_gets_a_sentence_and_changes_nothing() {
    let control = Control::start().await;
    let cases = [
        ("/v1/apps", r#"{"vendor":"dropbox"}"#, 400, "no vendor is called \"dropbox\""),
        ("/v1/apps", r#"{"vendor":"box","redirect_uri":"x"}"#, 400, "unknown field `redirect_uri`"),
        ("/v1/apps", r#"{"vendor":"box","redirect_uris":"x"}"#, 400, "invalid type: string"),
        ("/v1/apps", "{", 400, "see docs/control.md"),
        ("/v1/apps", "", 400, "missing field `vendor`"),
        ("/v1/codes", r#"{"vendor":"box","client_id":"nobody"}"#, 404, "no app is registered at box"),
        ("/v1/codes", r#"{"vendor":"box","login":"nobody"}"#, 404, "no user is registered at box"),
        ("/v1/codes", r#"{"vendor":"box","redirect_uri":"https://e.vil"}"#, 400, "no redirect URI"),
        ("/v1/expire", r#"{"vendor":"box","token":"unknown"}"#, 409, "no such credential was issued"),
        ("/v1/expire", r#"{"vendor":"box"}"#, 400, "missing field `token`"),
        ("/v1/passwords", r#"{"vendor":"box","login":"nobody"}"#, 404, "no user is registered"),
        ("/v1/nothing", "{}", 404, "there is no POST /v1/nothing"),
    ];
    for (path, body, expected, text) in cases {
        let (status, answer) = control.post_text(path, body.into()).await;
        let error = answer["error"].as_str().unwrap_or_default();
        assert!(status == expected && error.contains(text), "{path} {body}: {status} {answer}");
    }
    assert!(control.stage.default_tenant().apps(Vendor::Box).len() <= 1, "only the demo app is registered");
    let (status, answer) = control.post_text("/v1/apps", format!("\"{}\"", "x".repeat(2 << 20))).await;
    assert_eq!(status, 413, "the body is oversized");
    assert!(answer["error"].as_str().unwrap().contains("1048576 bytes"), "{answer}");
    assert_eq!(control.get("/v1/journal?since=x").await.0, 400);
    assert_eq!(control.get("/v1/journal?vendor=x").await.0, 400);
    let (status, answer) = control.get("/v1/journal/wait?count=1&timeout=11m").await;
    assert!(status == 400 && answer.to_string().contains("at most 10m"), "{answer}");
    assert_eq!(control.get("/v1/apps").await.0, 400);
}
