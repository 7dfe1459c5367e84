//! The JSON Schema of the configuration file, for editors: every setting with
//! its words, its bounds and its default. The program itself checks more.

use serde_json::{Value, json};

use super::key::{Key, Shape, Table};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// The form of a setting that is `true` or `false`.
const TRUTH: &str = <bool as super::meant::value::Value>::FORM;

/// Who a rule may let in.
const ALLOW: &str = "^(anyone|signed-in|role:.+|user:.+)$";

/// The whole schema.
pub(super) fn write(tables: &[Table]) -> Value {
    let mut schema = object();
    schema["$schema"] = DIALECT.into();
    schema["title"] = "tollgate.toml".into();
    for table in tables {
        let mut place = &mut schema;
        for part in table.name.split('.').filter(|part| !part.is_empty()) {
            place = &mut place["properties"][part];
            if place.is_null() {
                *place = object();
            }
        }
        if table.keys.is_empty() {
            *place = json!({ "type": "array", "items": site() });
        }
        place["description"] = joined(table.doc).into();
        for key in table.keys {
            let field = key.field();
            place["properties"][field] = setting(key);
            place["properties"][format!("{field}_file")] = json!({
                "type": "string",
                "description": format!("The file that holds {field}."),
            });
        }
    }
    schema
}

fn object() -> Value {
    json!({ "type": "object", "additionalProperties": false, "properties": {} })
}

/// One of `[[sites]]`, as `said` reads it.
fn site() -> Value {
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let mut rule = object();
    rule["required"] = json!(["allow"]);
    rule["properties"] = json!({
        "path": { "type": "string", "pattern": "^/", "default": "/",
            "description": "This path and everything below it." },
        "methods": texts,
        "allow": { "type": "array", "items": { "type": "string", "pattern": ALLOW },
            "description": "Who may pass: anyone, signed-in, role:ROLE, user:NAME; an empty list is nobody." },
    });
    rule["properties"]["methods"]["description"] = "Only these methods; all if left out.".into();
    let mut site = object();
    site["required"] = json!(["name", "url"]);
    site["properties"] = json!({
        "name": { "type": "string", "description": "What commands call it." },
        "url": { "type": "string", "pattern": "^https?://",
            "description": "Where people open the app: scheme, host and port." },
        "identity_token": { "type": "boolean", "default": false,
            "description": "The app gets a signed Tollgate-Identity." },
        "rules": { "type": "array", "items": rule,
            "description": "The first that fits decides; without any, everybody with an account may enter." },
    });
    site
}

fn setting(key: &Key) -> Value {
    let range = key
        .range
        .map(|(low, high)| format!(", from {low} to {high}"))
        .unwrap_or_default();
    let about = format!("{} Takes {}{range}.", joined(key.doc), key.form);
    let mut setting = match key.shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::List => json!({ "type": "array", "items": { "type": "string" } }),
        Shape::Bare if key.form == TRUTH => json!({ "type": "boolean" }),
        Shape::Bare => json!({ "type": "integer" }),
    };
    setting["description"] = about.into();
    if !key.choices.is_empty() {
        let holder = match key.shape {
            Shape::List => &mut setting["items"],
            _ => &mut setting,
        };
        holder["enum"] = key.choices.into();
    }
    if let (Shape::Bare, Some((low, high))) = (key.shape, key.range) {
        setting["minimum"] = bare(low);
        setting["maximum"] = bare(high);
    }
    // What depends on the machine stands in braces.
    if let Some(default) = key.default.filter(|default| !default.contains('{')) {
        setting["default"] = match key.shape {
            Shape::Text => default.into(),
            Shape::Bare => bare(default),
            Shape::List => default.split(',').filter(|item| !item.is_empty()).collect(),
        };
    }
    if let Some(example) = key.example {
        setting["examples"] = json!([example]);
    }
    setting
}

/// As it stands in the file, which JSON writes alike.
fn bare(text: &str) -> Value {
    text.parse().unwrap_or(Value::Null)
}

fn joined(lines: &[&str]) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    lines.join(" ")
}
