//! What an enterprise has besides files: users, groups, webhooks and metadata templates.
//!
//! Paths and members are those of the vendor's public reference; what is said of each refusal is inferred.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    Timestamp,
    exchange::Reply,
    oauth::User,
    providers::{
        box_com::{
            Site,
            access::caller,
            api::{json_reply, selected, selected_reply},
            errors,
            scopes::Need,
        },
        call::Call,
        house::Answer,
    },
};

/// A kind of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Group,
    Webhook,
    Template,
}

impl Kind {
    /// The kind whose records are at `path`, behind the version.
    pub(super) fn of(path: &[&str]) -> Option<Self> {
        match path {
            ["users", ..] => Some(Self::User),
            ["groups", ..] => Some(Self::Group),
            ["webhooks", ..] => Some(Self::Webhook),
            ["metadata_templates", ..] => Some(Self::Template),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Webhook => "webhook",
            Self::Template => "metadata_template",
        }
    }

    fn need(self) -> Need {
        match self {
            Self::User => Need::Users,
            Self::Group => Need::Groups,
            Self::Webhook => Need::Webhooks,
            Self::Template => Need::Properties,
        }
    }

    fn required(self) -> &'static [&'static str] {
        match self {
            // An app user has no login, and says so by `is_platform_access_only`.
            Self::User | Self::Group => &["name"],
            Self::Webhook => &["target", "address", "triggers"],
            Self::Template => &["displayName"],
        }
    }

    /// The member by which one is told from another of its kind.
    fn called(self) -> Option<&'static str> {
        match self {
            Self::User => Some("login"),
            Self::Group => Some("name"),
            Self::Webhook => None,
            Self::Template => Some("templateKey"),
        }
    }

    /// What a new record has besides what was sent.
    fn defaults(self, id: &str, at: &str, sent: &Map<String, Value>) -> Value {
        match self {
            Self::User => json!({
                "type": "user", "id": id, "created_at": at, "modified_at": at, "language": "en",
                "timezone": "America/Los_Angeles", "space_amount": 10_737_418_240_u64, "space_used": 0,
                "max_upload_size": 2_147_483_648_u64, "status": "active", "job_title": "", "phone": "", "address": "",
            }),
            Self::Group => json!({
                "type": "group", "id": id, "group_type": "managed_group", "created_at": at, "modified_at": at,
            }),
            Self::Webhook => json!({ "id": id, "type": "webhook", "created_at": at }),
            Self::Template => {
                let name = sent.get("displayName").and_then(Value::as_str).unwrap_or_default();
                json!({
                    "id": id, "type": "metadata_template", "templateKey": key_of(name), "scope": "enterprise",
                    "hidden": false, "fields": [], "copyInstanceOnItemCopy": false,
                })
            }
        }
    }
}

/// `Contract Type` as `contractType`, as Box makes keys of names.
fn key_of(name: &str) -> String {
    let mut key = String::new();
    for word in name.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        let first = if key.is_empty() { first.to_lowercase() } else { first.to_uppercase() };
        key.extend([first.as_str(), rest]);
    }
    key
}

/// The records that were made over the API; those who log in are users besides.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Enterprise {
    users: Vec<Map<String, Value>>,
    groups: Vec<Map<String, Value>>,
    webhooks: Vec<Map<String, Value>>,
    templates: Vec<Map<String, Value>>,
    last_id: u64,
}

impl Enterprise {
    fn of(&self, kind: Kind) -> &Vec<Map<String, Value>> {
        match kind {
            Kind::User => &self.users,
            Kind::Group => &self.groups,
            Kind::Webhook => &self.webhooks,
            Kind::Template => &self.templates,
        }
    }

    fn of_mut(&mut self, kind: Kind) -> &mut Vec<Map<String, Value>> {
        match kind {
            Kind::User => &mut self.users,
            Kind::Group => &mut self.groups,
            Kind::Webhook => &mut self.webhooks,
            Kind::Template => &mut self.templates,
        }
    }

    /// The record of somebody who logs in, if there is none of this id yet.
    fn know(&mut self, user: &User, at: &str) {
        if self.users.iter().any(|known| known["id"] == *user.id) {
            return;
        }
        let Value::Object(mut record) = Kind::User.defaults(&user.id, at, &Map::new()) else { return };
        record.insert("name".to_owned(), user.name.as_str().into());
        record.insert("login".to_owned(), (*user.login).into());
        self.users.push(record);
    }

