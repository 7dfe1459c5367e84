//! Sentences as CPython 3.11.7 gave them, and values as it read them.

use super::{DEPTH, JsonFault, Value, parse};

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

#[test]
fn faults_are_told_as_python_tells_them() {
    let cases: &[(&[u8], &str)] = &[
        (b"", "Expecting value: line 1 column 1 (char 0)"),
        (b"  ", "Expecting value: line 1 column 3 (char 2)"),
        (
            b"{",
            "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        ),
        (
            b"{oops",
            "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        ),
        (
            b"{\"a\"}",
            "Expecting ':' delimiter: line 1 column 5 (char 4)",
        ),
        (b"{\"a\":}", "Expecting value: line 1 column 6 (char 5)"),
        (
            b"{\"a\":1,}",
            "Expecting property name enclosed in double quotes: line 1 column 8 (char 7)",
        ),
        (
            b"{\"a\":1",
            "Expecting ',' delimiter: line 1 column 7 (char 6)",
        ),
        (
            b"[1 2]",
            "Expecting ',' delimiter: line 1 column 4 (char 3)",
        ),
        (b"[1,]", "Expecting value: line 1 column 4 (char 3)"),
        (
            b"[\"a",
            "Unterminated string starting at: line 1 column 2 (char 1)",
        ),
        (
            b"\"a\\\"",
            "Unterminated string starting at: line 1 column 1 (char 0)",
        ),
        (b"\"\\q\"", "Invalid \\escape: line 1 column 2 (char 1)"),
        (
            b"\"\\u12\"",
            "Invalid \\uXXXX escape: line 1 column 3 (char 2)",
        ),
        (
            b"\"\\u00e\"",
            "Invalid \\uXXXX escape: line 1 column 3 (char 2)",
        ),
        (
            b"\"a\tb\"",
            "Invalid control character at: line 1 column 3 (char 2)",
        ),
        (b"{} {}", "Extra data: line 1 column 4 (char 3)"),
        (b"nul", "Expecting value: line 1 column 1 (char 0)"),
        (b"-", "Expecting value: line 1 column 1 (char 0)"),
        (b"01", "Extra data: line 1 column 2 (char 1)"),
        (b"1.", "Extra data: line 1 column 2 (char 1)"),
        (
            b"{\"a\":\n  tru}",
            "Expecting value: line 2 column 3 (char 8)",
        ),
        (
            b"{\"\xc3\xa9\":\"\xc3\xbc\",\n\"\xc3\xb6\" 1}",
            "Expecting ':' delimiter: line 2 column 5 (char 14)",
        ),
        (
            b"\xef\xbb\xbf{}",
            "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)",
        ),
        (
            b"NaN",
            "Out of range float values are not JSON compliant: 'NaN'",
        ),
        (
            b"[-Infinity]",
            "Out of range float values are not JSON compliant: '-Infinity'",
        ),
        (
            b"\"a\xff\"",
            "'utf-8' codec can't decode byte 0xff in position 2: invalid start byte",
        ),
        (
            b"\"\xe2(\xa1\"",
            "'utf-8' codec can't decode byte 0xe2 in position 1: invalid continuation byte",
        ),
        (
            b"\"\xf0\x9f\x98x\"",
            "'utf-8' codec can't decode bytes in position 1-3: invalid continuation byte",
        ),
        (
            b"\"ab\xc3",
            "Unterminated string starting at: line 1 column 1 (char 0)",
        ),
    ];
    for (body, sentence) in cases {
        let fault = parse(body).expect_err(sentence);
        assert_eq!(
            fault.to_string(),
            format!("JSON parse error - {sentence}"),
            "{body:?}"
        );
    }
}

#[test]
fn numbers_become_text_as_python_writes_them() {
    for (written, read) in [
        ("5", "5"),
        ("-0", "0"),
        (
            "123456789012345678901234567890",
            "123456789012345678901234567890",
        ),
    ] {
        assert_eq!(
            parse(written.as_bytes()),
            Ok(Value::Integer(read.to_owned()))
        );
    }
    for (written, read) in [
        ("1.50", "1.5"),
        ("1e2", "100.0"),
        ("1E16", "1e+16"),
        ("1.5e-7", "1.5e-07"),
        ("-0.0", "-0.0"),
        ("1e400", "inf"),
        ("0.0001", "0.0001"),
    ] {
        assert_eq!(parse(written.as_bytes()), Ok(Value::Float(read.to_owned())));
    }
    let huge = "9".repeat(4_301);
    assert!(parse(huge.as_bytes()).is_err());
}

#[test]
fn texts_are_read_with_their_escapes() {
    assert_eq!(parse(br#""\u00e9\n\/""#), Ok(text("é\n/")));
    assert_eq!(parse(br#""\ud83d\ude00""#), Ok(text("😀")));
    assert_eq!(parse(br#""a\ud83d""#), Ok(Value::Surrogate(0xd83d)));
    assert_eq!(parse(br#""\ud83d\u0041""#), Ok(Value::Surrogate(0xd83d)));
}

#[test]
fn of_an_object_the_members_are_kept_in_order() {
    let members = vec![
        ("a".to_owned(), Value::Null),
        ("b".to_owned(), Value::List),
        ("a".to_owned(), Value::Bool(true)),
    ];
    assert_eq!(
        parse(br#" {"a": null, "b": [1, {}], "a": true} "#),
        Ok(Value::Object(members))
    );
}

/// fault:F25
#[test]
fn no_depth_reaches_the_stack() {
    let nested =
        |depth: usize| parse(format!("{}1{}", "[".repeat(depth), "]".repeat(depth)).as_bytes());
    assert_eq!(nested(DEPTH), Ok(Value::List));
    for deep in [
        nested(DEPTH + 1),
        parse("[".repeat(1_000_000).as_bytes()),
        parse("{\"a\":".repeat(1_000_000).as_bytes()),
    ] {
        assert!(
            matches!(deep, Err(JsonFault(sentence)) if sentence.starts_with("Nested too deeply"))
        );
    }
}
