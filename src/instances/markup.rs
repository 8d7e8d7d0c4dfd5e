//! Markup is taken out of names, tags and vendors' error pages; the text stays.

/// How often tags are taken out of what taking tags out has left.
const PASSES: usize = 8;

/// `text` without tags. A `<` that opens no tag is text; a tag that never ends takes the rest with it.
pub(crate) fn strip(text: &str) -> String {
    let mut text = text.to_owned();
    // Taking a tag out can join two halves of another one.
    for _ in 0..PASSES {
        let stripped = strip_once(&text);
        if stripped == text {
            return stripped;
        }
        text = stripped;
    }
    // Nobody means this many halves within halves; what is left of them opens no tag.
    text.replace('<', "")
}

fn strip_once(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let (before, tag) = rest.split_at(open);
        kept.push_str(before);
        let opens_tag =
            tag[1..].starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'));
        if opens_tag {
            rest = tag_end(tag).map_or("", |end| &tag[end..]);
        } else {
            kept.push('<');
            rest = &tag[1..];
        }
    }
    kept.push_str(rest);
    kept
}

/// Where the tag that `text` begins with is over; a `>` in quotes does not end it.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (position, character) in text.char_indices() {
        match (quote, character) {
            (None, '>') => return Some(position + 1),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    // An odd quote, as in an apostrophe: the first `>` it is.
    text.find('>').map(|position| position + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::strip;

    proptest! {
        #[test]
        fn nothing_that_opens_a_tag_is_left(text in "[<>ab/!'\"= é]{0,40}") {
            let stripped = strip(&text);
            for (position, _) in stripped.match_indices('<') {
                let next = stripped[position + 1..].chars().next();
                let opens = next.is_some_and(|next| next.is_ascii_alphabetic() || "/!?".contains(next));
                prop_assert!(!opens, "{:?} became {:?}", text, stripped);
            }
            prop_assert_eq!(strip(&stripped), stripped);
        }
    }

    #[test]
    fn halves_within_halves_take_no_time() {
        let deep = ["<".repeat(100_000), "b>".repeat(100_000)].concat();
        assert!(!strip(&deep).contains('<'));
    }

    #[test]
    fn tags_go_and_text_stays() {
        assert_eq!(strip(r##"<a href="#" onClick="x > y">churros-xss</a>"##), "churros-xss");
        assert_eq!(strip("a < b & c > d"), "a < b & c > d");
        assert_eq!(strip("<h1>Developer Inactive</h1>"), "Developer Inactive");
        assert_eq!(strip("plain  name "), "plain  name ");
        assert_eq!(strip("1<2"), "1<2");
    }

    #[test]
    fn no_tag_is_left_however_it_is_hidden() {
        assert_eq!(strip("<scr<b>ipt>alert(1)</script>"), "ipt>alert(1)");
        assert_eq!(strip("<<b>script>x"), "x");
        assert_eq!(strip("x<img src=y onerror=z"), "x");
        assert_eq!(strip("<!-- c -->x"), "x");
        assert_eq!(strip("<p it's>x"), "x");
    }
}
