//! The customer account of one tenant: its people, agreements, library documents, widgets, webhooks and uploads.

use std::{
    borrow::Cow,
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::{
    Mint, Timestamp,
    mint::BASE64URL,
    oauth::User,
    providers::adobe_sign::{Site, new_id},
};

/// The company that everybody in the account belongs to.
const COMPANY: &str = "Example Holdings";

/// The group that everybody in the account belongs to.
pub(super) const DEFAULT_GROUP: &str = "Default Group";

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    pub(super) group_id: String,
    /// Groups besides the one that everybody belongs to.
    #[serde(default)]
    pub(super) groups: Vec<Group>,
    /// People who were added, and never log in.
    #[serde(default)]
    added: Vec<Person>,
    /// What was changed about people, by their id.
    #[serde(default)]
    changed: BTreeMap<String, Profile>,
    /// Somebody who is in the account, and never logs in.
    colleague: Person,
    pub(super) agreements: Vec<Agreement>,
    pub(super) library_documents: Vec<LibraryDocument>,
    pub(super) widgets: Vec<Widget>,
    pub(super) webhooks: Vec<Webhook>,
    /// Ids of uploaded documents, and when each is thrown away; the oldest first.
    uploads: VecDeque<(String, Timestamp)>,
}

/// How long an uploaded document waits for its agreement.
const UPLOAD_LIFE: Duration = Duration::from_secs(7 * 24 * 3600);

/// Uploads that are kept; the oldest makes room.
const UPLOADS: usize = 1_000;

/// A group of people in the account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) name: String,
}

/// What a caller says about somebody; what is left out stays as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Profile {
    pub(super) email: Option<String>,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) company: Option<String>,
    pub(super) title: Option<String>,
    pub(super) phone: Option<String>,
}

/// Somebody in the account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) email: String,
    pub(super) company: Cow<'static, str>,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) is_administrator: bool,
    #[serde(default)]
    pub(super) title: String,
    #[serde(default)]
    pub(super) phone: String,
}

/// An agreement that somebody in the account sent to be signed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Agreement {
    pub(super) id: String,
    pub(super) name: Cow<'static, str>,
    pub(super) status: Status,
    pub(super) version_id: String,
    pub(super) created: Timestamp,
    pub(super) changed: Timestamp,
    /// Who sent it; the account's administrator if nobody is named.
    pub(super) sender: Option<String>,
    pub(super) signers: Vec<Signer>,
    pub(super) documents: Vec<Document>,
}

/// A file of an agreement.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) id: String,
    pub(super) name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Status {
    Authoring,
    Draft,
    OutForSignature,
    Signed,
    Cancelled,
}

/// Who is asked to sign.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signer {
    pub(super) set_id: String,
    pub(super) id: String,
    pub(super) email: String,
    pub(super) company: Cow<'static, str>,
    pub(super) name: String,
    /// What names the signer in the URL where the agreement is signed.
    pub(super) key: String,
}

/// Where the vendor sends word of what happens.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Webhook {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) scope: String,
    pub(super) events: Vec<String>,
    pub(super) url: String,
    /// The app that made it.
    pub(super) app: Arc<str>,
    pub(super) modified: Timestamp,
}

/// A template to make agreements from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LibraryDocument {
    pub(super) id: String,
    pub(super) name: Cow<'static, str>,
    pub(super) modified: Timestamp,
}

/// A form on a web page that anybody may sign.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Widget {
    pub(super) id: String,
    pub(super) name: Cow<'static, str>,
    pub(super) modified: Timestamp,
    /// What names it in public URLs.
    pub(super) key: String,
    #[serde(default)]
    pub(super) status: WidgetStatus,
}

/// Whether a form can be signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WidgetStatus {
    #[default]
    Enabled,
    Disabled,
}

impl WidgetStatus {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::Disabled => "DISABLED",
        }
    }
}

