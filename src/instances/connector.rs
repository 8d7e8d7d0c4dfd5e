//! A connector as its file describes it: the JSON that the API serves, and how the service talks to the vendor.

use std::{collections::BTreeMap, str::FromStr, sync::OnceLock};

use http::{Method, StatusCode};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::{
    configuration::{API_KEY, API_SECRET},
    error::Error,
    template::Template,
};
use crate::Vendor;

/// The JSON of a connector (4.2), and `service`, which is never served.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Connector {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) hook_name: String,
    pub(crate) key: String,
    pub(crate) description: String,
    image: String,
    active: bool,
    deleted: bool,
    type_oauth: bool,
    trial_account: bool,
    resources: Vec<Value>,
    transformations_enabled: bool,
    bulk_download_enabled: bool,
    bulk_upload_enabled: bool,
    pub(crate) cloneable: bool,
    extendable: bool,
    beta: bool,
    pub(crate) authentication: Authentication,
    extended: bool,
    pub(crate) hub: String,
    protocol_type: String,
    parameters: Vec<Value>,
    private: bool,
    pub(crate) configuration: Vec<Definition>,
    #[serde(skip_serializing)]
    pub(crate) service: Wiring,
    /// Whether it is a copy that somebody made, and can be forgotten.
    #[serde(skip)]
    pub(crate) is_copy: bool,
    /// What instances show, made once.
    #[serde(skip)]
    summary: OnceLock<Value>,
}

/// `authentication` of a connector: how it authenticates unless `authentication.type` says otherwise.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Authentication {
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

/// One entry that an instance can be configured with (6.1 lists the members).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Definition {
    pub(crate) key: String,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: ValueKind,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) default_value: Option<String>,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default = "yes")]
    pub(crate) active: bool,
    #[serde(default)]
    pub(crate) hide_from_console: bool,
    #[serde(default)]
    internal: bool,
    #[serde(default)]
    is_private: bool,
    #[serde(default)]
    company_config: bool,
    #[serde(default)]
    reseller_config: bool,
    #[serde(default)]
    display_order: u32,
    /// Whether the value chooses the group whose definitions count.
    #[serde(default)]
    pub(crate) group_control: bool,
    #[serde(default)]
    pub(crate) group_name: Option<String>,
    #[serde(default)]
    options: Vec<Choice>,
}

fn yes() -> bool {
    true
}

/// What a value may be (3.5).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) enum ValueKind {
    #[serde(rename = "TEXTFIELD_32")]
    Text32,
    #[serde(rename = "TEXTFIELD_64")]
    Text64,
    #[serde(rename = "TEXTFIELD_128")]
    Text128,
    #[serde(rename = "TEXTFIELD_1000")]
    Text1000,
    #[serde(rename = "TEXTAREA")]
    TextArea,
    #[serde(rename = "BOOLEAN")]
    Boolean,
    #[serde(rename = "BOOLEAN_YESNO")]
    YesNo,
    #[serde(rename = "PASSWORD")]
    Password,
    #[serde(rename = "COMBO")]
    Combo,
    #[serde(rename = "CODE_EDITOR")]
    Code,
}

/// One choice of a `COMBO`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choice {
    value: String,
    description: String,
}

/// How the service talks to the vendor.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Wiring {
    #[serde(deserialize_with = "parsed")]
    pub(crate) vendor: Vendor,
    /// The connector that this one is an extended copy of; instances show it as `elementId`.
    #[serde(default)]
    pub(crate) base_id: Option<u64>,
    /// Domains of the vendor. Their hosts are reached at the configured base URL.
    pub(crate) hosts: Vec<String>,
    /// How templates read at the vendor's own hosts, by what they begin with; the longest counts.
    #[serde(default)]
    pub(crate) home: BTreeMap<String, Template>,
    /// Configuration keys that hold addresses. One without a value stands for the base URL.
    #[serde(default)]
    pub(crate) addresses: Vec<String>,
    /// Configuration keys that hold one label of a host name, or a segment of a path that is no more than that.
    #[serde(default)]
    pub(crate) labels: Vec<String>,
    #[serde(default)]
    pub(crate) oauth1: Option<OAuth1>,
    #[serde(default)]
    pub(crate) oauth2: Option<OAuth2>,
    /// How a call shows who it is for, by authentication type.
    pub(crate) credentials: BTreeMap<String, Credentials>,
    /// What is asked once when an instance is made, where no token is obtained.
    #[serde(default)]
    pub(crate) check: Option<Template>,
    /// Refusals that mean something else than their status says.
    #[serde(default)]
    pub(crate) refusals: Vec<Reinterpretation>,
    /// Where a refusal says what is wrong, at vendors that wrap it up.
    #[serde(default)]
    pub(crate) reasons: Vec<Reason>,
    /// Members of `providerData` that become configuration.
    #[serde(default)]
    pub(crate) provider_data: BTreeMap<String, String>,
    pub(crate) ping: Template,
    pub(crate) objects: Vec<Object>,
}

