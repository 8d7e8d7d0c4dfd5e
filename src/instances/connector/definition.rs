//! The entries of a connector's configuration, as the API shows them.

use serde::{Deserialize, Serialize};

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
