//! What can be wrong with a request.

use serde_json::Value;

use crate::request::Template;

/// One thing done to a good request.
#[derive(Clone, Debug)]
pub(crate) enum Attack {
    /// Another method.
    Verb(String),
    /// Another path, made from the good one.
    Path(Detour),
    /// The parameter at this place is left out.
    Without(usize),
    /// The parameter at this place comes twice.
    Twice(usize),
    /// The parameter at this place has this value, raw.
    Value(usize, Vec<u8>),
    /// One parameter more.
    Also(String, Vec<u8>),
    /// A header has this value; if it is there already, it comes twice.
    Header(String, Vec<u8>),
    /// A header is left out.
    NoHeader(String),
    /// A header has this value in place of its own.
    Instead(String, Vec<u8>),
    /// Another body, of this type.
    Body(String, Vec<u8>),
    /// The body ends after this many bytes.
    Cut(usize),
}

/// How a path is changed.
#[derive(Clone, Debug)]
pub(crate) enum Detour {
    /// This stands before it.
    Before(String),
    /// This stands behind it.
    Behind(String),
    /// This stands for its last segment.
    Last(String),
}

impl Attack {
    /// Does it.
    pub(crate) fn apply(&self, template: &mut Template) {
        match self {
            Self::Verb(verb) => template.method.clone_from(verb),
            Self::Path(detour) => detour.apply(&mut template.target),
            Self::Without(place) => edit(template, *place, |pairs, at| drop(pairs.remove(at))),
            Self::Twice(place) => edit(template, *place, |pairs, at| pairs.push(pairs[at].clone())),
            Self::Value(place, value) => edit(template, *place, |pairs, at| pairs[at].1.clone_from(value)),
            Self::Also(name, value) => add(template, name, value),
            Self::Header(name, value) => template.headers.push((name.clone(), value.clone())),
            Self::NoHeader(name) => template.headers.retain(|(of, _)| !of.eq_ignore_ascii_case(name)),
            Self::Instead(name, value) => {
                template.headers.retain(|(of, _)| !of.eq_ignore_ascii_case(name));
                template.headers.push((name.clone(), value.clone()));
            }
            Self::Body(content_type, body) => {
                Self::Instead("Content-Type".to_owned(), content_type.clone().into_bytes()).apply(template);
                template.body.clone_from(body);
            }
            Self::Cut(length) => template.body.truncate(*length),
        }
    }
}

impl Detour {
    fn apply(&self, target: &mut String) {
        let query = target.find('?').map_or_else(String::new, |at| target.split_off(at));
        match self {
            Self::Before(prefix) => target.insert_str(0, prefix),
            Self::Behind(suffix) => target.push_str(suffix),
            Self::Last(segment) => {
                target.truncate(target.rfind('/').map_or(0, |at| at + 1));
                target.push_str(segment);
            }
        }
        target.push_str(&query);
    }
}

type Pairs = Vec<(String, Vec<u8>)>;

/// How many parameters a request has, in the query and in the body.
pub(crate) fn count(template: &Template) -> usize {
    query(template).len() + body(template).len()
}

/// Changes the parameter at `place`; those of the query come first.
fn edit(template: &mut Template, place: usize, change: impl FnOnce(&mut Pairs, usize)) {
    let mut in_query = query(template);
    let mut in_body = body(template);
    if place < in_query.len() {
        change(&mut in_query, place);
        put_query(template, &in_query);
    } else if place - in_query.len() < in_body.len() {
        let at = place - in_query.len();
        change(&mut in_body, at);
        put_body(template, &in_body);
    }
}

fn add(template: &mut Template, name: &str, value: &[u8]) {
    let mut pairs = body(template);
    if pairs.is_empty() {
        pairs = query(template);
        pairs.push((name.to_owned(), value.to_owned()));
        put_query(template, &pairs);
    } else {
        pairs.push((name.to_owned(), value.to_owned()));
        put_body(template, &pairs);
    }
}

fn query(template: &Template) -> Pairs {
    template.target.split_once('?').map(|(_, query)| pairs(query)).unwrap_or_default()
}

fn put_query(template: &mut Template, pairs: &Pairs) {
    let path = template.target.split('?').next().unwrap_or_default().to_owned();
    let query = joined(pairs);
    // A target is text; bytes that are none are written as percent signs, which is the only way they could come.
    let query: String = query.iter().map(|byte| ascii_or_percent(*byte)).collect();
    template.target = format!("{path}?{query}");
}

fn ascii_or_percent(byte: u8) -> String {
    if byte.is_ascii_graphic() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

fn is_json(template: &Template) -> bool {
    template.headers.iter().any(|(_, value)| value == b"application/json")
}

/// The parameters of a form or of a JSON object.
fn body(template: &Template) -> Pairs {
    if !is_json(template) {
        return std::str::from_utf8(&template.body).map(pairs).unwrap_or_default();
    }
    let Ok(Value::Object(members)) = serde_json::from_slice(&template.body) else { return Vec::new() };
    members.into_iter().map(|(name, value)| (name, value.to_string().into_bytes())).collect()
}

fn put_body(template: &mut Template, pairs: &Pairs) {
    if !is_json(template) {
        template.body = joined(pairs);
        return;
    }
    let member = |(name, value): &(String, Vec<u8>)| {
        let name = Value::from(name.as_str()).to_string();
        // What is no JSON comes as a text, its bytes as they are.
        let value = match serde_json::from_slice::<Value>(value) {
            Ok(_) => value.clone(),
            Err(_) => [b"\"", value.as_slice(), b"\""].concat(),
        };
        [name.as_bytes(), b":", &value].concat()
    };
    template.body =
        [b"{", pairs.iter().map(member).collect::<Vec<_>>().join(&b","[..]).as_slice(), b"}"].concat();
}

fn pairs(text: &str) -> Pairs {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.to_owned(), value.as_bytes().to_owned())
    };
    text.split('&').filter(|text| !text.is_empty()).map(pair).collect()
}

fn joined(pairs: &Pairs) -> Vec<u8> {
    let pair = |(name, value): &(String, Vec<u8>)| [name.as_bytes(), b"=", value].concat();
    pairs.iter().map(pair).collect::<Vec<_>>().join(&b"&"[..])
}
