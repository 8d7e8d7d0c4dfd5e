//! What nobody should send.

use crate::attack::Detour;

/// Methods, one of which nobody knows.
pub(crate) const VERBS: [&str; 10] =
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"];

/// Parameters that some vendor knows.
pub(crate) const NAMES: [&str; 36] = [
    "access_token",
    "account_uuid",
    "action",
    "assertion",
    "callback",
    "client_assertion",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_verifier",
    "context",
    "count",
    "cursor",
    "fields",
    "filter",
    "format",
    "grant_type",
    "limit",
    "offset",
    "page",
    "pageSize",
    "parent",
    "password",
    "q",
    "query",
    "redirect_uri",
    "refresh_token",
    "rehearsal_ticket",
    "response_type",
    "scope",
    "startIndex",
    "state",
    "token",
    "username",
    "version",
];

/// Values, raw.
pub(crate) const VALUES: [&[u8]; 24] = [
    b"",
    b"0",
    b"-1",
    b"1",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"18446744073709551616",
    b"1e308",
    b"NaN",
    b"null",
    b"true",
    b"[]",
    b"[[[[",
    b"{\"a\":1}",
    b"\xff\xfe",
    b"%FF%FE",
    b"%",
    b"%0",
    b"%00",
    b"%0D%0ASet-Cookie:%20a=b",
    b"'%20OR%20''='",
    b"../../etc",
    b"%F0%9F%8E%AD",
    b"urn:nobody:knows:this",
];

/// Headers.
pub(crate) const HEADERS: [(&str, &[u8]); 24] = [
    ("Authorization", b""),
    ("Authorization", b"Bearer"),
    ("Authorization", b"Bearer "),
    ("Authorization", b"bearer \xff\xfe"),
    ("Authorization", b"Basic"),
    ("Authorization", b"Basic !!!"),
    ("Authorization", b"Basic /////w=="),
    ("Authorization", b"Basic Og=="),
    ("Authorization", b"OAuth "),
    ("Access-Token", b"\xff"),
    ("X-Auth-Token", b""),
    ("X-Api-User", b"email:"),
    ("X-Egnyte-Act-As", b"\xff"),
    ("X-PrettyPrint", b"-1"),
    ("Accept", b"*/*;q=x, ;;,application/xml;q=99999999999999999999"),
    ("Accept", b"\xff"),
    ("Host", b""),
    ("Host", b":"),
    ("Host", b"[::1"),
    ("Host", b".egnyte.com:99999999"),
    ("Host", b"\xff"),
    ("If-Match", b"\xff"),
    ("Range", b"bytes=18446744073709551615-0"),
    ("Content-Length", b"-1"),
];

/// Bodies, each with its content type.
pub(crate) const BODIES: [(&str, &[u8]); 16] = [
    ("", b"grant_type=x"),
    ("/", b"grant_type=x"),
    ("text/plain", b"grant_type=authorization_code&code=x"),
    ("application/x-www-form-urlencoded", b"&&=&==&%&\xff=\xff&grant_type"),
    ("application/x-www-form-urlencoded; charset=utf-99", b"grant_type=password"),
    ("application/json", b""),
    ("application/json", b"\xff"),
    ("application/json", b"{\"grant_type\":"),
    ("application/json", b"[1,2"),
    ("application/json", b"{\"name\":{\"a\":[]},\"parent\":1,\"email\":-1,\"path\":[],\"action\":1e400}"),
    ("application/json", b"{\"name\":-1e999,\"Name\":[],\"code\":{},\"grant_type\":[]}"),
    ("application/xml", b"<customer><first_name>"),
    ("application/xml", b"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;&b;</a>"),
    ("multipart/form-data", b"--x\r\nContent-Disposition: form-data"),
    (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data; name=\"attributes\"\r\n\r\n{\"na",
    ),
    ("multipart/form-data; boundary=", b"--\r\n\r\n--"),
];

/// Other paths, made from a good one.
pub(crate) fn detours() -> Vec<Detour> {
    let before = ["/", "//", "/.", "/%2F", "/nobody", "/%FF"].map(|text| Detour::Before(text.to_owned()));
    let behind = ["/", "//", "/..", "/%2F..", "/%00", "/%FF", ".xml", ".json", ";a=b", "/more/and/more"];
    let last = ["%00", "%FF%FE", "-1", "99999999999999999999", "..", "%7B%7D", "%F0%9F%8E%AD", "'", "%20"];
    let long = ["a", "/a", "%41"].map(|text| Detour::Behind(text.repeat(16_000)));
    let behind = behind.map(|text| Detour::Behind(text.to_owned()));
    let last = last.map(|text| Detour::Last(text.to_owned()));
    before.into_iter().chain(behind).chain(last).chain(long).collect()
}
