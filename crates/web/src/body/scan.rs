//! One pass over a JSON text for what serde would let through: keys that come
//! twice, NUL in texts (no database column takes it), and deep nesting.

use std::{collections::HashSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use tollgate_base::{Error, Result, codes};

use super::DEPTH;

/// Refuse the text, or find nothing wrong with it.
pub(super) fn check(text: &[u8]) -> Result<()> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let read = Node { depth: 0 }
        .deserialize(&mut reader)
        .and_then(|()| reader.end());
    read.map_err(|_| Error::new(&codes::REQUEST_MALFORMED))
}

/// A value so many levels down.
#[derive(Clone, Copy)]
struct Node {
    depth: usize,
}

/// The key of an object.
struct Key;

impl Node {
    fn below<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth < DEPTH {
            Ok(Self {
                depth: self.depth + 1,
            })
        } else {
            Err(E::custom("too deep"))
        }
    }
}

impl<'de> DeserializeSeed<'de> for Node {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        without_nul(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let below = self.below()?;
        while items.next_element_seed(below)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let below = self.below()?;
        let mut keys = HashSet::new();
        while let Some(key) = fields.next_key_seed(Key)? {
            if !keys.insert(key) {
                return Err(A::Error::custom("a key comes twice"));
            }
            fields.next_value_seed(below)?;
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<String, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<String, E> {
        without_nul(text)?;
        Ok(text.to_owned())
    }
}

fn without_nul<E: serde::de::Error>(text: &str) -> Result<(), E> {
    if text.contains('\0') {
        Err(E::custom("a text has NUL in it"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn plain_json_passes() {
        for good in [
            "{}",
            r#" {"a":[1,-2,3.5,null,true,"ü",{"b":{"a":1}}]} "#,
            "1",
            "\"x\"",
            r#""\u00e4\ud83d\ude00""#,
        ] {
            assert!(check(good.as_bytes()).is_ok(), "{good}");
        }
        let deep = format!("{}{}", "[".repeat(32), "]".repeat(32));
        assert!(check(deep.as_bytes()).is_ok());
    }

    /// asvs:V1.5.3, fault:F25, fault:F26
    #[test]
    fn what_two_readers_could_read_differently_is_refused() {
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        let objects = r#"{"a":"#.repeat(100_000);
        for bad in [
            "",
            " ",
            "{",
            "{} {}",
            "{,}",
            "[1,]",
            "{'a':1}",
            "NaN",
            "1e999",
            "01",
            "\u{feff}{}",
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"[{"x":{"b":1,"b":2}}]"#,
            r#""\u0000""#,
            r#"{"\u0000":1}"#,
            r#""\ud800""#,
            r#""\udc00\ud800""#,
            "\"\n\"",
            &deep(33),
            &deep(100_000),
            &objects,
        ] {
            assert!(
                check(bad.as_bytes()).is_err(),
                "{}",
                &bad[..bad.len().min(40)]
            );
        }
        for bad in [
            &b"\"\xff\""[..],
            b"\"\xc0\x80\"",
            b"{\"\xed\xa0\x80\":1}",
            b"\xff\xfe{\0}\0",
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
    }
}
