//! JWTs.

use insta::assert_snapshot;
use rehearsal::{Reply, oauth::Flow};
use serde_json::{Value, json};

use super::{Client, call, get, json as body, pair, scene, switch};
use crate::{
    jwt,
    scene::{Scene, member, wire},
};

/// Noon of 2026-03-01, where the scene's clock stands.
const NOON: i64 = 1_772_366_400;

struct Signer {
    scene: Scene,
    app: Client,
}

impl Signer {
    /// An app with server authentication whose key is registered as `k1`.
    fn new() -> Self {
        let scene = scene();
        let app = Client::other(&scene, Flow::Server);
        switch(&scene, |switches| {
            switches.apps.entry(app.id.clone()).or_default().keys.insert("k1".into(), jwt::public_key());
        });
        Self { scene, app }
    }

    /// Good claims with some changed.
    fn claims(&self, changed: &Value) -> Value {
        let mut claims = json!({
            "iss": self.app.id,
            "sub": "1234567",
            "box_sub_type": "enterprise",
            "aud": "https://api.box.com/oauth2/token",
            "jti": "0123456789abcdef",
            "exp": NOON + 45,
        });
        for (name, value) in changed.as_object().expect("changes have names") {
            claims[name] = value.clone();
        }
        claims
    }

    fn send(&self, assertion: &str) -> Reply {
        let form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)];
        self.app.token(&self.scene, &form)
    }

    /// Good claims with some changed, signed and sent.
    fn with(&self, changed: &Value) -> Reply {
        self.send(&jwt::sign("k1", &self.claims(changed)))
    }
}

#[test]
fn an_assertion_gives_a_token_for_the_app_or_a_user() {
    let signer = Signer::new();
    let issued = signer.with(&json!({}));
    assert_snapshot!("assertion", wire(&issued));
    let keys: Vec<String> = body(&issued).as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["access_token", "expires_in", "restricted_to", "token_type"], "BOX-024");
    let service = call(&signer.scene, &member(&issued, "access_token"));
    assert!(member(&service, "login").ends_with("@boxdevedition.com"), "{}", service.text());

    let user = member(&call(&signer.scene, &pair(&signer.scene).0), "id");
    let subject = json!({ "sub": user, "box_sub_type": "user", "jti": "fedcba9876543210" });
    let issued = signer.with(&subject);
    assert_eq!(member(&call(&signer.scene, &member(&issued, "access_token")), "id"), user, "BOX-044");
    let items = get(&signer.scene, "/2.0/folders/0/items", &member(&issued, "access_token"));
    assert_eq!(body(&items)["total_count"], 3, "a user sees the enterprise's files");
}

#[test]
fn the_signature_is_the_registered_keys() {
    let signer = Signer::new();
    for (number, algorithm) in ["RS256", "RS384", "RS512"].into_iter().enumerate() {
        let claims = signer.claims(&json!({ "jti": format!("0123456789abcde{number}") }));
        let reply = signer.send(&jwt::sign_with(algorithm, "k1", &claims));
        assert_eq!(reply.status(), 200, "BOX-044: {algorithm}");
    }
    let claims = signer.claims(&json!({}));
    assert_snapshot!("assertion_unknown_key", wire(&signer.send(&jwt::sign("k2", &claims))));
    let forged = jwt::sign("k1", &claims);
    let (_, signature) = forged.rsplit_once('.').unwrap();
    let other = jwt::sign("k1", &signer.claims(&json!({ "sub": "2" })));
    let (signed, _) = other.rsplit_once('.').unwrap();
    let refused = signer.send(&format!("{signed}.{signature}"));
    assert_eq!(
        (refused.status().as_u16(), member(&refused, "error").as_str()),
        (400, "invalid_grant"),
        "BOX-044"
    );
    assert_eq!(signer.send("no.jwt").status(), 400, "BOX-044");
    assert_snapshot!("assertion_missing", wire(&signer.send("")));
    switch(&signer.scene, |switches| switches.apps.clear());
    assert_eq!(signer.send(&forged).status(), 400, "BOX-044: without a registered key");
}

#[test]
fn the_audience_is_boxs_token_endpoint_or_this_one() {
    let signer = Signer::new();
    for (number, audience) in [
        json!("https://api.box.com/oauth2/token"),
        json!("http://127.0.0.1:4013/oauth2/token"),
        json!("http://127.0.0.1:4013/api/oauth2/token"),
        json!(["https://else.example", "https://api.box.com/oauth2/token"]),
    ]
    .into_iter()
    .enumerate()
    {
        let reply = signer.with(&json!({ "aud": audience, "jti": format!("0123456789abcde{number}") }));
        assert_eq!(reply.status(), 200, "BOX-044: {audience}");
    }
    let refused = signer.with(&json!({ "aud": "https://else.example/oauth2/token" }));
    assert_snapshot!("assertion_audience", wire(&refused));
    assert_eq!(refused.status(), 400, "BOX-044");
    assert_snapshot!("assertion_issuer", wire(&signer.with(&json!({ "iss": "another" }))));
}