impl Account {
    /// What each new tenant finds.
    pub(super) fn sample(mint: &Mint, now: Timestamp) -> Self {
        let colleague = Person {
            id: new_id(mint),
            email: "jordan@sign.example".into(),
            company: COMPANY.into(),
            first_name: "Jordan".into(),
            last_name: "Example".into(),
            is_administrator: false,
            title: String::new(),
            phone: String::new(),
        };
        let agreement = |name: &'static str, status, email: &str, company: &'static str, signer: &str| {
            let signer = Signer {
                company: company.into(),
                name: signer.to_owned(),
                ..Signer::invited(mint, email.to_owned())
            };
            let sent = Agreement::new(mint, now, name.into(), vec![signer], vec![format!("{name}.pdf")]);
            Agreement { status, ..sent }
        };
        let agreements = vec![
            agreement(
                "Master Services Agreement",
                Status::OutForSignature,
                "robin@customer.example",
                "Customer",
                "Robin Customer",
            ),
            agreement(
                "Non-Disclosure Agreement",
                Status::Signed,
                &colleague.email,
                COMPANY,
                &colleague.full_name(),
            ),
        ];
        let template = LibraryDocument { id: new_id(mint), name: "Offer Letter".into(), modified: now };
        let widget = Widget::new(mint, now, "Visitor Waiver".into());
        Self {
            group_id: new_id(mint),
            groups: Vec::new(),
            added: Vec::new(),
            changed: BTreeMap::new(),
            colleague,
            agreements,
            library_documents: vec![template],
            widgets: vec![widget],
            webhooks: Vec::new(),
            uploads: VecDeque::new(),
        }
    }

    /// Takes an uploaded document in, until its time is up.
    pub(super) fn upload(&mut self, mint: &Mint, now: Timestamp) -> String {
        // ADOBE-059: the recorded answer has 359 bytes, which leaves 333 for the id.
        let id = format!("3AAABLblqZh{}", mint.text(BASE64URL, 322));
        self.uploads.retain(|(_, end)| now < *end);
        if self.uploads.len() == UPLOADS {
            self.uploads.pop_front();
        }
        self.uploads.push_back((id.clone(), now + UPLOAD_LIFE));
        id
    }

    pub(super) fn has_upload(&self, id: &str, now: Timestamp) -> bool {
        self.uploads.iter().any(|(of, end)| of == id && now < *end)
    }

    pub(super) fn has_library_document(&self, id: &str) -> bool {
        self.library_documents.iter().any(|document| document.id == id)
    }

    /// Adds somebody, and says their id.
    pub(super) fn add(&mut self, mint: &Mint, email: String) -> String {
        let id = new_id(mint);
        self.added.push(Person {
            id: id.clone(),
            email,
            company: COMPANY.into(),
            first_name: String::new(),
            last_name: String::new(),
            is_administrator: false,
            title: String::new(),
            phone: String::new(),
        });
        id
    }

    /// Changes what is known about somebody.
    pub(super) fn change(&mut self, id: &str, profile: Profile) {
        let known = self.changed.entry(id.to_owned()).or_default();
        let Profile { email, first_name, last_name, company, title, phone } = profile;
        known.email = email.or(known.email.take());
        known.first_name = first_name.or(known.first_name.take());
        known.last_name = last_name.or(known.last_name.take());
        known.company = company.or(known.company.take());
        known.title = title.or(known.title.take());
        known.phone = phone.or(known.phone.take());
    }

    pub(super) fn agreement(&self, id: &str) -> Option<&Agreement> {
        self.agreements.iter().find(|agreement| agreement.id == id)
    }

    pub(super) fn agreement_mut(&mut self, id: &str) -> Option<&mut Agreement> {
        self.agreements.iter_mut().find(|agreement| agreement.id == id)
    }
}

