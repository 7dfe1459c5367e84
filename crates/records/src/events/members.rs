//! What an event says by name: a JSON object, written as it grows, since whoever
//! changes something waits for it.

use serde::Serialize;

/// Members of an object (RFC 8259, section 4). Nobody says a name twice.
#[derive(Clone, Default)]
pub struct Members {
    /// One value after the other.
    values: Vec<u8>,
    /// Under which name each is, and where it ends.
    names: Vec<(&'static str, usize)>,
}

impl Members {
    /// Say something: a text, a number, or what else is always JSON.
    pub fn say(&mut self, name: &'static str, value: impl Serialize) {
        serde_json::to_writer(&mut self.values, &value).expect("texts and numbers are JSON");
        self.names.push((name, self.values.len()));
    }

    /// As JSON, if anything was said: in the order of the names, in which whoever reads
    /// an export writes them again to check the chain.
    pub(super) fn into_json(self) -> Option<String> {
        let mut begins = 0;
        let mut members: Vec<(&str, &[u8])> = Vec::with_capacity(self.names.len());
        for (name, ends) in self.names {
            members.push((name, &self.values[begins..ends]));
            begins = ends;
        }
        members.sort_unstable();
        let mut json = Vec::with_capacity(self.values.len() + 16 * members.len());
        for (name, value) in members {
            json.extend_from_slice(if json.is_empty() { b"{\"" } else { b",\"" });
            json.extend_from_slice(name.as_bytes());
            json.extend_from_slice(b"\":");
            json.extend_from_slice(value);
        }
        (!json.is_empty()).then(|| {
            json.push(b'}');
            String::from_utf8(json).expect("serde_json writes UTF-8")
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn members_are_one_object_as_it_is_written_again() {
        assert_eq!(Members::default().into_json(), None);
        let mut members = Members::default();
        members.say("way", "a \"b\"\n");
        members.say("count", 3);
        members.say("list", json!([1, { "y": null, "x": true }]));
        let written = members.into_json().unwrap();
        assert_eq!(
            written,
            r#"{"count":3,"list":[1,{"x":true,"y":null}],"way":"a \"b\"\n"}"#
        );
        let read: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read.to_string(), written);
    }
}
