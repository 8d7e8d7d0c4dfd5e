//! Library documents and widgets: what agreements are made from, and what anybody may sign. v5 makes and changes them; of
//! v6 the lists are simulated.
//!
//! Paths are those of the public reference; the answers' members beyond ids are inferred.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    exchange::Reply,
    providers::{
        adobe_sign::{
            Site,
            account::{LibraryDocument, Widget, WidgetStatus},
            api::{self, Version, acting, administrator_email, ok, ok_tagged},
            errors, new_id,
            shard::AccessPoints,
            v5, v6,
        },
        call::Call,
        house::Answer,
    },
};

fn id_in(call: &Call<'_>) -> String {
    call.segments().get(4).copied().unwrap_or_default().to_owned()
}

/// The name in a body's `member`, whose files were uploaded.
fn drafted(call: &Call<'_>, site: &Site, member: &'static str) -> Result<String, Reply> {
    let (mint, now) = (site.auth.mint(), site.auth.clock().now());
    let body = api::body(call, site)?;
    let missing = |name| errors::required_parameters(mint, name);
    let info = body.get(member).filter(|info| info.is_object()).ok_or_else(|| missing(member))?;
    let name = info["name"].as_str().filter(|name| !name.is_empty()).ok_or_else(|| missing("name"))?;
    let files = info["fileInfos"].as_array().filter(|files| !files.is_empty());
    let account = site.account();
    for file in files.ok_or_else(|| missing("fileInfos"))? {
        if let Some(id) = file["libraryDocumentId"].as_str() {
            if account.has_library_document(id) {
                continue;
            }
            return Err(errors::invalid_library_document_id(mint));
        }
        let id = file["transientDocumentId"].as_str().unwrap_or_default();
        if !account.has_upload(id, now) {
            return Err(errors::invalid_upload(mint));
        }
    }
    Ok(name.to_owned())
}

/// `GET libraryDocuments`
pub(super) fn library_documents(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["library_read"])?;
    let account = site.account();
    let documents = &account.library_documents;
    let body = match Version::of(call) {
        Version::V5 => v5::library_documents(documents),
        Version::V6 => v6::library_documents(documents, &administrator_email(site)),
    };
    Ok(ok(site, &api::page(call, site, body)?))
}

/// `GET libraryDocuments/:id`
pub(super) fn library_document(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["library_read"])?;
    let (id, account) = (id_in(call), site.account());
    let document = account.library_documents.iter().find(|document| document.id == id);
    let document = document.ok_or_else(|| errors::invalid_library_document_id(site.auth.mint()))?;
    Ok(ok_tagged(site, &v5::library_document(document)))
}

/// `POST libraryDocuments`
pub(super) fn create_library_document(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["library_write"])?;
    let (mint, modified) = (site.auth.mint(), site.auth.clock().now());
    let name = drafted(call, site, "libraryDocumentCreationInfo")?;
    let document = LibraryDocument { id: new_id(mint), name: name.into(), modified };
    let body = json!({ "libraryDocumentId": document.id, "embeddedCode": null, "url": null });
    site.change(|account| account.library_documents.push(document));
    Ok(errors::rest_json(mint, StatusCode::CREATED, &body))
}

/// `DELETE libraryDocuments/:id`
pub(super) fn delete_library_document(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["library_write"])?;
    let (id, mint) = (id_in(call), site.auth.mint());
    let deleted = site.change(|account| {
        let before = account.library_documents.len();
        account.library_documents.retain(|document| document.id != id);
        account.library_documents.len() < before
    });
    if deleted { Ok(errors::no_content(mint)) } else { Err(errors::invalid_library_document_id(mint)) }
}

/// `GET widgets`
pub(super) fn widgets(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["widget_read"])?;
    let web = AccessPoints::of(call, site).web;
    let body = match Version::of(call) {
        Version::V5 => v5::widgets(&site.account().widgets, &web),
        Version::V6 => v6::widgets(&site.account().widgets, &web),
    };
    Ok(ok(site, &api::page(call, site, body)?))
}

/// `GET widgets/:id`
pub(super) fn widget(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["widget_read"])?;
    let (id, account) = (id_in(call), site.account());
    let widget = account.widgets.iter().find(|widget| widget.id == id);
    let widget = widget.ok_or_else(|| errors::invalid_widget_id(site.auth.mint()))?;
    Ok(ok_tagged(site, &v5::widget(widget, &AccessPoints::of(call, site).web)))
}

/// `POST widgets`
pub(super) fn create_widget(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["widget_write"])?;
    let (mint, now) = (site.auth.mint(), site.auth.clock().now());
    let widget = Widget::new(mint, now, drafted(call, site, "widgetCreationInfo")?.into());
    let web = AccessPoints::of(call, site).web;
    let body =
        json!({ "widgetId": widget.id, "javascript": widget.javascript(&web), "url": widget.url(&web) });
    site.change(|account| account.widgets.push(widget));
    Ok(errors::rest_json(mint, StatusCode::CREATED, &body))
}

/// `PUT widgets/:id/status`
pub(super) fn change_widget_status(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["widget_write"])?;
    let (id, mint, now) = (id_in(call), site.auth.mint(), site.auth.clock().now());
    let body: Value = api::body(call, site)?;
    let status = match body["value"].as_str() {
        Some("ENABLE") => WidgetStatus::Enabled,
        Some("DISABLE") => WidgetStatus::Disabled,
        _ => return Err(errors::required_parameters(mint, "value")),
    };
    let changed = site.change(|account| {
        let widget = account.widgets.iter_mut().find(|widget| widget.id == id)?;
        widget.status = status;
        widget.modified = now;
        Some(())
    });
    changed.ok_or_else(|| errors::invalid_widget_id(mint))?;
    Ok(ok(site, &json!({ "code": "OK", "message": status.name(), "result": status.name() })))
}
