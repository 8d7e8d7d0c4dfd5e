//! The shapes of REST v5.

use serde_json::{Value, json};

use crate::{
    Timestamp,
    providers::adobe_sign::{
        account::{Agreement, DEFAULT_GROUP, Document, Group, LibraryDocument, Person, Widget},
        shard::AccessPoints,
    },
};

/// ADOBE-043
pub(super) fn base_uris(points: &AccessPoints) -> Value {
    json!({ "api_access_point": points.api, "web_access_point": points.web })
}

/// ADOBE-047
pub(super) fn users(people: &[Person], group_id: &str) -> Value {
    let user = |person: &Person| {
        json!({
            "company": person.company,
            "email": person.email,
            "fullNameOrEmail": person.full_name(),
            "groupId": group_id,
            "userId": person.id,
        })
    };
    json!({ "userInfoList": people.iter().map(user).collect::<Vec<_>>() })
}

pub(super) fn agreements(agreements: &[Agreement]) -> Value {
    let agreement = |agreement: &Agreement| {
        let sets = agreement.signers.iter().map(|signer| {
            let member = json!({ "company": signer.company, "email": signer.email, "fullName": signer.name });
            json!({ "displayUserSetMemberInfos": [member] })
        });
        json!({
            "agreementId": agreement.id,
            "displayDate": date(agreement.created),
            "displayUserSetInfos": sets.collect::<Vec<_>>(),
            "esign": true,
            "latestVersionId": agreement.version_id,
            "name": agreement.name,
            "status": agreement.status.name(),
        })
    };
    json!({ "userAgreementList": agreements.iter().map(agreement).collect::<Vec<_>>() })
}

pub(super) fn library_documents(documents: &[LibraryDocument]) -> Value {
    let document = |document: &LibraryDocument| {
        json!({
            "libraryDocumentId": document.id,
            "libraryTemplateTypes": ["DOCUMENT"],
            "modifiedDate": date(document.modified),
            "name": document.name,
            "scope": "PERSONAL",
        })
    };
    json!({ "libraryDocumentList": documents.iter().map(document).collect::<Vec<_>>() })
}

pub(super) fn widgets(widgets: &[Widget], access_point: &str) -> Value {
    let widget = |widget: &Widget| {
        json!({
            "widgetId": widget.id,
            "name": widget.name,
            "javascript": widget.javascript(access_point),
            "modifiedDate": date(widget.modified),
            "status": widget.status.name(),
            "url": widget.url(access_point),
        })
    };
    json!({ "userWidgetList": widgets.iter().map(widget).collect::<Vec<_>>() })
}

/// One user; what the account does not know is empty.
pub(super) fn user(person: &Person, group_id: &str) -> Value {
    json!({
        "account": person.company,
        "accountType": "ENTERPRISE",
        "capabilityFlags": ["CAN_SEND", "CAN_SIGN"],
        "channel": "ADOBE",
        "company": person.company,
        "email": person.email,
        "firstName": person.first_name,
        "group": DEFAULT_GROUP,
        "groupId": group_id,
        "initials": person.initials(),
        "lastName": person.last_name,
        "locale": "en_US",
        "optIn": "NO",
        "passwordExpiration": null,
        "phone": person.phone,
        "roles": if person.is_administrator { json!(["ACCOUNT_ADMIN"]) } else { json!(["NORMAL_USER"]) },
        "title": person.title,
        "userStatus": "ACTIVE",
    })
}

pub(super) fn groups(groups: &[Group]) -> Value {
    json!({ "groupInfoList": groups.iter().map(group).collect::<Vec<_>>() })
}

pub(super) fn group(group: &Group) -> Value {
    json!({ "groupId": group.id, "groupName": group.name })
}

/// One agreement. The list's members, and those of v5's public reference that the account knows.
pub(super) fn agreement(agreement: &Agreement, sender: &str) -> Value {
    let sets = agreement.signers.iter().zip(1..).map(|(signer, order)| {
        let member = json!({ "email": signer.email, "company": signer.company, "fullName": signer.name });
        json!({ "signingOrder": order, "participantSetMemberInfos": [member], "roles": ["SIGNER"] })
    });
    json!({
        "agreementId": agreement.id,
        "name": agreement.name,
        "status": agreement.status.name(),
        "latestVersionId": agreement.version_id,
        "locale": "en_US",
        "message": "",
        "modifiable": false,
        "participantSetInfos": sets.collect::<Vec<_>>(),
        "senderEmail": agreement.sender.as_deref().unwrap_or(sender),
        "vaultingInfo": { "enabled": false },
        "events": [{
            "type": "CREATED",
            "date": date(agreement.created),
            "actingUserEmail": agreement.sender.as_deref().unwrap_or(sender),
            "description": "Document created",
        }],
    })
}

/// The files of an agreement.
pub(super) fn documents(agreement: &Agreement) -> Value {
    let document = |document: &Document| json!({ "documentId": document.id, "mimeType": "application/pdf", "name": document.name, "numPages": 1 });
    json!({ "documents": agreement.documents.iter().map(document).collect::<Vec<_>>() })
}

/// One template, with what the list does not show.
pub(super) fn library_document(document: &LibraryDocument) -> Value {
    json!({
        "libraryDocumentId": document.id,
        "name": document.name,
        "libraryTemplateTypes": ["DOCUMENT"],
        "locale": "en_US",
        "status": "ACTIVE",
        "modifiedDate": date(document.modified),
        "events": [],
    })
}

/// One form on a web page.
pub(super) fn widget(widget: &Widget, access_point: &str) -> Value {
    json!({
        "widgetId": widget.id,
        "name": widget.name,
        "javascript": widget.javascript(access_point),
        "url": widget.url(access_point),
        "modifiedDate": date(widget.modified),
        "status": widget.status.name(),
        "locale": "en_US",
        "events": [],
        "participantSetInfos": [],
    })
}

/// What a new agreement is told by.
pub(super) fn created(agreement_id: &str) -> Value {
    json!({ "agreementId": agreement_id, "embeddedCode": null, "expiration": null, "url": null })
}

/// `2017-02-19T08:22:34-08:00`, the time of the vendor's own place.
fn date(at: Timestamp) -> String {
    (at - std::time::Duration::from_secs(8 * 3600)).strftime("%Y-%m-%dT%H:%M:%S-08:00")
}
