//! Texts between single quotes, as the vendors' query languages write them.

/// Where a text ends whose opening quote is gone; `\'` does not end it.
pub(crate) fn end_of_text(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let ends = c == '\'' && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(at)
    })
}
