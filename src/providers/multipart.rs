//! Bodies of type `multipart/form-data` (RFC 7578).

/// One part that arrived whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part<'b> {
    pub(crate) name: &'b str,
    /// Only files have one.
    pub(crate) file_name: Option<&'b str>,
    pub(crate) content: &'b [u8],
}

/// The parts of `body` that have a name. A part that is cut off is none, nor is anything after it.
pub(crate) fn parts<'b>(content_type: &str, body: &'b [u8]) -> Vec<Part<'b>> {
    let Some(boundary) = attribute(content_type, "boundary") else { return Vec::new() };
    let delimiter = format!("\r\n--{boundary}");
    let delimiter = delimiter.as_bytes();
    // The first delimiter has no line before it, unless there is a preamble.
    let begins = body.starts_with(&delimiter[2..]).then(|| delimiter.len() - 2);
    let begins = begins.or_else(|| find(body, delimiter).map(|at| at + delimiter.len()));
    let Some(begins) = begins else { return Vec::new() };
    let mut rest = &body[begins..];
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        let Some(end) = find(rest, delimiter) else { break };
        parts.extend(part(&rest[..end]));
        rest = &rest[end + delimiter.len()..];
    }
    parts
}

fn part(text: &[u8]) -> Option<Part<'_>> {
    let text = text.strip_prefix(b"\r\n")?;
    let end = find(text, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&text[..end]).ok()?;
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    let (_, disposition) =
        lines.find(|(header, _)| header.trim().eq_ignore_ascii_case("content-disposition"))?;
    Some(Part {
        name: attribute(disposition, "name")?,
        file_name: attribute(disposition, "filename"),
        content: &text[end + 4..],
    })
}

/// The value of `name="value"` or `name=value` in a header; a quoted value may hold semicolons.
fn attribute<'h>(header: &'h str, name: &str) -> Option<&'h str> {
    let (_, mut rest) = header.split_once(';')?;
    loop {
        let (of, value) = rest.split_once('=')?;
        let value = value.trim_start();
        let (value, next) = match value.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.find('"')?;
                (&quoted[..end], quoted[end + 1..].split_once(';').map(|(_, next)| next))
            }
            None => match value.split_once(';') {
                Some((value, next)) => (value.trim(), Some(next)),
                None => (value.trim(), None),
            },
        };
        if of.trim().eq_ignore_ascii_case(name) {
            return Some(value).filter(|value| !value.is_empty());
        }
        rest = next?;
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TYPE: &str = "multipart/form-data; charset=x; boundary=\"x-1\"";

    fn read(body: &[u8]) -> Vec<(&str, Option<&str>, &[u8])> {
        parts(TYPE, body).into_iter().map(|part| (part.name, part.file_name, part.content)).collect()
    }

    #[test]
    fn parts_are_read_in_order_bytes_and_all() {
        let body = b"--x-1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n\
            --x-1\r\ncontent-type: a/b\r\ncontent-disposition: form-data; filename=\"a;b\"; name=f\r\n\r\n\xff\r\n\
            --x-1\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n\r\n--x-1--\r\n";
        let expected: [(&str, Option<&str>, &[u8]); 3] =
            [("a", None, b"1\r\n2"), ("f", Some("a;b"), b"\xff"), ("b", None, b"")];
        assert_eq!(read(body), expected);
        let preamble = [b"so it begins\r\n", body.as_slice()].concat();
        assert_eq!(read(&preamble), expected);
    }

    #[test]
    fn what_is_cut_off_is_no_part() {
        let whole = "--x-1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1";
        for cut in ["", "\r\n", "\r\n--x-"] {
            assert_eq!(read(format!("{whole}{cut}").as_bytes()), []);
        }
        assert_eq!(read(b"--x-1--x-1\r\n\r\n--x-1"), []);
        assert_eq!(parts("multipart/form-data", whole.as_bytes()), []);
        assert_eq!(parts("multipart/form-data; boundary", whole.as_bytes()), []);
    }

    proptest! {
        #[test]
        fn no_body_is_too_strange(body in prop::collection::vec(any::<u8>(), 0..200), head in ".{0,40}") {
            let _ = parts(&format!("multipart/form-data; {head}"), &body);
            let _ = parts("multipart/form-data; boundary=-", &body);
        }
    }
}
