//! Strict JSON: whatever is taken means the same to a second reader, and is
//! taken again as it is written by one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tollgate_web::body::{DEPTH, strict_json, typed};

fuzz_target!(|text: &[u8]| {
    let taken = strict_json(text);
    if let Ok(value) = &taken {
        assert_eq!(&serde_json::from_slice::<Value>(text).expect("JSON"), value);
        assert!(depth(value) <= DEPTH);
        assert!(!value.to_string().contains("\\u0000"));
        let again = strict_json(value.to_string().as_bytes()).expect("as written");
        assert_eq!(again.is_object(), value.is_object());
    }
    if let Ok(value) = typed::<Value>(text) {
        assert!(value.is_object() && taken.is_ok());
    }
});

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(items) => 1 + items.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
