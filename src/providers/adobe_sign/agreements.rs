//! Agreements: made of uploaded documents, read, and cancelled.

use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    exchange::Reply,
    providers::{
        adobe_sign::{
            Site,
            account::{Agreement, Signer, Status},
            api::{self, Version, acting, administrator_email, ok, ok_tagged},
            errors,
            shard::AccessPoints,
            v5, v6,
        },
        call::Call,
        house::Answer,
    },
};

/// What stands in for every file: the vendor would give the document with its signatures.
const FILE: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>endobj\n\
trailer<</Root 1 0 R>>\n%%EOF\n";

/// What a new agreement is made of.
#[derive(Debug)]
struct Draft {
    name: String,
    /// E-mail addresses of those who sign, in their order.
    signers: Vec<String>,
    /// Ids of uploaded documents.
    uploads: Vec<String>,
    /// Ids of library documents.
    templates: Vec<String>,
    files: usize,
    status: Status,
}

/// A member that must be there and not empty.
fn required<'v>(body: &'v Value, name: &'static str) -> Result<&'v Value, &'static str> {
    let empty = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    body.get(name).filter(|value| !empty(value)).ok_or(name)
}

fn text(body: &Value, name: &'static str) -> Result<String, &'static str> {
    required(body, name)?.as_str().map(ToOwned::to_owned).ok_or(name)
}

fn items<'v>(body: &'v Value, name: &'static str) -> Result<&'v Vec<Value>, &'static str> {
    required(body, name)?.as_array().ok_or(name)
}

impl Draft {
    fn new(name: String, signers: Vec<String>, files: &[Value], status: Status) -> Self {
        let ids = |member: &str| {
            files.iter().filter_map(|file| file[member].as_str().map(ToOwned::to_owned)).collect()
        };
        let (uploads, templates) = (ids("transientDocumentId"), ids("libraryDocumentId"));
        Self { name, signers, uploads, templates, files: files.len(), status }
    }

    /// Reads what v6 takes; says which member is missing.
    fn of_v6(body: &Value) -> Result<Self, &'static str> {
        let files = items(body, "fileInfos")?;
        let name = text(body, "name")?;
        let signers = signers(items(body, "participantSetsInfo")?, "memberInfos")?;
        required(body, "signatureType")?;
        let status = match text(body, "state")?.as_str() {
            "AUTHORING" => Status::Authoring,
            "DRAFT" => Status::Draft,
            _ => Status::OutForSignature,
        };
        Ok(Self::new(name, signers, files, status))
    }

    /// Reads what v5 takes.
    fn of_v5(body: &Value) -> Result<Self, &'static str> {
        let info = required(body, "documentCreationInfo")?;
        let files = items(info, "fileInfos")?;
        let name = text(info, "name")?;
        let signers = signers(items(info, "recipientSetInfos")?, "recipientSetMemberInfos")?;
        required(info, "signatureType")?;
        let status = Status::OutForSignature;
        Ok(Self::new(name, signers, files, status))
    }
}

fn signers(sets: &[Value], members: &'static str) -> Result<Vec<String>, &'static str> {
    let mut addresses = Vec::new();
    for set in sets {
        for member in items(set, members)? {
            addresses.push(text(member, "email")?);
        }
    }
    Ok(addresses)
}

/// The segment that names an agreement.
fn id_in(call: &Call<'_>) -> String {
    call.segments().get(4).copied().unwrap_or_default().to_owned()
}

/// An agreement as v6 shows it; its entity tag is made of this.
fn shown(site: &Site, agreement: &Agreement) -> Value {
    v6::agreement(agreement, &administrator_email(site))
}

/// Does something with the agreement that is named; a bad token is refused before a bad id (ADOBE-055).
fn with_named<T>(call: &Call<'_>, site: &Site, work: impl FnOnce(&Agreement) -> T) -> Result<T, Reply> {
    let account = site.account();
    let agreement = account.agreement(&id_in(call));
    agreement.map(work).ok_or_else(|| errors::invalid_agreement_id(site.auth.mint()))
}

/// `GET agreements`
pub(super) fn list(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["agreement_read"])?;
    let body = match Version::of(call) {
        Version::V5 => v5::agreements(&site.account().agreements),
        Version::V6 => v6::agreements(&site.account().agreements),
    };
    Ok(ok(site, &api::page(call, site, body)?))
}

/// `GET agreements/:id`
pub(super) fn one(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["agreement_read"])?;
    with_named(call, site, |agreement| {
        ok_tagged(
            site,
            &match Version::of(call) {
                Version::V5 => v5::agreement(agreement, &administrator_email(site)),
                Version::V6 => shown(site, agreement),
            },
        )
    })
}

/// `DELETE agreements/:id` of v5: it is no longer shown.
pub(super) fn delete(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["agreement_write"])?;
    let (id, mint) = (id_in(call), site.auth.mint());
    let deleted = site.change(|account| {
        let before = account.agreements.len();
        account.agreements.retain(|agreement| agreement.id != id);
        account.agreements.len() < before
    });
    if deleted { Ok(errors::no_content(mint)) } else { Err(errors::invalid_agreement_id(mint)) }
}

