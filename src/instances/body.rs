//! Request bodies: JSON objects whose members are read with their types.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, rejection::BytesRejection},
};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

use super::{Service, error::Error};

/// The largest body, in bytes; the platform has a limit but does not say which (2.2).
pub(crate) const LIMIT: usize = 4 * 1024 * 1024;

/// The members of a request body. A member that is `null` counts as absent.
#[derive(Clone, Default)]
pub(crate) struct Members(Map<String, Value>);

impl Members {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Error> {
        Self::of(serde_json::from_slice(body).map_err(|error| Error::NotJson(position(&error)))?)
    }

    /// The members of a value that is an object.
    pub(crate) fn of(value: Value) -> Result<Self, Error> {
        match value {
            Value::Object(members) => Ok(Self(members)),
            _ => Err(Error::NotAnObject),
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// Everything there is, for what is kept as it came.
    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Error> {
        self.typed(name, "a string", Value::as_str)
    }

    pub(crate) fn flag(&self, name: &str) -> Result<bool, Error> {
        Ok(self.typed(name, "a boolean", Value::as_bool)?.unwrap_or(false))
    }

    pub(crate) fn object(&self, name: &str) -> Result<Option<&Map<String, Value>>, Error> {
        self.typed(name, "an object", Value::as_object)
    }

    pub(crate) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Error> {
        let texts = |value: &Value| -> Option<Vec<String>> {
            value.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
        };
        self.typed(name, "an array of strings", texts)
    }

    fn typed<'a, T>(
        &'a self,
        name: &str,
        expected: &'static str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        self.value(name).map(|value| read(value).ok_or_else(|| Error::wrong(name, expected))).transpose()
    }
}

/// Where the JSON broke. The parser's own text is left out, since it can repeat what was sent.
fn position(error: &serde_json::Error) -> String {
    format!("it breaks at line {}, column {}", error.line(), error.column())
}

impl FromRequest<Service> for Members {
    type Rejection = Error;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Error> {
        if !is_json(request.headers()) {
            return Err(Error::UnsupportedMediaType);
        }
        Self::parse(&read(request, service).await?)
    }
}

/// The body as it came, or why it could not be read.
pub(crate) async fn read(request: Request, service: &Service) -> Result<Bytes, Error> {
    in_time(service, async {
        Bytes::from_request(request, service).await.map_err(|rejection: BytesRejection| {
            match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
                _ => Error::UnreadableBody,
            }
        })
    })
    .await
}

/// What `reading` gives, unless the caller takes too long to send it.
pub(crate) async fn in_time<T>(
    service: &Service,
    reading: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    tokio::time::timeout(service.patience(), reading).await.unwrap_or(Err(Error::UnreadableBody))
}

/// Whether the body says it is JSON. One that says nothing is taken to be.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_none_or(|value| {
        let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case("application/json")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_of_the_wrong_type_is_named() {
        let members =
            Members::parse(br#"{"name": 5, "tags": ["a", 1], "configuration": [], "flag": "true"}"#).unwrap();
        let message = |error: Error| error.to_string();
        assert_eq!(message(members.text("name").unwrap_err()), "name must be a string");
        assert_eq!(message(members.texts("tags").unwrap_err()), "tags must be an array of strings");
        assert_eq!(message(members.object("configuration").unwrap_err()), "configuration must be an object");
        assert_eq!(message(members.flag("flag").unwrap_err()), "flag must be a boolean");
        assert_eq!(members.text("absent").unwrap(), None);
    }

    #[test]
    fn what_is_not_an_object_is_refused_without_being_repeated() {
        assert!(matches!(Members::parse(b"[]"), Err(Error::NotAnObject)));
        let refused = Members::parse(br#"{"password": "hunter2" oops"#).err().unwrap();
        assert!(!refused.to_string().contains("hunter2"), "{refused}");
    }
}
