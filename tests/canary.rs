//! Secrets that are easy to recognise go through everything that a test can see: none of them comes out.

use std::{
    fmt::Debug,
    panic::{AssertUnwindSafe, catch_unwind},
};

use bytes::Bytes;
use http::Request;
use rehearsal::{ConsentGiven, Secret, Stage, TenantHandle, Vendor};

/// What is in every secret of this test that can be chosen.
const CANARY: &str = "canary";

/// Everything that was printed, and all secrets.
#[derive(Default)]
struct Seen {
    printed: Vec<String>,
    secrets: Vec<String>,
}

impl Seen {
    fn print(&mut self, value: &impl Debug) {
        self.printed.push(format!("{value:?} {value:#?}"));
    }

    fn hide(&mut self, secret: &Secret) -> String {
        self.secrets.push(secret.expose().to_owned());
        secret.expose().to_owned()
    }
}

fn chosen(what: &str) -> Secret {
    Secret::from(format!("{CANARY}-{what}"))
}

/// An app and a user with secrets of our own, and a code and tokens of theirs.
fn people(tenant: &TenantHandle, vendor: Vendor, seen: &mut Seen) -> ConsentGiven {
    let mut app = tenant.new_app(vendor);
    app.client_secret = chosen("client-secret");
    seen.print(&app);
    let app = tenant.register_app(vendor, app).expect("the client id is new");
    let mut user = tenant.new_user(vendor);
    user.password = chosen("password");
    seen.print(&user);
    let user = tenant.register_user(vendor, user).expect("the login is new");
    seen.print(&(&app, &user));
    ConsentGiven {
        client_id: Some(app.client_id.to_string()),
        login: Some(user.login.to_string()),
        ..ConsentGiven::default()
    }
}

/// The token endpoint and an API of a vendor, so that journals have something to hide.
fn call(stage: &Stage, vendor: Vendor, token: &str, code: &str, client_id: &str) {
    let form = format!(
        "grant_type=authorization_code&code={code}&client_id={client_id}&client_secret={CANARY}-client-secret\
         &refresh_token={token}&password={CANARY}-password&username=someone"
    );
    for path in
        ["/oauth2/token", "/oauth/token", "/puboauth/token", "/services/oauth2/token", "/oauth/v2/token"]
    {
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", format!("Bearer {token}"))
            .header("x-auth-token", token)
            .header("cookie", format!("session={CANARY}-cookie"))
            .body(Bytes::from(form.clone()));
        let _ = stage.respond(vendor, &request.expect("a request"));
    }
    for path in ["/2.0/users/me", "/api/v2/time", "/nowhere"] {
        let request = Request::get(format!("{path}?access_token={token}"))
            .header("authorization", format!("OAuth {token}"))
            .body(Bytes::new());
        let _ = stage.respond(vendor, &request.expect("a request"));
    }
}

#[test]
fn no_secret_is_printed_told_or_panicked_with() {
    let stage = Stage::builder().seed(7).build();
    let tenant = stage.tenant();
    let mut seen = Seen::default();
    for vendor in Vendor::ALL {
        let consent = people(&tenant, vendor, &mut seen);
        let client_id = consent.client_id.clone().unwrap_or_default();
        let code = tenant.issue_code(vendor, consent.clone()).expect("they are registered");
        seen.print(&code);
        let code = seen.hide(&code);
        let issued = tenant.issue_tokens(vendor, consent).expect("they are registered");
        seen.print(&issued);
        let token = seen.hide(&issued.access_token);
        if let Some(refresh) = &issued.refresh_token {
            seen.hide(refresh);
        }
        seen.print(&tenant.standing(vendor, &token));
        call(&stage, vendor, &token, &code, &client_id);
        seen.print(&tenant.demo(vendor));
        let demo = tenant.demo(vendor);
        seen.hide(&demo.client_secret);
        seen.hide(&demo.password);
        seen.print(&tenant.revoke(vendor, &token));
        seen.print(&tenant.revoke(vendor, &token));
        seen.print(&tenant.expire(vendor, "no such token"));
    }
    seen.print(&stage);
    seen.print(&tenant);
    seen.print(&tenant.faults());
    seen.print(&tenant.clock());
    for entry in tenant.journal().entries() {
        seen.print(&entry);
        seen.printed.push(entry.to_string());
    }
    seen.printed.push(serde_json::to_string(&tenant.calls().har()).expect("HAR is JSON"));
    let told = catch_unwind(AssertUnwindSafe(|| tenant.calls().operation("token").assert_count(1_000)));
    let told = told.expect_err("there are fewer calls");
    seen.printed.push(told.downcast_ref::<String>().expect("a panic with a text").clone());

    assert!(seen.secrets.len() >= 4 * Vendor::ALL.len(), "{}", seen.secrets.len());
    let told = seen.printed.join("\n");
    assert!(told.contains("••••"), "something was hidden");
    assert!(!told.contains(CANARY), "{}", around(&told, CANARY));
    for secret in &seen.secrets {
        assert!(!told.contains(secret.as_str()), "{}", around(&told, secret));
    }
}

/// Where a secret stands.
fn around(told: &str, secret: &str) -> String {
    let line = told.lines().find(|line| line.contains(secret)).unwrap_or_default();
    line.replace(secret, "<<<HERE>>>")
}