impl Agreement {
    /// A new one, out for signature, of documents with these names.
    pub(super) fn new(
        mint: &Mint,
        now: Timestamp,
        name: Cow<'static, str>,
        signers: Vec<Signer>,
        documents: Vec<String>,
    ) -> Self {
        let document = |name| Document { id: new_id(mint), name };
        Self {
            id: new_id(mint),
            name,
            status: Status::OutForSignature,
            version_id: new_id(mint),
            created: now,
            changed: now,
            sender: None,
            signers,
            documents: documents.into_iter().map(document).collect(),
        }
    }
}

impl Signer {
    /// Somebody known by the address alone.
    pub(super) fn invited(mint: &Mint, email: String) -> Self {
        Self {
            set_id: new_id(mint),
            id: new_id(mint),
            email,
            company: "".into(),
            name: String::new(),
            key: format!("CBFCIBAA3AAABLblqZh{}", mint.text(BASE64URL, 64)),
        }
    }

    /// Where the agreement is signed.
    pub(super) fn url(&self, web: &str, client_id: &str) -> String {
        format!("{web}public/apiesign?pid={}&client_id={client_id}", self.key)
    }
}

impl Status {
    /// The same in v5 and v6.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Authoring => "AUTHORING",
            Self::Draft => "DRAFT",
            Self::OutForSignature => "OUT_FOR_SIGNATURE",
            Self::Signed => "SIGNED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

impl Widget {
    pub(super) fn new(mint: &Mint, now: Timestamp, name: Cow<'static, str>) -> Self {
        Self {
            id: new_id(mint),
            name,
            modified: now,
            key: format!("CBFCIBAA3AAABLblqZh{}", mint.text(BASE64URL, 32)),
            status: WidgetStatus::Enabled,
        }
    }

    /// Where it is signed.
    pub(super) fn url(&self, access_point: &str) -> String {
        format!("{access_point}public/esignWidget?wid={}", self.key)
    }

    /// What a page embeds it by.
    pub(super) fn javascript(&self, access_point: &str) -> String {
        let source = format!("{access_point}public/embeddedWidget?wid={}", self.key);
        format!("<script type='text/javascript' language='JavaScript' src='{source}'></script>")
    }
}

impl Person {
    fn of(user: &User, is_administrator: bool) -> Self {
        let (first_name, last_name) = user.name.rsplit_once(' ').unwrap_or((&user.name, ""));
        Self {
            id: user.id.clone(),
            email: user.email.clone(),
            company: COMPANY.into(),
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            is_administrator,
            title: String::new(),
            phone: String::new(),
        }
    }

    fn with(mut self, profile: Option<&Profile>) -> Self {
        let Some(Profile { email, first_name, last_name, company, title, phone }) = profile.cloned() else {
            return self;
        };
        self.email = email.unwrap_or(self.email);
        self.first_name = first_name.unwrap_or(self.first_name);
        self.last_name = last_name.unwrap_or(self.last_name);
        self.company = company.map_or(self.company, Cow::Owned);
        self.title = title.unwrap_or(self.title);
        self.phone = phone.unwrap_or(self.phone);
        self
    }

    pub(super) fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim_end().to_owned()
    }

    pub(super) fn initials(&self) -> String {
        [&self.first_name, &self.last_name].into_iter().filter_map(|name| name.chars().next()).collect()
    }
}

/// Everybody in the account: who can log in, in the order of registration, and the colleague.
pub(super) fn people(site: &Site) -> Vec<Person> {
    let users = site.auth.users();
    let active = users.iter().filter(|user| user.death.is_none());
    let mut people: Vec<_> = active.map(|user| Person::of(user, is_administrator(site, user))).collect();
    let account = site.account();
    people.push(account.colleague.clone());
    people.extend(account.added.iter().cloned());
    people
        .into_iter()
        .map(|person| {
            let profile = account.changed.get(&person.id);
            person.with(profile)
        })
        .collect()
}

/// The user registered first administers the account (ADOBE-019).
pub(super) fn is_administrator(site: &Site, user: &User) -> bool {
    site.auth.first_user().is_some_and(|first| first.login == user.login)
}
