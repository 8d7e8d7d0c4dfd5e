//! QuickBooks Online on the wire.

mod api;
mod authorize;
mod books;
mod openid;
mod profile;
mod query;
mod refresh;
mod reports;
mod revoke;
mod signed;
mod token;

use base64::{Engine, prelude::BASE64_STANDARD};
use http::Method;
use rehearsal::{Reply, Vendor};

use crate::scene::{Scene, member, wire};

const TOKEN: &str = "/oauth2/v1/tokens/bearer";
const REVOKE: &str = "/v2/oauth2/tokens/revoke";

fn scene() -> Scene {
    Scene::at(Vendor::QuickBooks)
}

/// The demo app's credentials as a header.
fn basic(scene: &Scene) -> String {
    let pair = format!("{}:{}", scene.demo.client_id, scene.demo.client_secret.expose());
    format!("Authorization: Basic {}", BASE64_STANDARD.encode(pair))
}

fn token(scene: &Scene, form: &[(&str, &str)]) -> Reply {
    scene.post_with(TOKEN, &[&basic(scene), "Accept: application/json"], form)
}

fn exchange(scene: &Scene, code: &str) -> Reply {
    token(
        scene,
        &[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", scene.demo.redirect_uri.as_str()),
        ],
    )
}

fn refresh(scene: &Scene, refresh_token: &str) -> Reply {
    token(scene, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
}

fn revoke(scene: &Scene, token: &str) -> Reply {
    let body = format!("{{\"token\":\"{token}\"}}");
    scene.send(Method::POST, REVOKE, &[&basic(scene), "Content-Type: application/json"], &body)
}

/// The demo user's company.
fn realm(scene: &Scene) -> &str {
    scene.demo.realm.as_deref().expect("the demo user has a company")
}

/// A path under the company.
fn path(scene: &Scene, rest: &str) -> String {
    format!("/v3/company/{}/{rest}", realm(scene))
}

/// Reads company info as a JSON client does.
fn call(scene: &Scene, access_token: &str) -> Reply {
    let company = path(scene, &format!("companyinfo/{}", realm(scene)));
    scene.get(&company, &[&format!("Authorization: Bearer {access_token}"), "Accept: application/json"])
}

/// A good access token, and calls with it that want JSON.
struct Session {
    scene: Scene,
    bearer: String,
}

impl Session {
    fn open() -> Self {
        let scene = scene();
        let bearer =
            format!("Authorization: Bearer {}", member(&exchange(&scene, &scene.code()), "access_token"));
        Self { scene, bearer }
    }

    fn get(&self, rest: &str) -> Reply {
        self.scene.get(&path(&self.scene, rest), &[&self.bearer, "Accept: application/json"])
    }

    fn get_xml(&self, rest: &str) -> Reply {
        self.scene.get(&path(&self.scene, rest), &[&self.bearer])
    }

    fn post(&self, rest: &str, body: &str) -> Reply {
        let headers = [&self.bearer, "Accept: application/json", "Content-Type: application/json"];
        self.scene.send(Method::POST, &path(&self.scene, rest), &headers, body)
    }
}

/// The answer without the ids that each has of its own.
fn unnumbered(reply: &Reply) -> String {
    let numbered = |line: &&str| line.starts_with("intuit_tid") || line.starts_with("X-Amzn-Trace-Id");
    wire(reply).lines().filter(|line| !numbered(line)).collect::<Vec<_>>().join("\n")
}
