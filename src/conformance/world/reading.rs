//! Verbs that read and use instances, and what their answers say.

use serde_json::Value;

use super::World;
use crate::{
    Secret,
    conformance::{
        record::{Failure, Outcome},
        target::Call,
    },
};

/// Nobody follows more pages of a list.
const PAGES: usize = 100;

impl World {
    /// `GET /instances` with all three parts (S3, step 1).
    pub(crate) async fn read_by_token(&mut self, which: usize) -> Outcome {
        let call = Call::get("/instances").element(&self.instance(which)?.token);
        self.list(call).await
    }

    /// `GET /instances/{id}`.
    pub(crate) async fn read_by_id(&mut self, which: usize) -> Outcome {
        self.call(Call::get(format!("/instances/{}", self.instance(which)?.id))).await
    }

    /// Lists instances over all pages.
    pub(crate) async fn list(&mut self, call: Call) -> Outcome {
        self.listed.clear();
        let mut page = call.clone();
        for _ in 0..PAGES {
            self.call(page).await?;
            let answer = self.answer()?;
            let next = answer.header("elements-next-page-token").to_owned();
            let entries = match answer.json.clone() {
                Value::Array(entries) if answer.status.is_success() => entries,
                // One instance instead of a list of one is as good (section 7, row 1).
                instance @ Value::Object(_) if answer.status.is_success() => vec![instance],
                _ => Vec::new(),
            };
            self.listed.extend(entries);
            if next.is_empty() {
                break;
            }
            page = call.clone().query("nextPage", &next);
        }
        Ok(())
    }

    /// The tag that only the second user's instance carries.
    pub(crate) fn own_tag(&self) -> Result<&str, Failure> {
        let missing = || self.record.give_up("a tag of its own", "the scenario has no second instance");
        self.own_tag.as_deref().ok_or_else(missing)
    }

    /// The instances of the last listing.
    pub(crate) fn listed(&self) -> &[Value] {
        &self.listed
    }

    /// The entry of an instance in the last listing.
    pub(crate) fn listed_entry(&self, which: usize) -> Result<Option<&Value>, Failure> {
        let instance = self.instance(which)?;
        let is_it = |entry: &&Value| entry["id"].as_number().is_some_and(|id| id.to_string() == instance.id);
        Ok(self.listed.iter().find(is_it))
    }

    /// The access token that the last listing shows for the first instance.
    pub(crate) fn shown_token(&self) -> Result<Secret, Failure> {
        let entry = self.listed_entry(0)?;
        let token = entry.and_then(|entry| entry["configuration"]["oauth.user.token"].as_str());
        // A token that is covered is not shown.
        let token = token.filter(|token| token.bytes().any(|byte| byte != b'*'));
        token.map(Secret::from).ok_or_else(|| {
            self.record.refute(
                "the configuration shows oauth.user.token in clear",
                entry.map_or("no such instance in the list", |_| "none, or a covered one"),
            )
        })
    }

    /// Calls the provider through an instance: `GET /hubs/{hub}/{object}` with all three parts.
    pub(crate) async fn use_instance(&mut self, which: usize, resource: usize, hub: Option<&str>) -> Outcome {
        let connector = self.user(which)?.connector;
        let hub = hub.unwrap_or(connector.hub);
        let path = format!("/hubs/{hub}/{}", connector.resources[resource].name);
        let call = Call::get(path).element(&self.instance(which)?.token);
        self.call(call).await
    }

    /// `GET /{object}` with all three parts.
    pub(crate) async fn get_object(&mut self, name: &str) -> Outcome {
        let call = Call::get(format!("/{name}")).element(&self.instance(0)?.token);
        self.call(call).await
    }

    /// The objects that the last create listed.
    pub(crate) fn objects(&self) -> Result<&Vec<Value>, Failure> {
        let created = self.instances.last().map(|instance| &instance.created["objects"]);
        let objects = created.and_then(Value::as_array);
        objects.ok_or_else(|| self.record.refute("an array of objects", created.unwrap_or(&Value::Null)))
    }

    /// The member at a dotted path of the last answer. A name that has dots is written with `\\.`.
    pub(crate) fn member(&self, path: &str) -> Result<&Value, Failure> {
        let answer = self.answer()?;
        let path = path.replace("\\.", "\0");
        Ok(path.split('.').fold(&answer.json, |value, name| &value[name.replace('\0', ".")]))
    }

    /// The last answer as an instance.
    pub(crate) fn answered_instance(&self) -> Result<&Value, Failure> {
        let json = &self.answer()?.json;
        self.check(json["id"].is_number(), "the answer is an instance", "it has no numeric id")?;
        Ok(json)
    }
}