    fn is_taken(&self, kind: Kind, record: &Map<String, Value>) -> bool {
        let Some(member) = kind.called() else { return false };
        let named = record.get(member).filter(|name| !name.is_null());
        named.is_some_and(|name| {
            let others = self.of(kind).iter().filter(|other| other.get("id") != record.get("id"));
            others.into_iter().any(|other| other.get(member) == Some(name))
        })
    }
}

/// The id in the path, or the template's key.
fn id_in<'c>(call: &'c Call<'_>, kind: Kind) -> &'c str {
    let index = if kind == Kind::Template { 3 } else { 2 };
    call.segments().get(index).copied().unwrap_or_default()
}

fn kind_in(call: &Call<'_>) -> Option<Kind> {
    Kind::of(call.segments().get(1..).unwrap_or_default())
}

fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S+00:00")
}

/// Lets the caller in, and does something with the records of the kind that the path names.
fn with<T>(
    call: &Call<'_>,
    site: &Site,
    act: impl FnOnce(&mut Enterprise, Kind, &str) -> Result<T, Reply>,
) -> Result<T, Reply> {
    let kind = kind_in(call).ok_or_else(errors::no_route)?;
    caller(call, site, kind.need())?;
    let at = iso(site.auth.clock().now());
    let mut enterprise = site.enterprise();
    if kind == Kind::User {
        for user in site.auth.users().iter().filter(|user| user.death.is_none()) {
            enterprise.know(user, &at);
        }
    }
    act(&mut enterprise, kind, &at)
}

fn find(enterprise: &Enterprise, kind: Kind, id: &str) -> Option<usize> {
    let member = if kind == Kind::Template { "templateKey" } else { "id" };
    enterprise.of(kind).iter().position(|record| record.get(member).is_some_and(|own| own == id))
}

fn missing(site: &Site, kind: Kind, id: &str) -> Reply {
    errors::not_found(site.auth.mint(), kind.name(), id)
}

/// `GET /2.0/users`, `groups`, `webhooks` and `metadata_templates/enterprise`
pub(super) fn list(call: &Call<'_>, site: &Site) -> Answer {
    let number = |name, default| call.query().get(name).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (offset, limit) = (number("offset", 0_usize), number("limit", 100_usize).min(1000));
    let body = with(call, site, |enterprise, kind, _| {
        let all = enterprise.of(kind);
        let entries = all.iter().skip(offset).take(limit).cloned().map(Value::Object);
        let entries: Vec<_> = entries.map(|record| selected(call, record)).collect();
        Ok(match kind {
            Kind::User | Kind::Group => {
                json!({ "total_count": all.len(), "entries": entries, "offset": offset, "limit": limit })
            }
            Kind::Webhook | Kind::Template => {
                json!({ "entries": entries, "limit": limit, "next_marker": null })
            }
        })
    })?;
    Ok(json_reply(site, StatusCode::OK, &body))
}

/// `GET /2.0/users/:id` and the like
pub(super) fn one(call: &Call<'_>, site: &Site) -> Answer {
    let body = with(call, site, |enterprise, kind, _| {
        let id = id_in(call, kind);
        let found = find(enterprise, kind, id).ok_or_else(|| missing(site, kind, id))?;
        Ok(Value::Object(enterprise.of(kind)[found].clone()))
    })?;
    Ok(selected_reply(call, site, &body))
}

/// `POST /2.0/users`, `groups`, `webhooks` and `metadata_templates/schema`
pub(super) fn create(call: &Call<'_>, site: &Site) -> Answer {
    let mint = site.auth.mint();
    let body = with(call, site, |enterprise, kind, at| {
        let Some(Value::Object(sent)) = call.json() else {
            return Err(errors::missing_parameter(mint, "body"));
        };
        let empty = |name: &&&str| match sent.get(**name) {
            None | Some(Value::Null) => true,
            Some(Value::String(text)) => text.is_empty(),
            Some(_) => false,
        };
        if let Some(name) = kind.required().iter().find(empty) {
            return Err(errors::missing_parameter(mint, name));
        }
        enterprise.last_id += 1;
        let id = format!("9{:09}", enterprise.last_id);
        let Value::Object(mut record) = kind.defaults(&id, at, &sent) else {
            return Err(errors::internal(mint));
        };
        record.extend(sent.into_iter().filter(|(name, _)| !matches!(name.as_str(), "id" | "type")));
        if enterprise.is_taken(kind, &record) {
            return Err(errors::conflicting(mint, kind.name()));
        }
        enterprise.of_mut(kind).push(record.clone());
        Ok(Value::Object(record))
    })?;
    Ok(json_reply(site, StatusCode::CREATED, &body))
}

