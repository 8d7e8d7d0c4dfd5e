//! The functions of a source file, with the texts in them and the names they mention.
//!
//! The compiler's own lexer tells texts from comments, so that an id in a comment is no claim.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A function, constant or static of a source file.
#[derive(Debug, Default)]
pub(crate) struct Item {
    pub(crate) name: String,
    /// Whether the test harness runs it.
    pub(crate) is_test: bool,
    /// Its string literals, as written.
    pub(crate) texts: Vec<String>,
    /// Every identifier in it.
    pub(crate) mentions: BTreeSet<String>,
}

/// The items of a source file, at any depth of modules and macros.
pub(crate) fn items(source: &str) -> Result<Vec<Item>, proc_macro2::LexError> {
    let mut items = Vec::new();
    walk(source.parse()?, &mut items);
    Ok(items)
}

fn walk(stream: TokenStream, items: &mut Vec<Item>) {
    let mut tokens = stream.into_iter().peekable();
    let mut attributes: Vec<String> = Vec::new();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                tokens.next_if(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '!'));
                if let Some(TokenTree::Group(group)) = tokens.next() {
                    attributes.push(attribute_name(group.stream()));
                }
            }
            TokenTree::Ident(keyword) if keyword == "fn" || keyword == "const" || keyword == "static" => {
                let Some(TokenTree::Ident(name)) =
                    tokens.next_if(|token| matches!(token, TokenTree::Ident(name) if name != "fn"))
                else {
                    continue;
                };
                let mut item = Item { name: name.to_string(), ..Item::default() };
                let has = |wanted: &str| attributes.iter().any(|attribute| attribute == wanted);
                item.is_test = keyword == "fn" && has("test") && !has("ignore");
                attributes.clear();
                for token in tokens.by_ref() {
                    let ends = match &token {
                        TokenTree::Group(group) => keyword == "fn" && group.delimiter() == Delimiter::Brace,
                        TokenTree::Punct(punct) => punct.as_char() == ';',
                        _ => false,
                    };
                    collect(TokenStream::from(token), &mut item);
                    if ends {
                        break;
                    }
                }
                items.push(item);
            }
            TokenTree::Group(group) => {
                if group.delimiter() == Delimiter::Brace {
                    attributes.clear();
                }
                walk(group.stream(), items);
            }
            TokenTree::Punct(punct) if punct.as_char() == ';' => attributes.clear(),
            _ => {}
        }
    }
}

/// The last part of an attribute's path: `test` of `#[tokio::test(start_paused = true)]`.
fn attribute_name(stream: TokenStream) -> String {
    let path = stream.into_iter().take_while(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    });
    path.filter(|token| matches!(token, TokenTree::Ident(_)))
        .last()
        .map(|last| last.to_string())
        .unwrap_or_default()
}

fn collect(stream: TokenStream, item: &mut Item) {
    let mut tokens = stream.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            // An attribute; a documenting comment is one as well.
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                tokens.next_if(|token| matches!(token, TokenTree::Group(_)));
            }
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                if text.contains('"') {
                    item.texts.push(text);
                }
            }
            TokenTree::Ident(ident) => {
                item.mentions.insert(ident.to_string());
            }
            TokenTree::Group(group) => collect(group.stream(), item),
            TokenTree::Punct(_) => {}
        }
    }
}

#[test]
fn only_texts_of_functions_count() {
    let source = r##"
        //! "A"
        const TABLE: &[&str] = &["B"];
        #[cfg(test)]
        mod tests {
            /// "C"
            #[test]
            pub(crate) fn one() { /* "D" */ assert!(helper(), r#"E {x}"#); }
            #[tokio::test(flavor = "multi_thread")]
            async fn two() -> u8 { "F" }
            #[test]
            #[ignore = "slow"]
            fn three() {}
            const fn helper() { TABLE }
            proptest! {
                #[test]
                fn four(x in "[a-z]") { prop_assert!(x, "G") }
            }
        }
    "##;
    let items = items(source).expect("the source is Rust");
    let seen: Vec<(&str, bool, String)> =
        items.iter().map(|item| (item.name.as_str(), item.is_test, item.texts.concat())).collect();
    let expected = [
        ("TABLE", false, "\"B\""),
        ("one", true, "r#\"E {x}\"#"),
        ("two", true, "\"F\""),
        ("three", false, ""),
        ("helper", false, ""),
        ("four", true, "\"[a-z]\"\"G\""),
    ];
    assert_eq!(seen, expected.map(|(name, test, texts)| (name, test, texts.to_owned())));
    assert!(items[1].mentions.contains("helper") && items[4].mentions.contains("TABLE"));
}
