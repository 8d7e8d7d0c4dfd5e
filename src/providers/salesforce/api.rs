//! The part of Salesforce's REST API that shows good tokens from bad ones.

use std::sync::{Arc, MutexGuard};

use http::{StatusCode, header};
use serde_json::{Map, Value, json};

use crate::{
    exchange::{Reply, Verdict},
    oauth::Grant,
    providers::{
        call::Call,
        house::Answer,
        salesforce::{
            Site, VERSIONS,
            crm::{Crm, Invalid, Writer},
            errors, format, identity, ids,
            object::Object,
            scopes,
            soql::{self, Unanswerable},
            usage::Counted,
        },
    },
};

/// A call with a good token, counted against the org's limit.
struct Session {
    grant: Arc<Grant>,
    usage: Counted,
}

impl Session {
    /// Lets the request's token in, or refuses it as Salesforce does (SFDC-060 to SFDC-064).
    fn of(call: &Call<'_>, site: &Site) -> Result<Self, Reply> {
        if call.header(header::AUTHORIZATION).is_none() {
            return Err(errors::invalid_session(call, "no access token"));
        }
        let token = call.authorization("Bearer").or_else(|| call.authorization("OAuth"));
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return Err(errors::invalid_header(call));
        };
        let grant = site
            .auth
            .ledger()
            .admit(token)
            .map_err(|refusal| errors::invalid_session(call, refusal.to_string()))?;
        if !scopes::allow(&grant, &["api"]) {
            return Err(errors::not_for_api(call));
        }
        let switches = site.switches();
        if !switches.api {
            return Err(errors::api_disabled(call));
        }
        let app = site.auth.app(&grant.client_id);
        let usage = site.usage().count(site.auth.clock().now(), &grant.client_id, app.as_deref(), &switches);
        if usage.is_too_much() {
            return Err(errors::limit_exceeded(call)); // SFDC-076
        }
        Ok(Self { grant, usage })
    }

    /// The kind of records that the path names, if the users may write it.
    fn writable(call: &Call<'_>, site: &Site) -> Result<&'static Object, Reply> {
        let object = named_object(call)?;
        if site.switches().read_only.iter().any(|name| name == object.name) {
            return Err(errors::no_access(call));
        }
        Ok(object)
    }

    fn json(&self, call: &Call<'_>, status: StatusCode, body: &Value) -> Reply {
        self.finish(format::json(call, status, body))
    }

    /// What every success carries (SFDC-073).
    fn finish(&self, reply: Reply) -> Reply {
        errors::api_headers(reply.with_static("sforce-limit-info", &self.usage.header()))
    }
}

/// `/services/data`, which needs no token (SFDC-070).
pub(super) fn versions(call: &Call<'_>) -> Reply {
    let seasons = ["Winter", "Spring", "Summer"];
    let versions = VERSIONS.zip(0_usize..).map(|(version, since)| {
        let label = format!("{} '{}", seasons[since % 3], 11 + since / 3);
        json!({ "label": label, "url": format!("/services/data/v{version}.0"), "version": format!("{version}.0") })
    });
    errors::api_headers(format::json(call, StatusCode::OK, &versions.collect()))
}

/// `/services/data/v60.0`
fn data(call: &Call<'_>) -> String {
    format!("/services/data/{}", segment(call, 2))
}

fn segment<'c>(call: &'c Call<'_>, index: usize) -> &'c str {
    call.segments().get(index).copied().unwrap_or_default()
}

/// `GET /services/data/vXX.0` (SFDC-071)
pub(super) fn resources(call: &Call<'_>, site: &Site) -> Answer {
    const RESOURCES: [&str; 8] =
        ["sobjects", "query", "queryAll", "search", "limits", "recent", "tooling", "composite"];
    let session = Session::of(call, site)?;
    let data = data(call);
    let mut body: Map<String, Value> =
        RESOURCES.iter().map(|name| ((*name).to_owned(), format!("{data}/{name}").into())).collect();
    body.insert("identity".to_owned(), identity::url(call, site, &session.grant).into());
    Ok(session.json(call, StatusCode::OK, &body.into()))
}

/// `GET …/limits`
pub(super) fn limits(call: &Call<'_>, site: &Site) -> Answer {
    let session = Session::of(call, site)?;
    let limit = |max: u64, used: u64| json!({ "Max": max, "Remaining": max.saturating_sub(used) });
    let body = json!({
        "ConcurrentAsyncGetReportInstances": limit(200, 0),
        "ConcurrentSyncReportRuns": limit(20, 0),
        "DailyApiRequests": limit(session.usage.limit, session.usage.calls),
        "DailyAsyncApexExecutions": limit(250_000, 0),
        "DailyBulkApiBatches": limit(15_000, 0),
        "DataStorageMB": limit(5, 0),
        "FileStorageMB": limit(20, 0),
    });
    Ok(session.json(call, StatusCode::OK, &body))
}

