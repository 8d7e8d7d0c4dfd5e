//! Box on the wire.

mod access;
mod assertion;
mod authorize;
mod code;
mod credentials;
mod enterprise;
mod exchange;
mod files;
mod folders;
mod refresh;
mod revoke;
mod trouble;

use rehearsal::{Reply, Vendor, oauth::Flow, providers::box_com::Switches};

use crate::scene::{Scene, member};

fn scene() -> Scene {
    Scene::at(Vendor::Box)
}

/// The same with some switches.
fn switched(change: impl FnOnce(&mut Switches)) -> Scene {
    let scene = scene();
    switch(&scene, change);
    scene
}

fn switch(scene: &Scene, change: impl FnOnce(&mut Switches)) {
    let mut switches = scene.tenant.switches();
    change(&mut switches);
    scene.tenant.set_switches(&switches);
}

/// An app's credentials, as form fields.
#[derive(Clone, Debug)]
struct Client {
    id: String,
    secret: String,
}

impl Client {
    fn demo(scene: &Scene) -> Self {
        Self { id: scene.demo.client_id.clone(), secret: scene.demo.client_secret.expose().to_owned() }
    }

    /// Another app, made for this flow.
    fn other(scene: &Scene, flow: Flow) -> Self {
        let mut app = scene.tenant.new_app(Vendor::Box);
        app.flow = flow;
        app.redirect_uris.retain(|_| flow == Flow::Code);
        let app = scene.tenant.register_app(Vendor::Box, app).expect("its id is free");
        Self { id: app.client_id.to_string(), secret: app.client_secret.expose().to_owned() }
    }

    fn post(&self, scene: &Scene, path: &str, pairs: &[(&str, &str)]) -> Reply {
        let own = [("client_id", self.id.as_str()), ("client_secret", self.secret.as_str())];
        scene.post(path, &[pairs, &own[..]].concat())
    }

    fn token(&self, scene: &Scene, pairs: &[(&str, &str)]) -> Reply {
        self.post(scene, "/oauth2/token", pairs)
    }
}

fn token(scene: &Scene, pairs: &[(&str, &str)]) -> Reply {
    Client::demo(scene).token(scene, pairs)
}

fn exchange(scene: &Scene, code: &str) -> Reply {
    token(scene, &[("grant_type", "authorization_code"), ("code", code)])
}

fn refresh(scene: &Scene, refresh_token: &str) -> Reply {
    token(scene, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
}

fn revoke(scene: &Scene, token: &str) -> Reply {
    Client::demo(scene).post(scene, "/oauth2/revoke", &[("token", token)])
}

/// A fresh pair of the demo app and user.
fn pair(scene: &Scene) -> (String, String) {
    let issued = exchange(scene, &scene.code());
    (member(&issued, "access_token"), member(&issued, "refresh_token"))
}

fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}")
}

fn get(scene: &Scene, path: &str, access_token: &str) -> Reply {
    scene.get(path, &[&bearer(access_token)])
}

/// The smallest call that a token opens.
fn call(scene: &Scene, access_token: &str) -> Reply {
    get(scene, "/2.0/users/me", access_token)
}

fn json(reply: &Reply) -> serde_json::Value {
    serde_json::from_slice(reply.body()).unwrap_or_else(|error| panic!("{}: {error}", reply.text()))
}

/// Each refusal has a request id of its own; two refusals are the same but for it.
fn without_request_id(wire: &str) -> String {
    wire.lines().filter(|line| !line.starts_with("BOX-REQUEST-ID")).collect::<Vec<_>>().join("\n")
}
