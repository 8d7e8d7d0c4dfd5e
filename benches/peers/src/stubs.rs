//! What servers with stubs are told: to answer as the stand-in of Box did.

use serde_json::{Value, json};

use crate::{error::Error, folder::Folder};

pub(crate) const TOKENS: &str = "/oauth2/token";
pub(crate) const CALL: &str = "/2.0/users/me";
/// The one token that the stubs know.
pub(crate) const TOKEN: &str = "2xct8hnH37koCQ9wc4yg5jdlW9JnlQwh";

/// Both bodies.
#[derive(Clone, Debug)]
pub(crate) struct Bodies {
    pub(crate) tokens: String,
    pub(crate) user: String,
}

impl Bodies {
    pub(crate) fn read(folder: &Folder) -> Result<Self, Error> {
        Ok(Self { tokens: folder.read_stub("tokens.json")?, user: folder.read_stub("user.json")? })
    }

    /// For each server with stubs, in its own form.
    pub(crate) fn write(&self, folder: &Folder) -> Result<(), Error> {
        folder.write_stub("tokens.json", self.tokens.as_bytes())?;
        folder.write_stub("user.json", self.user.as_bytes())?;
        folder.write_stub("wiremock/mappings/stubs.json", self.wiremock().to_string().as_bytes())?;
        folder.write_stub("mockoon.json", self.mockoon().to_string().as_bytes())
    }

    fn wiremock(&self) -> Value {
        let json = |body: &str| json!({ "status": 200, "headers": { "Content-Type": "application/json" }, "body": body });
        let bearer = json!({ "Authorization": { "equalTo": format!("Bearer {TOKEN}") } });
        json!({ "mappings": [
            { "request": { "method": "POST", "urlPath": TOKENS }, "response": json(&self.tokens) },
            { "request": { "method": "GET", "urlPath": CALL, "headers": bearer }, "response": json(&self.user) },
        ] })
    }

    /// Its files have identities everywhere, and a number for their form.
    fn mockoon(&self) -> Value {
        let id = |number: u32| format!("00000000-0000-4000-8000-{number:012}");
        let response = |number: u32, status: u16, body: &str, rules: Value, default: bool| {
            json!({
                "uuid": id(number), "statusCode": status, "label": "", "bodyType": "INLINE", "body": body,
                "headers": [{ "key": "Content-Type", "value": "application/json" }],
                "rules": rules, "rulesOperator": "OR", "disableTemplating": true, "default": default,
            })
        };
        let route = |number: u32, method: &str, path: &str, responses: Value| {
            json!({
                "uuid": id(number), "type": "http", "documentation": "", "method": method,
                "endpoint": path.trim_start_matches('/'), "responseMode": null, "responses": responses,
            })
        };
        let bearer = json!([{
            "target": "header", "modifier": "Authorization", "operator": "equals",
            "value": format!("Bearer {TOKEN}"), "invert": false,
        }]);
        json!({
            "uuid": id(1), "lastMigration": 33, "name": "stubs", "port": 3000, "hostname": "127.0.0.1",
            "endpointPrefix": "", "latency": 0, "folders": [],
            "rootChildren": [{ "type": "route", "uuid": id(2) }, { "type": "route", "uuid": id(3) }],
            "routes": [
                route(2, "post", TOKENS, json!([response(4, 200, &self.tokens, json!([]), true)])),
                route(3, "get", CALL, json!([
                    response(5, 200, &self.user, bearer, false),
                    response(6, 401, "{}", json!([]), true),
                ])),
            ],
        })
    }
}
