//! Where in a vendor's answer something stands.

use serde::Deserialize;
use serde_json::Value;

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
