//! The shapes of REST v6. A list ends in `page`, which is empty on the last page.

use serde_json::{Value, json};

use crate::providers::adobe_sign::account::{Agreement, LibraryDocument, Person, Widget};

/// ADOBE-044
pub(super) fn base_uris(access_point: &str) -> Value {
    json!({ "apiAccessPoint": access_point, "webAccessPoint": access_point })
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
        "phone": "",
        "status": "ACTIVE",
        "title": "",
    })
}

pub(super) fn agreements(agreements: &[Agreement]) -> Value {
    let agreement = |agreement: &Agreement| {
        let signer = &agreement.signer;
        let member = json!({ "email": signer.email, "company": signer.company, "fullName": signer.name });
        let set = json!({ "displayUserSetMemberInfos": [member], "displayUserSetName": "" });
        json!({
            "id": agreement.id,
            "displayDate": agreement.created.iso(),
            "displayParticipantSetInfos": [set],
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
pub(super) fn agreement(agreement: &Agreement, sender: &str) -> Value {
    let signer = &agreement.signer;
    let member = json!({
        "email": signer.email,
        "id": signer.id,
        "securityOption": { "authenticationMethod": "NONE" },
    });
    json!({
        "id": agreement.id,
        "name": agreement.name,
        "type": "AGREEMENT",
        "participantSetsInfo": [
            { "id": signer.set_id, "memberInfos": [member], "role": "SIGNER", "order": 1 },
        ],
        "senderEmail": sender,
        "createdDate": agreement.created.iso(),
        "lastEventDate": agreement.created.iso(),
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
