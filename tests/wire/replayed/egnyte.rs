//! Egnyte's clients for Go (`egnyte-go-sdk` 2.0.0) and .NET (`Egnyte.Api` 3.1.0).

use http::Method;
use rehearsal::{
    Reply,
    providers::egnyte::{Era, Limits, Switches},
};
use serde_json::Value;

use super::json;
use crate::{
    egnyte::{internal_app, scene},
    scene::Scene,
};

const GO: &str = "User-Agent: egnyte-go-sdk/2.0.0";

fn go_get(scene: &Scene, token: &str) -> Reply {
    scene.get("/pubapi/v1/userinfo", &[&format!("Authorization: Bearer {token}"), GO])
}

/// The client's `APIError`: its status code, and the texts it finds in the bodies that it knows. A body that it does not
/// know, or that is no JSON, leaves it without a text and does no harm.
fn go_error(reply: &Reply) -> Option<u16> {
    let status = reply.status().as_u16();
    if status < 400 {
        return None;
    }
    if let Ok(Value::Object(body)) = serde_json::from_slice(reply.body()) {
        // Members of another type would make it forget the others.
        for text in ["message", "errorMessage"] {
            assert!(body.get(text).is_none_or(Value::is_string), "EGN-058: {}", reply.text());
        }
        for list in ["Errors", "formErrors", "errors"] {
            assert!(body.get(list).is_none_or(Value::is_array), "EGN-058: {}", reply.text());
        }
        assert!(body.get("inputErrors").is_none_or(Value::is_object), "EGN-058: {}", reply.text());
    }
    Some(status)
}

#[test]
fn the_go_clients_requests_replayed() {
    for (era, dead) in [(Era::Current, 401), (Era::Classic, 403)] {
        let scene = scene();
        scene.tenant.set_switches(&Switches { era, limits: Limits::Off, ..Switches::default() });
        let app = internal_app(&scene, "shared-secret");
        // The client sorts what it sends.
        let form = [
            ("client_id", &*app.client_id),
            ("client_secret", "shared-secret"),
            ("grant_type", "password"),
            ("password", scene.demo.password.expose()),
            ("username", scene.demo.login.as_str()),
        ];
        let issued = scene.post_with("/puboauth/token", &[GO], &form);
        assert_eq!(go_error(&issued), None, "EGN-058: {era:?}: {}", issued.text());
        let token = json(&issued, "EGN-058: one JSON value, and nothing behind it");
        // An int is what the client decodes into; another type is an error.
        assert!(token["expires_in"].is_i64(), "EGN-058: {era:?}: {token}");
        let access_token = token["access_token"].as_str().expect("EGN-058: the token is a text");
        assert!(token["token_type"].is_string(), "EGN-058: {era:?}: {token}");

        let answer = go_get(&scene, access_token);
        assert_eq!(go_error(&answer), None, "EGN-058: {era:?}");
        let user = json(&answer, "EGN-058: one JSON value");
        assert!(user["id"].is_i64(), "EGN-058: {era:?}: {user}");
        for text in ["first_name", "last_name", "username", "user_type", "email"] {
            assert!(user.get(text).is_none_or(Value::is_string), "EGN-058: {era:?}: {text} in {user}");
        }
        assert_eq!(user["username"], scene.demo.login.as_str(), "EGN-058: {era:?}");
        for header in ["x-accesstoken-qps-allotted", "x-accesstoken-quota-allotted"] {
            let value = answer.headers().get(header).and_then(|value| value.to_str().ok());
            assert!(value.is_none_or(|text| text.parse::<i64>().is_ok()), "EGN-058: {header}: {value:?}");
        }

        let bearer = format!("Authorization: Bearer {access_token}");
        let revoke = [("client_secret", "shared-secret"), ("token", access_token)];
        let revoked = scene.post_with("/pubapi/v1/tokens/revoke", &[&bearer, GO], &revoke);
        assert_eq!(go_error(&revoked), None, "EGN-058: {era:?}: {}", revoked.text());

        assert_eq!(
            go_error(&go_get(&scene, access_token)),
            Some(dead),
            "EGN-058: {era:?}: the revoked token"
        );
    }
}

/// What the client makes a `TokenResponse` of, whatever the status: an object whose three members, if they are there, go
/// into texts. Anything else makes it throw.
fn token_response(reply: &Reply) -> Value {
    let body = json(reply, "EGN-060: the body is deserialized");
    assert!(body.is_object(), "EGN-060: {body}");
    for member in ["access_token", "token_type", "expires_in"] {
        let fits = body.get(member).is_none_or(|value| !value.is_object() && !value.is_array());
        assert!(fits, "EGN-060: {member} in {body}");
    }
    body
}

#[test]
fn the_dotnet_clients_requests_replayed() {
    for era in [Era::Current, Era::Classic] {
        let scene = scene();
        scene.tenant.set_switches(&Switches { era, limits: Limits::Off, ..Switches::default() });
        let exchange = |code: &str| {
            let form = form_urlencoded::Serializer::new(String::new())
                .append_pair("client_id", &scene.demo.client_id)
                .append_pair("client_secret", scene.demo.client_secret.expose())
                .append_pair("redirect_uri", &scene.demo.redirect_uri)
                .append_pair("code", code)
                .append_pair("grant_type", "authorization_code")
                .finish();
            let headers = ["Content-Type: application/x-www-form-urlencoded"];
            token_response(&scene.send(Method::POST, "/puboauth/token", &headers, &form))
        };
        let issued = exchange(&scene.code());
        assert!(issued["access_token"].is_string(), "EGN-060: {era:?}: a good code: {issued}");
        let refused = exchange("bad");
        assert!(refused.get("access_token").is_none(), "EGN-060: {era:?}: {refused}");
    }
}