/// `PUT /2.0/users/:id` and the like; a template takes a list of operations.
pub(super) fn update(call: &Call<'_>, site: &Site) -> Answer {
    let mint = site.auth.mint();
    let body = with(call, site, |enterprise, kind, at| {
        let id = id_in(call, kind);
        let found = find(enterprise, kind, id).ok_or_else(|| missing(site, kind, id))?;
        let mut record = enterprise.of(kind)[found].clone();
        match (kind, call.json()) {
            (Kind::Template, Some(Value::Array(operations))) => {
                for operation in &operations {
                    edit(&mut record, operation).map_err(|name| errors::missing_parameter(mint, name))?;
                }
            }
            (Kind::User | Kind::Group | Kind::Webhook, Some(Value::Object(sent))) => {
                record.extend(sent.into_iter().filter(|(name, _)| !matches!(name.as_str(), "id" | "type")));
                if record.contains_key("modified_at") {
                    record.insert("modified_at".to_owned(), at.into());
                }
            }
            _ => return Err(errors::missing_parameter(mint, "body")),
        }
        if enterprise.is_taken(kind, &record) {
            return Err(errors::conflicting(mint, kind.name()));
        }
        enterprise.of_mut(kind)[found] = record.clone();
        Ok(Value::Object(record))
    })?;
    Ok(json_reply(site, StatusCode::OK, &body))
}

/// One operation on a template. Of the many that Box has, two are done.
fn edit(template: &mut Map<String, Value>, operation: &Value) -> Result<(), &'static str> {
    let data = operation.get("data").filter(|data| data.is_object()).ok_or("data")?;
    match operation["op"].as_str() {
        Some("addField") => match template.get_mut("fields") {
            Some(Value::Array(fields)) => fields.push(data.clone()),
            _ => drop(template.insert("fields".to_owned(), json!([data]))),
        },
        Some("editTemplate") => template.extend(data.as_object().cloned().unwrap_or_default()),
        _ => return Err("op"),
    }
    Ok(())
}

/// `DELETE /2.0/users/:id` and the like
pub(super) fn delete(call: &Call<'_>, site: &Site) -> Answer {
    with(call, site, |enterprise, kind, _| {
        let id = id_in(call, kind);
        let found = find(enterprise, kind, id).ok_or_else(|| missing(site, kind, id))?;
        if kind == Kind::User && site.auth.users().iter().any(|user| user.id == id) {
            return Err(errors::access_denied(
                site.auth.mint(),
                "a user who logs in is deleted by the control API",
            ));
        }
        enterprise.of_mut(kind).remove(found);
        Ok(())
    })?;
    Ok(errors::api_headers(site.auth.mint(), Reply::empty(StatusCode::NO_CONTENT)))
}

/// `GET /2.0/search?query=`: items whose name has the words.
pub(super) fn search(call: &Call<'_>, site: &Site) -> Answer {
    let caller = caller(call, site, Need::Browse)?;
    let query = call.query().get("query").filter(|query| !query.is_empty());
    let query = query.ok_or_else(|| errors::missing_parameter(site.auth.mint(), "query"))?.to_lowercase();
    let number = |name, default| call.query().get(name).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (offset, limit) = (number("offset", 0_usize), number("limit", 30_usize).min(200));
    let drive = site.drive();
    let found: Vec<_> =
        drive.named_like(&caller.holder, &query).filter(|item| caller.sees(&drive, item)).collect();
    let entries: Vec<_> = found.iter().skip(offset).take(limit).map(|item| item.mini()).collect();
    let body = json!({
        "total_count": found.len(),
        "entries": entries,
        "limit": limit,
        "offset": offset,
        "type": "search_results_items",
    });
    Ok(json_reply(site, StatusCode::OK, &body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_templates_are_made_of_their_names() {
        assert_eq!(key_of("Contract Type"), "contractType");
        assert_eq!(key_of("customer"), "customer");
        assert_eq!(key_of("--"), "");
    }
}