/// `POST agreements` (ADOBE-056)
pub(super) fn create(call: &Call<'_>, site: &Site) -> Answer {
    let acting = acting(call, site, &["agreement_write"])?;
    let (mint, now) = (site.auth.mint(), site.auth.clock().now());
    let body = api::body(call, site)?;
    let draft = match Version::of(call) {
        Version::V5 => Draft::of_v5(&body),
        Version::V6 => Draft::of_v6(&body),
    };
    let draft = draft.map_err(|missing| errors::required_parameters(mint, missing))?;
    let account = site.account();
    if !draft.uploads.iter().all(|id| account.has_upload(id, now)) {
        return Err(errors::invalid_upload(mint));
    }
    if !draft.templates.iter().all(|id| account.has_library_document(id)) {
        return Err(errors::invalid_library_document_id(mint));
    }
    let signers = draft.signers.into_iter().map(|email| Signer::invited(mint, email)).collect();
    let names = (1..=draft.files).map(|number| format!("{} {number}.pdf", draft.name)).collect();
    let mut agreement = Agreement::new(mint, now, draft.name.into(), signers, names);
    agreement.status = draft.status;
    agreement.sender = Some(acting.person.email);
    let (id, tag) = (agreement.id.clone(), api::etag(&shown(site, &agreement)));
    site.change(|account| account.agreements.push(agreement));
    let created = |body: &Value| errors::rest_json(mint, StatusCode::CREATED, body);
    Ok(match Version::of(call) {
        Version::V5 => created(&v5::created(&id)),
        Version::V6 => created(&json!({ "id": id })).with(header::ETAG, &tag),
    })
}

/// The state that an agreement shall take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum State {
    #[serde(rename = "CANCELLED", alias = "CANCEL")]
    Cancelled,
    #[serde(rename = "IN_PROCESS")]
    InProcess,
    #[serde(rename = "AUTHORING")]
    Authoring,
}

impl State {
    /// What becomes of an agreement, if it can.
    fn from(self, status: Status) -> Option<Status> {
        match (self, status) {
            (Self::Cancelled, Status::OutForSignature) => Some(Status::Cancelled),
            (Self::InProcess, Status::Draft | Status::Authoring) => Some(Status::OutForSignature),
            (Self::Authoring, Status::Draft) => Some(Status::Authoring),
            _ => None,
        }
    }
}

/// `PUT agreements/:id/state` of v6, and `PUT agreements/:id/status` of v5, which asks for no tag (ADOBE-057,
/// ADOBE-058).
pub(super) fn change_state(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["agreement_write"])?;
    let (mint, now) = (site.auth.mint(), site.auth.clock().now());
    let version = Version::of(call);
    let (status, shown_now) = with_named(call, site, |agreement| (agreement.status, shown(site, agreement)))?;
    if version == Version::V6 && call.header(header::IF_MATCH).is_none() {
        return Err(errors::missing_if_match(mint));
    }
    let body = api::body(call, site)?;
    let member = if version == Version::V5 { "value" } else { "state" };
    let state = required(&body, member).map_err(|missing| errors::required_parameters(mint, missing))?;
    let state = State::deserialize(state).map_err(|_| errors::impossible_state(mint))?;
    if state == State::Cancelled && status == Status::Cancelled {
        return Err(errors::already_cancelled(mint));
    }
    if version == Version::V6 {
        api::expect_match(call, site, &shown_now)?;
    }
    let next = state.from(status).ok_or_else(|| errors::impossible_state(mint))?;
    let changed = site.change(|account| {
        let agreement = account.agreement_mut(&id_in(call))?;
        agreement.status = next;
        agreement.changed = now;
        Some(agreement.clone())
    });
    let changed = changed.ok_or_else(|| errors::invalid_agreement_id(mint))?;
    Ok(match version {
        // No source shows the answer.
        Version::V5 => ok(site, &json!({ "result": next.name() })),
        Version::V6 => errors::no_content(mint).with(header::ETAG, &api::etag(&shown(site, &changed))),
    })
}

/// `GET agreements/:id/documents`
pub(super) fn documents(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["agreement_read"])?;
    let documents = match Version::of(call) {
        Version::V5 => v5::documents,
        Version::V6 => v6::documents,
    };
    with_named(call, site, |agreement| ok_tagged(site, &documents(agreement)))
}

/// `GET agreements/:id/documents/:id`: a page with nothing on it.
pub(super) fn document(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["agreement_read"])?;
    let mint = site.auth.mint();
    let id = call.segments().last().copied().unwrap_or_default().to_owned();
    let found = with_named(call, site, |agreement| agreement.documents.iter().any(|of| of.id == id))?;
    if found {
        Ok(errors::file(mint, "application/pdf", FILE))
    } else {
        Err(errors::invalid_document_id(mint))
    }
}

/// `GET agreements/:id/signingUrls`
pub(super) fn signing_urls(call: &Call<'_>, site: &Site) -> Answer {
    let acting = acting(call, site, &["agreement_read"])?;
    let web = AccessPoints::of(call, site).web;
    with_named(call, site, |agreement| ok(site, &v6::signing_urls(agreement, &web, &acting.grant.client_id)))
}

/// `POST transientDocuments` (ADOBE-059)
pub(super) fn upload(call: &Call<'_>, site: &Site) -> Answer {
    acting(call, site, &["agreement_write", "agreement_sign", "widget_write", "library_write"])?;
    let (mint, now) = (site.auth.mint(), site.auth.clock().now());
    if !call.content_type().eq_ignore_ascii_case("multipart/form-data") {
        return Err(errors::unsupported_media_type(mint));
    }
    if !call.parts().iter().any(|part| part.name == "File") {
        return Err(errors::required_parameters(mint, "File"));
    }
    let id = site.change(|account| account.upload(mint, now));
    let body = json!({ "transientDocumentId": id });
    Ok(errors::rest_json(mint, StatusCode::CREATED, &body).with(header::VARY, "Cookie"))
}
