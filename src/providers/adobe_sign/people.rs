//! Users and groups of the account, as they are made and changed. v5 takes this; of v6 the lists are simulated.
//!
//! Paths are those of the public reference; the answers' members beyond ids are inferred.

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    exchange::Reply,
    providers::{
        adobe_sign::{
            Site,
            account::{self, Account, DEFAULT_GROUP, Group, Profile},
            api::{self, Version, acting, ok, ok_tagged},
            errors, new_id, v5, v6,
        },
        call::Call,
        house::Answer,
    },
};

/// The last segment of the path, where the id stands.
fn id_in(call: &Call<'_>) -> String {
    call.segments().get(4).copied().unwrap_or_default().to_owned()
}

/// `POST users`
pub(super) fn create_user(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["user_write"])?;
    let mint = site.auth.mint();
    let profile = profile(call, site)?;
    let email = profile.email.clone().filter(|email| !email.is_empty());
    let email = email.ok_or_else(|| errors::required_parameters(mint, "email"))?;
    if account::people(site).iter().any(|person| person.email.eq_ignore_ascii_case(&email)) {
        return Err(errors::user_exists(mint));
    }
    let id = site.change(|account| {
        let id = account.add(mint, email);
        account.change(&id, profile);
        id
    });
    Ok(errors::rest_json(mint, StatusCode::CREATED, &json!({ "userId": id, "userStatus": "ACTIVE" })))
}

/// `PUT users/:id`
pub(super) fn change_user(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["user_write"])?;
    let mint = site.auth.mint();
    let (id, profile) = (id_in(call), profile(call, site)?);
    if !account::people(site).iter().any(|person| person.id == id) {
        return Err(errors::invalid_user_id(mint));
    }
    site.change(|account| account.change(&id, profile));
    let people = account::people(site);
    let person = people.iter().find(|person| person.id == id);
    let person = person.ok_or_else(|| errors::invalid_user_id(mint))?;
    Ok(ok_tagged(site, &v5::user(person, &site.account().group_id)))
}

fn profile(call: &Call<'_>, site: &Site) -> Result<Profile, Reply> {
    let body = api::body(call, site)?;
    Profile::deserialize(body).map_err(|_| errors::invalid_json(site.auth.mint()))
}

/// Every group, the one that everybody belongs to first.
fn all(account: &Account) -> Vec<Group> {
    let default = Group { id: account.group_id.clone(), name: DEFAULT_GROUP.to_owned() };
    std::iter::once(default).chain(account.groups.iter().cloned()).collect()
}

/// `GET groups`
pub(super) fn groups(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["user_read"])?;
    let groups = all(&site.account());
    let body = match Version::of(call) {
        Version::V5 => v5::groups(&groups),
        Version::V6 => v6::groups(&groups),
    };
    Ok(ok(site, &api::page(call, site, body)?))
}

/// `GET groups/:id`
pub(super) fn group(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["user_read"])?;
    let (id, groups) = (id_in(call), all(&site.account()));
    let group = groups.iter().find(|group| group.id == id);
    Ok(ok_tagged(site, &v5::group(group.ok_or_else(|| errors::invalid_group_id(site.auth.mint()))?)))
}

fn name_of(call: &Call<'_>, site: &Site) -> Result<String, Reply> {
    let mint = site.auth.mint();
    let body = api::body(call, site)?;
    let name = body["groupName"].as_str().filter(|name| !name.is_empty()).map(str::to_owned);
    name.ok_or_else(|| errors::required_parameters(mint, "groupName"))
}

/// `POST groups`
pub(super) fn create_group(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["user_write"])?;
    let mint = site.auth.mint();
    let group = Group { id: new_id(mint), name: name_of(call, site)? };
    let body = json!({ "groupId": group.id });
    site.change(|account| account.groups.push(group));
    Ok(errors::rest_json(mint, StatusCode::CREATED, &body))
}

/// `PUT groups/:id`
pub(super) fn change_group(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["user_write"])?;
    let (id, name) = (id_in(call), name_of(call, site)?);
    let changed = site.change(|account| {
        let group = account.groups.iter_mut().find(|group| group.id == id)?;
        group.name = name;
        Some(group.clone())
    });
    Ok(ok(site, &v5::group(&changed.ok_or_else(|| errors::invalid_group_id(site.auth.mint()))?)))
}

/// `DELETE groups/:id`; the group that everybody belongs to stays.
pub(super) fn delete_group(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["user_write"])?;
    let (id, mint) = (id_in(call), site.auth.mint());
    let deleted = site.change(|account| {
        let before = account.groups.len();
        account.groups.retain(|group| group.id != id);
        account.groups.len() < before
    });
    if deleted { Ok(errors::no_content(mint)) } else { Err(errors::invalid_group_id(mint)) }
}

/// `GET groups/:id/users`
pub(super) fn group_users(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["user_read"])?;
    let (id, account) = (id_in(call), site.account());
    if !all(&account).iter().any(|group| group.id == id) {
        return Err(errors::invalid_group_id(site.auth.mint()));
    }
    // Everybody is in the first group.
    let people = if id == account.group_id { account::people(site) } else { Vec::new() };
    let body: Value = v5::users(&people, &id);
    Ok(ok(site, &body))
}
