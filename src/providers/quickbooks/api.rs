//! The accounting API: `/v3/company/{realmId}/…`.

use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::{
    exchange::Reply,
    providers::{
        call::Call,
        house::Answer,
        quickbooks::{
            Site, access,
            books::{Books, Kind, Record},
            errors::{self, ApplicationFault},
            format::{self, Representation},
            query::{self, Fields},
            reports,
        },
    },
};

/// The most that is read of a query in a body.
const LONGEST_QUERY: usize = 64 * 1024;

/// A call of one company's books by somebody who was let in.
struct Asked<'c, 'r> {
    call: &'c Call<'r>,
    site: &'c Site,
    realm: Arc<str>,
    /// What stands behind the company in the path.
    path: Vec<&'c str>,
}

impl<'c, 'r> Asked<'c, 'r> {
    fn admitted(call: &'c Call<'r>, site: &'c Site) -> Result<Self, Reply> {
        let segments = call.segments();
        let (realm, path) = match segments.as_slice() {
            ["v3", "company", realm, path @ ..] => (*realm, path.to_vec()),
            _ => ("", Vec::new()),
        };
        let grant = access::admit(call, site, realm)?;
        Ok(Self { call, site, realm: Arc::clone(&grant.realm), path })
    }

    fn refuse(&self, fault: ApplicationFault) -> Reply {
        fault.reply(self.site, Representation::asked(self.call))
    }

    /// Looks something up, or changes something, in the books.
    fn find<T>(&self, act: impl FnOnce(&mut Books) -> Result<T, ApplicationFault>) -> Result<T, Reply> {
        self.site.in_books(&self.realm, act).map_err(|fault| self.refuse(fault))
    }

    /// The kind of record that the path names.
    fn kind(&self) -> Result<&'static Kind, Reply> {
        self.path.first().and_then(|name| Kind::find(name)).ok_or_else(|| self.refuse(self.no_resource()))
    }

    /// QBO-046: a path that is none is not a 404.
    fn no_resource(&self) -> ApplicationFault {
        let uri = self.call.request().uri();
        let whole = uri.path_and_query().map_or_else(|| uri.path(), |whole| whole.as_str());
        errors::unsupported(&format!(
            "Could not find resource for relative : {} of full path: https://c10.qbo.intuit.com/qbo10{whole}",
            uri.path()
        ))
    }

    fn answer(&self, name: &str, body: Value) -> Reply {
        format::answer(self.call, self.site.auth.clock().now(), name, body)
    }
}

/// QBO-037: the realm stands in the path twice; `1` will do the second time.
pub(super) fn company_info(call: &Call<'_>, site: &Site) -> Answer {
    single(call, site)
}

pub(super) fn preferences(call: &Call<'_>, site: &Site) -> Answer {
    single(call, site)
}

fn single(call: &Call<'_>, site: &Site) -> Answer {
    let asked = Asked::admitted(call, site)?;
    let kind = asked.kind()?;
    if let Some(id) = asked.path.get(1)
        && *id != "1"
        && *id != &*asked.realm
    {
        return Err(asked.refuse(errors::object_not_found()));
    }
    let record = asked.find(|books| books.single(kind).map(Record::to_json))?;
    Ok(asked.answer(kind.name, record))
}

pub(super) fn record(call: &Call<'_>, site: &Site) -> Answer {
    let asked = Asked::admitted(call, site)?;
    let kind = asked.kind()?;
    let id = asked.path.get(1).copied().unwrap_or_default();
    let record = asked.find(|books| books.find(kind, id).map(Record::to_json))?; // QBO-047
    Ok(asked.answer(kind.name, record))
}