/// The vendor's OAuth 1.0 endpoints.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OAuth1 {
    pub(crate) request_token: Template,
    pub(crate) authorize: Template,
    pub(crate) access_token: Template,
}

/// The vendor's OAuth 2.0 endpoints.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OAuth2 {
    pub(crate) authorize: Template,
    pub(crate) token: Template,
    /// Where tokens are refreshed, if not where codes are exchanged.
    #[serde(default)]
    pub(crate) refresh: Option<Template>,
    #[serde(default)]
    pub(crate) scope: Option<String>,
    /// Further parameters of `oauth/url`, and the configuration keys they stand for.
    #[serde(default)]
    pub(crate) parameters: BTreeMap<String, String>,
    /// Configuration keys that are filled from members of the token answer.
    #[serde(default)]
    pub(crate) learned: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) discovery: Option<Discovery>,
}

/// A resource that is read once after the exchange.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Discovery {
    pub(crate) url: Template,
    /// Configuration keys that are filled from members of the answer.
    pub(crate) values: BTreeMap<String, String>,
}

/// How a call shows who it is for.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Credentials {
    /// HTTP Basic.
    Basic(Basic),
    /// Headers, as they are written.
    Headers(BTreeMap<String, Template>),
    /// An OAuth 1.0 signature, with `oauth.api.key`, `oauth.user.token` and their secrets.
    Signature {},
}

/// Where the two halves of HTTP Basic come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Basic {
    pub(crate) username: Template,
    pub(crate) password: Template,
}

/// A refusal of the vendor, recognised by its status and a header, and the status it is passed on with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reinterpretation {
    #[serde(deserialize_with = "status")]
    pub(crate) status: StatusCode,
    #[serde(default)]
    pub(crate) header: Option<String>,
    #[serde(default)]
    pub(crate) value: Option<String>,
    #[serde(deserialize_with = "status")]
    pub(crate) means: StatusCode,
}

/// Where in the body of a refusal the reason stands, and the members that make up its text, in their order.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    pub(crate) at: Place,
    pub(crate) members: Vec<String>,
}

/// One object that the connector offers.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Object {
    pub(crate) name: String,
    pub(crate) vendor_name: String,
    #[serde(rename = "type")]
    pub(crate) kind: ObjectKind,
    pub(crate) list: List,
    /// Where an answer about one record holds it, if not at its top.
    #[serde(default)]
    pub(crate) record: Option<Place>,
    #[serde(default)]
    pub(crate) item: Option<Item>,
    #[serde(default)]
    pub(crate) create: Option<Create>,
    /// Of files: how their content comes and goes.
    #[serde(default)]
    pub(crate) content: Option<Content>,
}

/// Where the content of files is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Content {
    /// Where a file is read, if it can be. The vendor may send the reader on, once.
    #[serde(default)]
    pub(crate) download: Option<Template>,
    #[serde(default)]
    pub(crate) upload: Option<Upload>,
}

/// How a file is sent to a vendor.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Upload {
    /// With `{path}` for the path of the new file, where the vendor takes files by path.
    pub(crate) url: Template,
    /// The folder of files that are sent without a path.
    #[serde(default)]
    pub(crate) folder: String,
    /// The parts of the form that the vendor takes; without them the content is the body.
    #[serde(default)]
    pub(crate) form: Vec<Part>,
    /// Where in the answer the new record is.
    #[serde(default)]
    pub(crate) record: Option<Place>,
}

