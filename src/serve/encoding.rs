//! Answers that are compressed for those who ask.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderValue, header};

use crate::{Reply, Vendor, exchange::Ending};

/// Compresses the body of a whole answer, if the vendor does that and the caller takes gzip (BC-069). Nobody gets
/// deflate: a client of the vendor's own cannot read it.
pub(super) fn encoded(vendor: Vendor, asked: &HeaderMap, mut reply: Reply) -> Reply {
    let is_whole = matches!(reply.delivery.ending, Ending::Whole | Ending::CloseAfter);
    if vendor != Vendor::BigCommerce || !is_whole || reply.body().is_empty() || !takes_gzip(asked) {
        return reply;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(reply.response.body()).and_then(|()| encoder.finish());
    // Memory takes every write; if it did not, the answer would go as it is.
    if let Ok(compressed) = written {
        *reply.response.body_mut() = compressed.into();
        let headers = reply.response.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    reply
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    let all = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(',')).any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let names_it = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        names_it && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_where_it_is_named_and_not_ruled_out() {
        let takes = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_str(value).unwrap());
            takes_gzip(&headers)
        };
        assert!(takes("gzip") && takes("deflate, GZIP;q=0.5"), "BC-069");
        assert!(!takes("deflate") && !takes("gzip;q=0, deflate") && !takes("identity"), "BC-069");
    }
}