#[test]
fn every_claim_that_is_wrong_has_its_words() {
    let signer = Signer::new();
    let refused = |changed: Value| {
        let reply = signer.with(&changed);
        assert_eq!(
            (reply.status().as_u16(), member(&reply, "error").as_str()),
            (400, "invalid_grant"),
            "{changed}"
        );
        reply.text().into_owned()
    };
    let text =
        |description: &str| format!(r#"{{"error":"invalid_grant","error_description":"{description}"}}"#);
    let expired =
        text(r"Current date\/time MUST be before the expiration date\/time listed in the 'exp' claim");
    assert_eq!(refused(json!({ "exp": NOON })), expired, "BOX-042, BOX-045: exp is past");
    let not_yet = text(
        r"Current date\/time MUST be after or equal to the not-before date\/time  listed in the 'nbf' or 'iat' claim",
    );
    assert_eq!(refused(json!({ "nbf": NOON + 1 })), not_yet, "BOX-045: nbf is ahead");
    assert_eq!(refused(json!({ "iat": NOON + 1 })), not_yet, "BOX-045: iat is ahead");
    let no_integer = text("Please check the 'exp' claim. Should be an integer");
    assert_eq!(refused(json!({ "exp": 1_772_366_445.5 })), no_integer, "BOX-045");
    assert_eq!(refused(json!({ "exp": "1772366445" })), no_integer, "BOX-045");
    let too_late = text("Please check the 'exp' claim.");
    assert_eq!(refused(json!({ "exp": NOON + 61 })), too_late, "BOX-046");
    assert_eq!(refused(json!({ "exp": null })), too_late, "an assertion without an end");
    let subject = text("Please check the 'sub' claim. The 'sub' specified is invalid.");
    assert_eq!(refused(json!({ "sub": "7654321" })), subject, "BOX-045: another enterprise");
    assert_eq!(refused(json!({ "box_sub_type": "user" })), subject, "BOX-045: no such user");
    assert_eq!(refused(json!({ "box_sub_type": "group" })), subject, "BOX-045: no such type");
    let id = text("Please check the 'jti' claim. A unique 'jti' value is required.");
    assert_eq!(refused(json!({ "jti": "short" })), id, "jti has 16 characters or more");

    for (name, changed) in [
        ("assertion_expired", json!({ "exp": NOON })),
        ("assertion_not_yet", json!({ "nbf": NOON + 1 })),
        ("assertion_no_integer", json!({ "exp": "1772366445" })),
        ("assertion_too_late", json!({ "exp": NOON + 61 })),
        ("assertion_subject", json!({ "sub": "7654321" })),
        ("assertion_id", json!({ "jti": "short" })),
    ] {
        assert_snapshot!(name, wire(&signer.with(&changed)));
    }

    let at_the_edge = json!({ "exp": NOON + 60, "nbf": NOON, "iat": NOON });
    assert_eq!(signer.with(&at_the_edge).status(), 200, "BOX-046: what was refused spent nothing");
    assert_eq!(refused(at_the_edge), id, "BOX-045: jti is reused");
}

#[test]
fn a_client_whose_clock_is_wrong_succeeds_at_the_second_try() {
    let signer = Signer::new();
    // The server's clock is ten minutes ahead of the client's.
    signer.scene.advance(600);
    let refused = signer.with(&json!({}));
    assert!(member(&refused, "error_description").contains("'exp' claim"), "BOX-080: {}", refused.text());
    // The client's own answer to that is to sign again by the date that came with the refusal.
    let date = refused.headers()["date"].to_str().unwrap();
    assert_eq!(date, "Sun, 01 Mar 2026 12:10:00 GMT", "BOX-080: Date is true");
    let again = signer.with(&json!({ "exp": NOON + 600 + 30, "jti": "fedcba9876543210" }));
    assert_eq!(again.status(), 200, "BOX-080");
}

#[test]
fn a_snapshot_remembers_which_assertions_were_used() {
    let signer = Signer::new();
    assert_eq!(signer.with(&json!({})).status(), 200);
    let saved = signer.scene.tenant.snapshot();
    signer.scene.tenant.restore(&saved).expect("it is its own");
    assert!(member(&signer.with(&json!({})), "error_description").contains("'jti'"));
}