/// One part of a form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    pub(crate) name: String,
    /// What it says, with `{name}`, `{folder}` and `{type}` in it; without it, the part is the file.
    #[serde(default)]
    pub(crate) says: Option<Value>,
}

/// Where an object is defined (3.8).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) enum ObjectKind {
    /// Normalised by the service.
    #[serde(rename = "ceCanonical")]
    CeCanonical,
    /// The vendor's own, passed on as it is.
    #[serde(rename = "vendor")]
    Vendor,
    /// Defined by the user and mapped to a vendor's object.
    #[serde(rename = "vdr")]
    Vdr,
}

/// Where the objects are read, and where in the answer they sit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct List {
    pub(crate) url: Template,
    /// The member that holds the array; without it the whole answer is meant.
    #[serde(default)]
    pub(crate) at: Option<Place>,
    /// Only entries with these members.
    #[serde(default)]
    pub(crate) only: Map<String, Value>,
    /// How the vendor takes pages; without it the whole list comes at once.
    #[serde(default)]
    pub(crate) paging: Option<Paging>,
}

/// How a vendor is asked for a part of a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum Paging {
    /// By two parameters, of which one counts records.
    Offset {
        size: String,
        offset: String,
        /// The number of the first record.
        #[serde(default)]
        first: u64,
    },
    /// By two parameters, of which one counts pages from 1.
    Page { size: String, page: String },
    /// By the end of a query in one parameter, such as `LIMIT {size} OFFSET {offset}`.
    Clause {
        parameter: String,
        text: Template,
        /// The number of the first record.
        #[serde(default)]
        first: u64,
    },
}

/// A member of an answer, with dots between the names that lead to it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(from = "String")]
pub(crate) struct Place(Vec<String>);

impl From<String> for Place {
    fn from(path: String) -> Self {
        Self(path.split('.').map(str::to_owned).collect())
    }
}

impl Place {
    /// What is there; of an array, the first entry is meant on the way.
    pub(crate) fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.0.iter().try_fold(value, |value, name| match value {
            Value::Array(entries) => entries.first()?.get(name),
            other => other.get(name),
        })
    }

    /// The same, taken out.
    pub(crate) fn take(&self, mut value: Value) -> Option<Value> {
        for name in &self.0 {
            value = value.get_mut(name)?.take();
        }
        Some(value)
    }
}

/// Where one object lives.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Item {
    pub(crate) url: Template,
    /// What is passed on as it comes.
    #[serde(deserialize_with = "methods")]
    methods: Vec<Method>,
    /// What the vendor does by another call, by the method that callers use.
    #[serde(default)]
    instead: BTreeMap<String, Substitute>,
}

/// The call by which a vendor does what a caller asks for with another method.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Substitute {
    #[serde(deserialize_with = "parsed")]
    pub(crate) method: Method,
    /// Where it goes, if not where the record lives.
    #[serde(default)]
    pub(crate) url: Option<Template>,
    /// Members that the body has in any case.
    #[serde(default)]
    pub(crate) with: Map<String, Value>,
    /// Members that are taken from the record as it is, unless the caller sends them: QuickBooks wants to be told which
    /// version is changed.
    #[serde(default)]
    pub(crate) current: Vec<String>,
}

impl Item {
    /// What can be done with one record.
    pub(crate) fn methods(&self) -> impl Iterator<Item = &str> {
        self.methods.iter().map(Method::as_str).chain(self.instead.keys().map(String::as_str))
    }

    pub(crate) fn takes(&self, method: &Method) -> bool {
        self.methods().any(|own| own == method.as_str())
    }

    pub(crate) fn instead_of(&self, method: &Method) -> Option<&Substitute> {
        self.instead.get(method.as_str())
    }
}

/// Where objects are made.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Create {
    pub(crate) url: Template,
    /// The member of the record that says where it will be, and is `{path}` of the URL.
    #[serde(default)]
    pub(crate) path: Option<String>,
    /// Members that the body has in any case.
    #[serde(default)]
    pub(crate) with: Map<String, Value>,
}