/// `GET …/query?q=SELECT …`; `queryAll` finds the same, since what is deleted is gone
pub(super) fn query(call: &Call<'_>, site: &Site) -> Answer {
    let session = Session::of(call, site)?;
    let query = call.query().get("q").unwrap_or_default();
    let refuse = |code: &str, message: &str| errors::bad_request(call, code, message, &[]);
    let select = soql::parse(query).map_err(|malformed| {
        let message = malformed.to_string();
        let reason = format!(
            "MALFORMED_QUERY: {message}; read is SELECT .. FROM .. [WHERE ..] [ORDER BY ..] [LIMIT ..] [OFFSET ..]"
        );
        refuse("MALFORMED_QUERY", &message).refused(reason)
    })?;
    let object = Object::find(select.object.text).ok_or_else(|| {
        let message = format!("sObject type '{}' is not supported.", select.object.text);
        refuse("INVALID_TYPE", &select.object.pointed_out(query, &message))
    })?;
    let unanswerable = |it: Unanswerable<'_>| refuse(it.code, &it.at.pointed_out(query, &it.message));
    let shown = select.shown(object).map_err(unanswerable)?;
    let crm = known(site);
    let found = select.of(object, crm.all(object)).map_err(unanswerable)?;
    let records: Vec<_> = shown.map_or_else(Vec::new, |fields| {
        let data = data(call);
        found.iter().map(|record| record.to_json(&data, fields.iter().copied())).collect()
    });
    let body = json!({ "totalSize": found.len(), "done": true, "records": records });
    Ok(session.json(call, StatusCode::OK, &body))
}

/// `GET …/recent`: what somebody has looked at in the vendor's own pages, which are not there
pub(super) fn recent(call: &Call<'_>, site: &Site) -> Answer {
    let session = Session::of(call, site)?;
    Ok(session.json(call, StatusCode::OK, &json!([])))
}

/// `GET …/sobjects`
pub(super) fn objects(call: &Call<'_>, site: &Site) -> Answer {
    let session = Session::of(call, site)?;
    let data = data(call);
    let objects: Vec<_> = Object::all().iter().map(|object| object.describe(&data)).collect();
    let body = json!({ "encoding": "UTF-8", "maxBatchSize": 200, "sobjects": objects });
    Ok(session.json(call, StatusCode::OK, &body))
}

