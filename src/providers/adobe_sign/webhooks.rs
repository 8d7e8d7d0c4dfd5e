//! Webhooks of v6: made, listed and deleted. Nothing is ever sent to them.

use std::sync::Arc;

use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::providers::{
    adobe_sign::{
        Site,
        account::Webhook,
        api::{self, acting, ok, ok_tagged},
        errors, new_id,
        shard::AccessPoints,
        v6,
    },
    call::Call,
    house::Answer,
};

/// A webhook as the list has it; its entity tag is made of this.
fn shown(site: &Site, webhook: &Webhook) -> Value {
    let app = site.auth.app(&webhook.app);
    v6::webhook(webhook, app.as_deref().map_or("", |app| app.name.as_str()))
}

fn id_in(call: &Call<'_>) -> String {
    call.segments().last().copied().unwrap_or_default().to_owned()
}

/// `GET webhooks`
pub(super) fn list(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["webhook_read"])?;
    let account = site.account();
    let all: Vec<_> = account.webhooks.iter().map(|webhook| shown(site, webhook)).collect();
    Ok(ok(site, &api::page(call, site, json!({ "userWebhookList": all, "page": {} }))?))
}

/// `GET webhooks/:id`
pub(super) fn one(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["webhook_read"])?;
    let (account, id) = (site.account(), id_in(call));
    let webhook = account.webhooks.iter().find(|webhook| webhook.id == id);
    let webhook = webhook.ok_or_else(|| errors::invalid_webhook_id(site.auth.mint()))?;
    Ok(ok_tagged(site, &shown(site, webhook)))
}

/// `POST webhooks`
pub(super) fn create(call: &Call<'_>, site: &Site) -> Answer {
    let acting = acting(call, site, &["webhook_write"])?;
    let mint = site.auth.mint();
    let body = api::body(call, site)?;
    let text = |value: &Value, name| {
        let text = value.as_str().filter(|text| !text.is_empty()).map(ToOwned::to_owned);
        text.ok_or_else(|| errors::required_parameters(mint, name))
    };
    let events = body["webhookSubscriptionEvents"].as_array().into_iter().flatten();
    let events: Vec<String> = events.filter_map(Value::as_str).map(ToOwned::to_owned).collect();
    if events.is_empty() {
        return Err(errors::required_parameters(mint, "webhookSubscriptionEvents"));
    }
    let webhook = Webhook {
        name: text(&body["name"], "name")?,
        scope: text(&body["scope"], "scope")?,
        url: text(&body["webhookUrlInfo"]["url"], "webhookUrlInfo")?,
        id: new_id(mint),
        events,
        app: Arc::clone(&acting.grant.client_id),
        modified: site.auth.clock().now(),
    };
    let location = format!("{}api/rest/v6/webhooks/{}", AccessPoints::of(call, site).api, webhook.id);
    let (body, tag) = (json!({ "id": webhook.id }), api::etag(&shown(site, &webhook)));
    site.change(|account| account.webhooks.push(webhook));
    let reply = errors::rest_json(mint, StatusCode::CREATED, &body);
    Ok(reply.with(header::LOCATION, &location).with(header::ETAG, &tag))
}

/// `DELETE webhooks/:id` (ADOBE-058)
pub(super) fn delete(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["webhook_retention", "webhook_write"])?;
    let (mint, id) = (site.auth.mint(), id_in(call));
    let account = site.account();
    let webhook = account.webhooks.iter().find(|webhook| webhook.id == id);
    let webhook = webhook.ok_or_else(|| errors::invalid_webhook_id(mint))?;
    api::expect_match(call, site, &shown(site, webhook))?;
    site.change(|account| account.webhooks.retain(|webhook| webhook.id != id));
    Ok(errors::no_content(mint))
}
