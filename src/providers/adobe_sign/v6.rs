//! The shapes of REST v6. A list ends in `page`, which is empty on the last page.

use serde_json::{Value, json};

use crate::providers::adobe_sign::{
    account::{Agreement, Document, Group, LibraryDocument, Person, Signer, Status, Webhook, Widget},
    shard::AccessPoints,
};

/// ADOBE-044
pub(super) fn base_uris(points: &AccessPoints) -> Value {
    json!({ "apiAccessPoint": points.api, "webAccessPoint": points.web })
}

/// ADOBE-046
pub(super) fn users(people: &[Person]) -> Value {
    let user = |person: &Person| {
        json!({
            "email": person.email,
            "company": person.company,
            "id": person.id,
            "firstName": person.first_name,
            "lastName": person.last_name,
            "isAccountAdmin": person.is_administrator,
        })
    };
    json!({ "userInfoList": people.iter().map(user).collect::<Vec<_>>(), "page": {} })
}

pub(super) fn user(person: &Person) -> Value {
    json!({
        "accountType": "ENTERPRISE",
        "company": person.company,
        "email": person.email,
        "firstName": person.first_name,
        "id": person.id,
        "initials": person.initials(),
        "isAccountAdmin": person.is_administrator,
        "lastName": person.last_name,
        "locale": "en_US",
        "phone": person.phone,
        "status": "ACTIVE",
        "title": person.title,
    })
}

pub(super) fn agreements(agreements: &[Agreement]) -> Value {
    let agreement = |agreement: &Agreement| {
        let sets = agreement.signers.iter().map(|signer| {
            let member = json!({ "email": signer.email, "company": signer.company, "fullName": signer.name });
            json!({ "displayUserSetMemberInfos": [member], "displayUserSetName": "" })
        });
        json!({
            "id": agreement.id,
            "displayDate": agreement.created.iso(),
            "displayParticipantSetInfos": sets.collect::<Vec<_>>(),
            "esign": true,
            "hidden": false,
            "latestVersionId": agreement.version_id,
            "name": agreement.name,
            "status": agreement.status.name(),
        })
    };
    json!({ "userAgreementList": agreements.iter().map(agreement).collect::<Vec<_>>(), "page": {} })
}

/// In the order in which it was recorded.
pub(super) fn agreement(agreement: &Agreement, administrator: &str) -> Value {
    let sets = agreement.signers.iter().zip(1..).map(|(signer, order)| {
        let member = json!({
            "email": signer.email,
            "id": signer.id,
            "securityOption": { "authenticationMethod": "NONE" },
        });
        json!({ "id": signer.set_id, "memberInfos": [member], "role": "SIGNER", "order": order })
    });
    json!({
        "id": agreement.id,
        "name": agreement.name,
        "type": "AGREEMENT",
        "participantSetsInfo": sets.collect::<Vec<_>>(),
        "senderEmail": agreement.sender.as_deref().unwrap_or(administrator),
        "createdDate": agreement.created.iso(),
        "lastEventDate": agreement.changed.iso(),
        "signatureType": "ESIGN",
        "locale": "en_US",
        "status": agreement.status.name(),
        "documentVisibilityEnabled": false,
        "hasFormFieldData": false,
        "hasSignerIdentityReport": false,
        "agreementSettingsInfo": {
            "canEditFiles": false,
            "canEditElectronicSeals": false,
            "canEditAgreementSettings": false,
            "showAgreementReminderSentEvents": false,
            "hipaaEnabled": false,
            "showDocumentsViewedEvents": false,
        },
        "sendType": "REGULAR_SEND",
        "senderSigns": "NEVER",
        "documentRetentionApplied": false,
    })
}

pub(super) fn library_documents(documents: &[LibraryDocument], creator: &str) -> Value {
    let document = |document: &LibraryDocument| {
        json!({
            "id": document.id,
            "name": document.name,
            "creatorEmail": creator,
            "hidden": false,
            "modifiedDate": document.modified.iso(),
            "sharingMode": "USER",
            "status": "ACTIVE",
            "templateTypes": ["DOCUMENT"],
        })
    };
    json!({ "libraryDocumentList": documents.iter().map(document).collect::<Vec<_>>(), "page": {} })
}

pub(super) fn widgets(widgets: &[Widget], access_point: &str) -> Value {
    let widget = |widget: &Widget| {
        json!({
            "id": widget.id,
            "name": widget.name,
            "javascript": widget.javascript(access_point),
            "url": widget.url(access_point),
            "hidden": false,
            "modifiedDate": widget.modified.iso(),
            "status": "ACTIVE",
        })
    };
    json!({ "userWidgetList": widgets.iter().map(widget).collect::<Vec<_>>(), "page": {} })
}

/// The files of an agreement.
pub(super) fn documents(agreement: &Agreement) -> Value {
    let document = |document: &Document| {
        json!({
            "id": document.id,
            "name": document.name,
            "mimeType": "application/pdf",
            "numPages": 1,
            "createdDate": agreement.created.iso(),
        })
    };
    json!({ "documents": agreement.documents.iter().map(document).collect::<Vec<_>>() })
}

/// Where an agreement that is out for signature is signed; nobody signs any other.
pub(super) fn signing_urls(agreement: &Agreement, web: &str, client_id: &str) -> Value {
    let signers = agreement.signers.iter().filter(|_| agreement.status == Status::OutForSignature);
    let set = |signer: &Signer| {
        let url = json!({ "email": signer.email, "esignUrl": signer.url(web, client_id) });
        json!({ "signingUrls": [url] })
    };
    json!({ "signingUrlSetInfos": signers.map(set).collect::<Vec<_>>() })
}

pub(super) fn groups(groups: &[Group]) -> Value {
    let group = |group: &Group| json!({ "groupId": group.id, "groupName": group.name });
    json!({ "groupInfoList": groups.iter().map(group).collect::<Vec<_>>(), "page": {} })
}

/// A webhook, as the list has it.
pub(super) fn webhook(webhook: &Webhook, app_name: &str) -> Value {
    json!({
        "applicationName": webhook.app,
        "applicationDisplayName": app_name,
        "id": webhook.id,
        "lastModified": webhook.modified.iso(),
        "name": webhook.name,
        "scope": webhook.scope,
        "webhookSubscriptionEvents": webhook.events,
        "webhookUrlInfo": { "url": webhook.url },
        "status": "ACTIVE",
    })
}