/// The kind of records that the path names.
fn named_object(call: &Call<'_>) -> Result<&'static Object, Reply> {
    Object::find(segment(call, 4)).ok_or_else(|| errors::not_found(call))
}

/// `GET …/sobjects/Account`
pub(super) fn object(call: &Call<'_>, site: &Site) -> Answer {
    let session = Session::of(call, site)?;
    let object = named_object(call)?;
    let body = json!({ "objectDescribe": object.describe(&data(call)), "recentItems": [] });
    Ok(session.json(call, StatusCode::OK, &body))
}

/// `GET …/sobjects/Account/describe`
pub(super) fn describe(call: &Call<'_>, site: &Site) -> Answer {
    let session = Session::of(call, site)?;
    Ok(session.json(call, StatusCode::OK, &named_object(call)?.describe_whole(&data(call))))
}

/// `POST …/sobjects/Account` (SFDC-072)
pub(super) fn create_record(call: &Call<'_>, site: &Site) -> Answer {
    let session = Session::of(call, site)?;
    let object = Session::writable(call, site)?;
    let fields = members(call)?;
    let created = site.crm().create(object, &fields, writer(&session, site));
    let id = created.map_err(|invalid| refused(call, object, invalid))?;
    let body = json!({ "id": id, "success": true, "errors": [] });
    Ok(session.json(call, StatusCode::CREATED, &body))
}

/// `GET …/sobjects/Account/<id>`, of all fields or those named by `fields`
pub(super) fn record(call: &Call<'_>, site: &Site) -> Answer {
    let session = Session::of(call, site)?;
    let (object, id) = (named_object(call)?, segment(call, 5));
    let crm = known(site);
    let record = crm.get(object, id).ok_or_else(|| unknown(call, object, id))?;
    let body = match call.query().get("fields") {
        None => record.to_json(&data(call), object.fields()),
        Some(named) => {
            let named = named.split(',').map(str::trim);
            let fields = named.map(|name| {
                object.field(name).ok_or_else(|| refused(call, object, Invalid::Field(name.to_owned())))
            });
            record.to_json(&data(call), fields.collect::<Result<Vec<_>, _>>()?)
        }
    };
    Ok(session.json(call, StatusCode::OK, &body))
}

/// `PATCH …/sobjects/Account/<id>` (SFDC-072)
pub(super) fn update_record(call: &Call<'_>, site: &Site) -> Answer {
    let session = Session::of(call, site)?;
    let (object, id) = (Session::writable(call, site)?, segment(call, 5));
    let changes = members(call)?;
    let updated = known(site).update(object, id, &changes, writer(&session, site));
    updated.ok_or_else(|| unknown(call, object, id))?.map_err(|invalid| refused(call, object, invalid))?;
    Ok(session.finish(Reply::empty(StatusCode::NO_CONTENT)))
}

/// `DELETE …/sobjects/Account/<id>` (SFDC-072)
pub(super) fn delete_record(call: &Call<'_>, site: &Site) -> Answer {
    let session = Session::of(call, site)?;
    let (object, id) = (Session::writable(call, site)?, segment(call, 5));
    if object.is_kept() {
        return Err(errors::no_access(call));
    }
    if site.crm().delete(object, id) {
        Ok(session.finish(Reply::empty(StatusCode::NO_CONTENT)))
    } else {
        Err(unknown(call, object, id))
    }
}

/// A method that the path does not have; the token is looked at first.
pub(super) fn wrong_method(call: &Call<'_>, site: &Site) -> Answer {
    Session::of(call, site)?;
    let allowed = match call.segments().get(3..).unwrap_or_default() {
        ["sobjects", _] => "GET,HEAD,POST",
        ["sobjects", _, "describe"] => "GET,HEAD",
        ["sobjects", _, _] => "DELETE,GET,HEAD,PATCH",
        _ => "GET,HEAD",
    };
    Err(errors::method_not_allowed(call, allowed))
}

/// A path that the API does not have; the token is looked at first.
pub(super) fn unknown_resource(call: &Call<'_>, site: &Site) -> Answer {
    Session::of(call, site)?;
    Err(errors::not_found(call).because(Verdict::NoRoute))
}

/// The records, those of the users among them.
fn known(site: &Site) -> MutexGuard<'_, Crm> {
    let users = site.auth.users();
    let mut crm = site.crm();
    crm.know(&users, site.auth.clock().now());
    crm
}

fn writer<'w>(session: &'w Session, site: &'w Site) -> Writer<'w> {
    Writer { user: &session.grant.user_id, at: site.auth.clock().now(), mint: site.auth.mint() }
}

/// The body's JSON object.
fn members(call: &Call<'_>) -> Result<Map<String, Value>, Reply> {
    // XML is not simulated.
    if !call.may_be_json() {
        return Err(errors::unsupported_media_type(call));
    }
    serde_json::from_slice(call.request().body()).map_err(|error| {
        let message = format!("Unexpected input at [line:{}, column:{}]", error.line(), error.column());
        errors::bad_request(call, "JSON_PARSER_ERROR", &message, &[])
    })
}

/// No record has the id: one that could be an id is told apart from one that could not (SFDC-075).
fn unknown(call: &Call<'_>, object: &Object, id: &str) -> Reply {
    if ids::is_id(object.prefix, id) {
        errors::not_found(call)
    } else {
        errors::unknown_external_id(call, id)
    }
}

/// Why a record cannot be written, as Salesforce says it (SFDC-075).
fn refused(call: &Call<'_>, object: &Object, invalid: Invalid) -> Reply {
    let refuse = |code, message: &str, fields: &[&str]| errors::bad_request(call, code, message, fields);
    match invalid {
        Invalid::Field(name) => {
            let message = format!("No such column '{name}' on sobject of type {}", object.name);
            refuse("INVALID_FIELD", &message, &[])
        }
        Invalid::ReadOnly(field) => {
            let message = format!(
                "Unable to create/update fields: {field}. Please check the security settings of this field and verify \
                 that it is read/write for your profile or permission set."
            );
            refuse("INVALID_FIELD_FOR_INSERT_UPDATE", &message, &[field])
        }
        Invalid::Value(field, value) => {
            refuse("JSON_PARSER_ERROR", &format!("Cannot deserialize {field} from {value}"), &[])
        }
        Invalid::Required(fields) => {
            let message = format!("Required fields are missing: [{}]", fields.join(", "));
            refuse("REQUIRED_FIELD_MISSING", &message, &fields)
        }
    }
}
