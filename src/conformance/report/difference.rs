//! Expected beside got, with what differs marked.

use maud::{Markup, html};
use similar::{ChangeTag, TextDiff};

/// Two texts with a mark around the words that the other does not have: first what is missing, then what came instead.
pub(super) fn marked(expected: &str, got: &str) -> (Markup, Markup) {
    let difference = TextDiff::from_words(expected, got);
    let side = |own: ChangeTag| {
        html! {
            @for change in difference.iter_all_changes().filter(|change| [ChangeTag::Equal, own].contains(&change.tag())) {
                @if change.tag() == own { mark { (change.value()) } } @else { (change.value()) }
            }
        }
    };
    (side(ChangeTag::Delete), side(ChangeTag::Insert))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_marked() {
        let (expected, got) = marked("status 401", "status 500 <b>");
        assert_eq!(expected.into_string(), "status <mark>401</mark>");
        assert_eq!(got.into_string(), "status <mark>500</mark><mark> </mark><mark>&lt;b&gt;</mark>");
    }
}