/// Makes a record, changes it, or with `operation=delete` deletes it.
pub(super) fn write_record(call: &Call<'_>, site: &Site) -> Answer {
    let asked = Asked::admitted(call, site)?;
    let kind = asked.kind()?;
    let sent = members(call).ok_or_else(|| asked.refuse(unreadable()))?;
    let now = site.auth.clock().now();
    let written = match call.query().get("operation") {
        None | Some("update") => {
            asked.find(|books| books.write(kind, &sent, now).map(|record| record.to_json()))?
        }
        Some("delete") => asked.find(|books| books.delete(kind, &sent))?,
        Some(other) => return Err(asked.refuse(errors::unsupported(other))),
    };
    Ok(asked.answer(kind.name, written))
}

/// What was sent, in JSON.
fn members(call: &Call<'_>) -> Option<Map<String, Value>> {
    match call.json()? {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

/// The code is one that was seen for anything unforeseen; that it is this one is inferred.
fn unreadable() -> ApplicationFault {
    let message = "An application error has occurred while processing your request";
    ApplicationFault::system("10000", message, "System Failure Error: the request body is not a JSON object")
}

/// The query stands in the query of the URL, or is the body (QBO-038).
pub(super) fn query(call: &Call<'_>, site: &Site) -> Answer {
    let asked = Asked::admitted(call, site)?;
    let body = call.request().body();
    let text = if call.method() == Method::POST && body.len() <= LONGEST_QUERY {
        String::from_utf8_lossy(body).into_owned()
    } else {
        call.query().get("query").unwrap_or_default().to_owned()
    };
    let select = query::parse(&text).map_err(|fault| asked.refuse(fault))?;
    let found = asked.find(|books| {
        let found = select.among(books.all(select.kind));
        if select.fields == Fields::Count {
            return Ok(json!({ "totalCount": found.len() }));
        }
        let page = select.page(&found);
        let shown: Vec<Value> = page.iter().map(|record| narrowed(record, &select.fields)).collect();
        Ok(response(select.kind, select.start, shown))
    })?;
    Ok(asked.answer("QueryResponse", found))
}

fn response(kind: &Kind, start: usize, shown: Vec<Value>) -> Value {
    let mut response = json!({});
    if shown.is_empty() {
        return response;
    }
    let count = shown.len();
    response[kind.name] = shown.into();
    // The one company has no position.
    if kind.name != "CompanyInfo" {
        response["startPosition"] = start.into();
    }
    response["maxResults"] = count.into();
    response
}

/// The fields asked for, and those by which a record is known.
fn narrowed(record: &Record, fields: &Fields<'_>) -> Value {
    let Fields::Named(names) = fields else { return record.to_json() };
    let wanted = |name: &str| {
        let asked_for =
            |field: &&str| field.split('.').next().is_some_and(|first| first.eq_ignore_ascii_case(name));
        matches!(name, "domain" | "sparse" | "Id") || names.iter().any(asked_for)
    };
    let members = record.members().iter().filter(|(name, _)| wanted(name));
    let mut narrowed: Map<String, Value> =
        members.map(|(name, value)| (name.clone(), value.clone())).collect();
    narrowed.insert("sparse".to_owned(), json!(true));
    Value::Object(narrowed)
}

/// `GET reports/BalanceSheet`: always JSON, without a frame of its own (inferred).
pub(super) fn report(call: &Call<'_>, site: &Site) -> Answer {
    let asked = Asked::admitted(call, site)?;
    let name = asked.path.get(1).copied().unwrap_or_default();
    let now = site.auth.clock().now();
    let parameter = |name: &str| call.query().get(name).filter(|text| !text.is_empty()).map(str::to_owned);
    let report = asked.find(|books| Ok(reports::make(name, books, now, parameter)))?;
    let report = report.ok_or_else(|| asked.refuse(asked.no_resource()))?;
    Ok(Reply::new(StatusCode::OK, format::JSON, format::text(&report)))
}

/// A path that names nothing, or a method that it does not take (QBO-046).
pub(super) fn unsupported(call: &Call<'_>, site: &Site) -> Answer {
    let asked = Asked::admitted(call, site)?;
    Err(asked.refuse(asked.no_resource()))
}