impl Create {
    /// The place that the record names, if it has to, and the body without it.
    pub(crate) fn place(&self, record: Value) -> Result<(Option<String>, Value), Error> {
        let Value::Object(mut members) = record else { return Ok((None, record)) };
        let place = match &self.path {
            None => None,
            Some(name) => match members.shift_remove(name) {
                Some(Value::String(place)) if !place.is_empty() => Some(place),
                Some(_) => return Err(Error::wrong(name, "a path that is not empty")),
                None => return Err(Error::Missing(vec![name.clone()])),
            },
        };
        members.extend(self.with.clone());
        Ok((place, Value::Object(members)))
    }
}

impl Connector {
    /// The number that instances show as `elementId`: the base connector's, which differs for extended copies.
    pub(crate) fn element_id(&self) -> u64 {
        self.service.base_id.unwrap_or(self.id)
    }

    /// A copy with a name of its own. The application of the original is not given away: what a caller would take
    /// over as `oauth.api.key` or `oauth.api.secret` is left empty (3.9).
    pub(crate) fn copy(&self, id: u64, key: String, name: String) -> Self {
        let mut copy = Self { id, key, name, is_copy: true, summary: OnceLock::new(), ..self.clone() };
        copy.cloneable = false;
        copy.service.base_id = Some(self.element_id());
        for definition in &mut copy.configuration {
            if matches!(definition.key.as_str(), API_KEY | API_SECRET) {
                definition.default_value = Some(String::new());
            }
        }
        copy
    }

    /// `element` as instances show it: without the definitions.
    pub(crate) fn summary(&self) -> &Value {
        self.summary.get_or_init(|| {
            let mut element = self.full();
            if let Value::Object(members) = &mut element {
                members.remove("configuration");
            }
            element
        })
    }

    /// The connector as `GET /elements/{keyOrId}` shows it.
    #[expect(clippy::expect_used, reason = "a struct of strings, numbers and JSON values is always JSON")]
    pub(crate) fn full(&self) -> Value {
        serde_json::to_value(self).expect("a connector is JSON")
    }

    pub(crate) fn definition(&self, key: &str) -> Option<&Definition> {
        self.configuration.iter().find(|definition| definition.key == key)
    }

    /// The id of the entry at `position` of the configuration. It belongs to the connector, not to an instance (3.5).
    pub(crate) fn definition_id(&self, position: usize) -> u64 {
        self.element_id() * 1000 + u64::try_from(position).unwrap_or_default() + 1
    }

    /// Every template of the connector, for checks.
    pub(crate) fn templates(&self) -> Vec<&Template> {
        let service = &self.service;
        let mut templates = vec![&service.ping];
        templates.extend(service.home.values());
        templates.extend(&service.check);
        if let Some(oauth1) = &service.oauth1 {
            templates.extend([&oauth1.request_token, &oauth1.authorize, &oauth1.access_token]);
        }
        if let Some(oauth2) = &service.oauth2 {
            templates.extend([&oauth2.authorize, &oauth2.token]);
            templates.extend(&oauth2.refresh);
            templates.extend(oauth2.discovery.as_ref().map(|discovery| &discovery.url));
        }
        for credentials in service.credentials.values() {
            match credentials {
                Credentials::Basic(basic) => templates.extend([&basic.username, &basic.password]),
                Credentials::Headers(headers) => templates.extend(headers.values()),
                Credentials::Signature {} => {}
            }
        }
        for object in &service.objects {
            templates.push(&object.list.url);
            if let Some(item) = &object.item {
                templates.push(&item.url);
                templates.extend(item.instead.values().filter_map(|substitute| substitute.url.as_ref()));
            }
            templates.extend(object.create.as_ref().map(|create| &create.url));
            if let Some(content) = &object.content {
                templates.extend(&content.download);
                templates.extend(content.upload.as_ref().map(|upload| &upload.url));
            }
        }
        templates
    }
}

fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err: std::fmt::Display>>(
    deserializer: D,
) -> Result<T, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StatusCode, D::Error> {
    StatusCode::from_u16(u16::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

fn methods<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Method>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    names.iter().map(|name| Method::from_bytes(name.as_bytes()).map_err(serde::de::Error::custom)).collect()
}
