//! What an event says by name: a JSON object, written as it grows, since whoever
//! changes something waits for it. What it says is never read back before it is
//! stored.

use serde::Serialize;

/// Facts by name. Nobody says a name twice.
#[derive(Clone, Default)]
pub struct Facts(Vec<u8>);

impl Facts {
    /// Say something: a text, a number, or what else is always JSON.
    pub fn say(&mut self, name: &str, value: impl Serialize) {
        self.0.push(if self.0.is_empty() { b'{' } else { b',' });
        self.write(name);
        self.0.push(b':');
        self.write(value);
    }

    /// As JSON, if anything was said.
    pub(super) fn into_json(mut self) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        self.0.push(b'}');
        Some(String::from_utf8(self.0).expect("serde_json writes UTF-8"))
    }

    fn write(&mut self, value: impl Serialize) {
        serde_json::to_writer(&mut self.0, &value).expect("texts and numbers are JSON");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn facts_are_one_object() {
        assert_eq!(Facts::default().into_json(), None);
        let mut facts = Facts::default();
        facts.say("name", "a \"b\"\n");
        facts.say("count", 3);
        facts.say("list", json!([1, { "x": null }]));
        assert_eq!(
            facts.into_json().unwrap(),
            r#"{"name":"a \"b\"\n","count":3,"list":[1,{"x":null}]}"#
        );
    }
}
