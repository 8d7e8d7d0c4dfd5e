//! Verbs that lead to an instance: ask for the URL, consent, create.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use super::{Instance, World, unique};
use crate::{
    Secret,
    conformance::{
        browser::Decision,
        connector::Connector,
        record::{Failure, Outcome},
        target::Call,
    },
};

/// A code that no provider ever issued.
const NOBODYS_CODE: &str = "nobody-issued-this-code";

/// The path a create goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Where {
    /// `POST /instances`.
    Instances,
    /// `POST /elements/{id}/instances`, by number.
    Number,
    /// `POST /elements/{key}/instances`.
    Key,
}

/// What a create says beyond what it must.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) tags: Option<Vec<String>>,
    pub(crate) at: Where,
    /// Names the connector in the body although the path does.
    pub(crate) named_twice: bool,
    /// Whether the objects shall be in the answer; nothing leaves the flag out.
    pub(crate) objects: Option<bool>,
    /// The token of an instance that the call names as well.
    pub(crate) beside: Option<Secret>,
    /// Configuration beyond what the connector needs.
    pub(crate) extra: Vec<(String, Value)>,
    /// The code to send instead of the one that the user's callback received.
    pub(crate) code: Option<Option<String>>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            name: unique("Rehearsal "),
            tags: Some(vec!["rehearsal".to_owned()]),
            at: Where::Instances,
            named_twice: false,
            objects: None,
            beside: None,
            extra: Vec::new(),
            code: None,
        }
    }
}

impl Draft {
    /// With a code that the provider will refuse.
    pub(crate) fn with_nobodys_code() -> Self {
        Self { code: Some(Some(NOBODYS_CODE.to_owned())), ..Self::default() }
    }
}

/// What the names of resources begin with that scenarios map. They are the organization's: all its instances list them.
pub(crate) const MAPPED: &str = "myResources";

impl World {
    /// Asks the target where to send the user.
    pub(crate) async fn ask_for_url(&mut self, which: usize, state: Option<&str>) -> Outcome {
        let user = self.user(which)?;
        let mut call = Call::get(format!("/elements/{}/oauth/url", user.connector.key))
            .query("apiKey", &user.demo.client_id)
            .query("apiSecret", user.demo.client_secret.expose())
            .query("callbackUrl", &user.demo.redirect_uri);
        for (name, value) in user.particulars() {
            call = call.query(name, value);
        }
        if let Some(state) = state {
            call = call.query("state", state);
        }
        self.oauth_url = None;
        self.call(call).await
    }

    /// The URL that the target gave.
    pub(crate) fn oauth_url(&self) -> Result<&Url, Failure> {
        let missing = || self.record.refute("an answer with an absolute oauthUrl", "none");
        self.oauth_url.as_ref().ok_or_else(missing)
    }

    /// Lets the user follow the URL and decide.
    pub(crate) async fn visit(&mut self, which: usize, decision: Decision) -> Outcome {
        let (url, user) = (self.oauth_url()?.clone(), self.user(which)?);
        let arrived = user.visit(&self.run.http, url, decision).await;
        let callback =
            arrived.map_err(|error| self.record.refute("the user comes back to the callback", error))?;
        if let Some(code) = parameter(&callback, "code") {
            self.record.learn_secret(&code);
            self.user_mut(which)?.code = Some(Secret::from(code));
        }
        if let Some(company) = parameter(&callback, "realmId") {
            self.user_mut(which)?.company = Some(company);
        }
        self.callback = Some(callback);
        Ok(())
    }

    /// A parameter that the callback received.
    pub(crate) fn received(&self, name: &str) -> Result<Option<String>, Failure> {
        let none = || self.record.give_up("a call of the callback", "nobody followed the URL");
        self.callback.as_ref().map(|callback| parameter(callback, name)).ok_or_else(none)
    }

    /// Lets the user grant access: a code where the connector takes codes; the account exists anyway.
    pub(crate) async fn grant_access(&mut self, which: usize) -> Outcome {
        if !self.user(which)?.connector.takes_codes() {
            return Ok(());
        }
        self.ask_for_url(which, None).await?;
        self.visit(which, Decision::Allow).await?;
        let arrived = self.received("code")?.is_some();
        self.check(arrived, "a code at the callback", "none")
    }

