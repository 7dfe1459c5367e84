//! The claims of a token whose signature holds, read by strict types: a claim
//! of the wrong type is a fault, never an absent claim (CVE-2026-25537).

use serde_json::{Map, Value};

use super::Fault;

/// What [`verify`](super::verify) gave.
pub struct Claims(pub Map<String, Value>);

impl Claims {
    /// A text that must be there and not empty.
    ///
    /// # Errors
    /// [`Fault::Claim`] if it is absent, empty or anything but a string.
    pub fn text(&self, name: &'static str) -> Result<&str, Fault> {
        self.optional_text(name)?.ok_or(Fault::Claim(name))
    }

    /// A text that may be absent, but not empty.
    ///
    /// # Errors
    /// [`Fault::Claim`] if it is there and empty, null or anything but a string.
    pub fn optional_text(&self, name: &'static str) -> Result<Option<&str>, Fault> {
        self.optional(name, |value| value.as_str().filter(|text| !text.is_empty()))
    }

    /// A whole number that must be there, such as a time in seconds.
    ///
    /// # Errors
    /// [`Fault::Claim`] if it is absent or anything but a JSON integer that an
    /// `i64` holds: `"1"`, `1.0`, `1e3`, `true` and `null` are refused.
    pub fn integer(&self, name: &'static str) -> Result<i64, Fault> {
        self.optional_integer(name)?.ok_or(Fault::Claim(name))
    }

    /// A whole number that may be absent.
    ///
    /// # Errors
    /// As [`Claims::integer`], if it is there.
    pub fn optional_integer(&self, name: &'static str) -> Result<Option<i64>, Fault> {
        self.optional(name, Value::as_i64)
    }

    /// For whom the token is: `aud`, one text or a list of them.
    ///
    /// # Errors
    /// [`Fault::Claim`] if it is absent, an empty list, or holds anything but
    /// texts that are not empty.
    pub fn audience(&self) -> Result<Vec<&str>, Fault> {
        let audience = self.optional("aud", |value| match value {
            Value::Array(list) => list.iter().map(Value::as_str).collect::<Option<Vec<_>>>(),
            one => one.as_str().map(|one| vec![one]),
        })?;
        audience
            .filter(|list| !list.is_empty() && list.iter().all(|text| !text.is_empty()))
            .ok_or(Fault::Claim("aud"))
    }

    fn optional<'a, T>(
        &'a self,
        name: &'static str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        match self.0.get(name) {
            Some(value) => read(value).map(Some).ok_or(Fault::Claim(name)),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwt::json::object;

    fn claims(exp: &str) -> Claims {
        Claims(object(format!("{{\"exp\":{exp}}}").as_bytes()).unwrap())
    }

    /// vuln:1
    #[test]
    fn a_number_of_the_wrong_type_is_a_fault() {
        for bad in [
            "\"9999\"",
            "\"\"",
            "1.5",
            "1.0",
            "-0.0",
            "1e3",
            "1e308",
            "true",
            "false",
            "null",
            "[]",
            "[1]",
            "{}",
            "9223372036854775808",
            "18446744073709551616",
        ] {
            assert_eq!(
                claims(bad).integer("exp"),
                Err(Fault::Claim("exp")),
                "{bad}"
            );
            assert_eq!(
                claims(bad).optional_integer("exp"),
                Err(Fault::Claim("exp")),
                "{bad}"
            );
        }
        for good in [0, -1, 9999, i64::MIN, i64::MAX] {
            assert_eq!(claims(&good.to_string()).integer("exp"), Ok(good));
        }
        assert_eq!(claims("1").integer("nbf"), Err(Fault::Claim("nbf")));
        assert_eq!(claims("1").optional_integer("nbf"), Ok(None));
    }

    /// vuln:1, vuln:140
    #[test]
    fn a_text_of_the_wrong_type_is_a_fault() {
        for bad in ["1", "true", "null", "[\"a\"]", "{\"a\":1}", "\"\""] {
            assert_eq!(claims(bad).text("exp"), Err(Fault::Claim("exp")), "{bad}");
            assert_eq!(
                claims(bad).optional_text("exp"),
                Err(Fault::Claim("exp")),
                "{bad}"
            );
        }
        assert_eq!(claims("\"a\"").text("exp"), Ok("a"));
        assert_eq!(claims("\"a\"").text("sub"), Err(Fault::Claim("sub")));
        assert_eq!(claims("\"a\"").optional_text("sub"), Ok(None));
    }

    /// vuln:7
    #[test]
    fn an_audience_is_one_text_or_several() {
        let audience = |text: &str| {
            let claims = Claims(object(format!("{{\"aud\":{text}}}").as_bytes()).unwrap());
            claims.audience().map(|list| list.join(" "))
        };
        for bad in [
            "[]",
            "[\"\"]",
            "[\"a\",\"\"]",
            "[\"a\",1]",
            "[[\"a\"]]",
            "\"\"",
            "null",
            "1",
            "{}",
            "true",
        ] {
            assert_eq!(audience(bad), Err(Fault::Claim("aud")), "{bad}");
        }
        assert_eq!(audience("\"a\""), Ok("a".to_owned()));
        assert_eq!(
            audience("[\"other\",\"ours\"]"),
            Ok("other ours".to_owned())
        );
        assert_eq!(claims("1").audience(), Err(Fault::Claim("aud")));
    }
}
