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
        assert!(!holds_nul(value));
        let again = strict_json(value.to_string().as_bytes()).expect("as written");
        assert_eq!(again.is_object(), value.is_object());
    }
    if let Ok(value) = typed::<Value>(text) {
        assert!(value.is_object() && taken.is_ok());
    }
});

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(items) => items
            .iter()
            .any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(items) => 1 + items.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