    /// Creates an instance for a user. The answer may be a refusal.
    pub(crate) async fn create(&mut self, which: usize, draft: Draft) -> Outcome {
        let connector = self.user(which)?.connector;
        let path = match draft.at {
            Where::Instances => "/instances".to_owned(),
            Where::Key => format!("/elements/{}/instances", connector.key),
            Where::Number => format!("/elements/{}/instances", self.number(connector).await?),
        };
        self.last_name = draft.name.clone();
        let beside = draft.beside.clone();
        let body = self.body(which, draft)?;
        self.remember_secrets(&body);
        let call = Call::post(path, &body);
        self.call(match &beside {
            Some(token) => call.element(token),
            None => call,
        })
        .await?;
        let created = self.answer()?.json.clone();
        if self.answer()?.status.is_success()
            && let (Value::Number(id), Some(token)) = (&created["id"], created["token"].as_str())
        {
            self.instances.push(Instance { id: id.to_string(), token: Secret::from(token), created });
        }
        Ok(())
    }

    /// What a create sends and no answer may repeat, whatever becomes of it.
    fn remember_secrets(&mut self, body: &Value) {
        let configuration = &body["configuration"];
        for (what, sent) in [
            ("a code", &body["providerData"]["code"]),
            ("the app's secret", &configuration["oauth.api.secret"]),
            ("a password", &configuration["password"]),
        ] {
            self.sent.extend(sent.as_str().map(|text| (what, Secret::from(text))));
        }
    }

    /// The name that the last create asked for.
    pub(crate) fn last_name(&self) -> &str {
        &self.last_name
    }

    fn body(&self, which: usize, draft: Draft) -> Result<Value, Failure> {
        let user = self.user(which)?;
        let mut configuration = user.configuration();
        configuration.extend(draft.extra);
        let mut body = json!({ "name": draft.name, "configuration": configuration });
        if draft.at == Where::Instances || draft.named_twice {
            body["element"] = json!({ "key": user.connector.key });
        }
        let code = match draft.code {
            Some(code) => code,
            None => user.code.as_ref().map(|code| code.expose().to_owned()),
        };
        if let Some(code) = code {
            body["providerData"] = user.provider_data(&code);
        }
        if let Some(tags) = draft.tags {
            body["tags"] = json!(tags);
        }
        if let Some(wanted) = draft.objects {
            body["retrieveObjectsAfterInstantiation"] = json!(wanted);
        }
        Ok(body)
    }

    /// The number of a connector.
    async fn number(&mut self, connector: &Connector) -> Result<String, Failure> {
        self.call(Call::get(format!("/elements/{}", connector.key))).await?;
        let id = &self.answer()?.json["id"];
        self.check(id.is_number(), format!("the number of {connector}"), id)?;
        Ok(id.to_string())
    }

    /// A new user with an instance.
    pub(crate) async fn add_instance(&mut self, connector: &'static Connector, draft: Draft) -> Outcome {
        self.add_user(connector);
        let (which, before) = (self.users.len() - 1, self.instances.len());
        self.grant_access(which).await?;
        self.create(which, draft).await?;
        let created = self.instances.len() > before;
        self.check(created, "an instance with an id and a token", format!("status {}", self.answer()?.status))
    }

    /// A second user of the same connector with an instance that carries a tag nobody else has.
    pub(crate) async fn add_second_instance(&mut self) -> Outcome {
        let connector = self.user(0)?.connector;
        let tag = unique("tag-");
        self.own_tag = Some(tag.clone());
        self.add_instance(connector, Draft { tags: Some(vec![tag]), ..Draft::default() }).await
    }

    /// Defines a resource for the organization and maps it to an object of the vendor (3.7).
    pub(crate) async fn map_resource(&mut self, connector: &'static Connector) -> Outcome {
        let name = unique(MAPPED);
        let definitions = format!("/organizations/objects/{name}/definitions");
        let transformation = format!("/organizations/elements/{}/transformations/{name}", connector.key);
        let definition = json!({ "fields": [{ "path": "rehearsal", "type": "string" }] });
        let mapping = json!({
            "vendorName": connector.mappable.vendor_name,
            "fields": [{ "path": "rehearsal", "vendorPath": connector.mappable.vendor_path }],
        });
        for (path, body) in [(definitions, definition), (transformation, mapping)] {
            self.delete_later(&path);
            self.call(Call::new(Method::POST, path.as_str()).text(&body.to_string())).await?;
            let status = self.answer()?.status;
            if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
                self.client.withdraw(&path);
            }
            self.check(
                status.is_success(),
                "the resource is defined and mapped",
                format!("status {status}"),
            )?;
        }
        self.mapped = Some(name);
        Ok(())
    }

    /// The name of the mapped resource.
    pub(crate) fn mapped(&self) -> Result<&str, Failure> {
        let missing = || self.record.give_up("a mapped resource", "the scenario has none");
        self.mapped.as_deref().ok_or_else(missing)
    }
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(of, _)| of == name).map(|(_, value)| value.into_owned())
}
