use super::{Failure, Lexer, Token};

fn tokens(source: &str, extra: bool) -> (Vec<Token>, Option<String>) {
    let mut lines = source.split_inclusive('\n').map(str::to_owned);
    let mut lexer = Lexer::new(extra);
    let mut found = Vec::new();
    loop {
        match lexer.next::<()>(&mut || Ok(lines.next())) {
            Ok(Some(token)) => found.push(token),
            Ok(None) => return (found, None),
            Err(Failure::Read(())) => return (found, Some(String::new())),
            Err(Failure::Wrong(complaint)) => return (found, Some(complaint.message)),
        }
    }
}

fn shown(source: &str, extra: bool) -> Vec<(u8, String)> {
    tokens(source, extra).0.into_iter().map(|token| (token.kind, token.text)).collect()
}

fn kinds(source: &str) -> Vec<u8> {
    tokens(source, true).0.into_iter().map(|token| token.kind).collect()
}

#[test]
fn comments_and_blank_lines_are_extra() {
    assert_eq!(kinds("a # c\n\nb"), [1, 65, 4, 66, 1, 4, 0]);
    assert_eq!(shown("a # c\n", false), [(1, "a".to_owned()), (4, "# c".to_owned()), (0, String::new())]);
}

#[test]
fn blocks_begin_and_end() {
    assert_eq!(kinds("if x:\n  y\nz\n"), [1, 1, 55, 4, 5, 1, 4, 6, 1, 4, 0]);
    assert!(tokens("if 1:\n  a\n b\n", true).1.is_some_and(|message| message.starts_with("unindent")));
}

#[test]
fn fields_of_strings_are_tokens() {
    let texts: Vec<String> = tokens("f'a{b:>{w}}{{'\n", true).0.into_iter().map(|token| token.text).collect();
    assert_eq!(texts, ["f'", "a", "{", "b", ":", ">", "{", "w", "}", "", "}", "{", "'", "\n", ""]);
}

#[test]
fn lenient_where_a_parser_is_not() {
    assert_eq!(kinds("1abc $ )\n"), [2, 1, 55, 55, 4, 0]);
    assert_eq!(tokens("1abc\n", false).1.as_deref(), Some("invalid decimal literal"));
    assert_eq!(tokens("(\n", true).1.as_deref(), Some("unexpected EOF in multi-line statement"));
}
