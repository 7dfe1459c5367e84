//! JSON as Python 3.11 reads it, with Python's sentences for what is wrong,
//! because Django's clients get to see them. Stricter in one point: nesting is
//! bounded. Of values only what a form field can hold is kept.

use std::fmt;

/// Deepest nesting that is read.
const DEPTH: usize = 32;
/// Longest integer that Python turns into text.
const DIGITS: usize = 4300;

/// A value in a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number, as Python writes it.
    Integer(String),
    /// Any other number, as Python writes it.
    Float(String),
    /// A text.
    Text(String),
    /// A text with half a surrogate pair in it, which Unicode does not have.
    Surrogate(u16),
    /// A list; no field takes one.
    List,
    /// A file of a multipart form; no field takes one.
    File,
    /// An object, members in order; of equal names the last one counts.
    Object(Vec<(String, Value)>),
}

/// What is wrong with a text: the sentence that follows `JSON parse error - `.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct JsonFault(String);

/// Read a body.
pub(crate) fn parse(body: &[u8]) -> Result<Value, JsonFault> {
    let text = decode(body)?;
    let mut scanner = Scanner { text, at: 0 };
    if text.starts_with('\u{feff}') {
        return Err(scanner.fault("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0));
    }
    scanner.skip_space();
    let value = scanner.value(0)?;
    scanner.skip_space();
    match scanner.peek() {
        None => Ok(value),
        Some(_) => Err(scanner.fault("Extra data", scanner.at)),
    }
}

/// As Python's stream reader: a character that is cut off at the end is dropped
/// without a word.
fn decode(body: &[u8]) -> Result<&str, JsonFault> {
    let fault = match std::str::from_utf8(body) {
        Ok(text) => return Ok(text),
        Err(fault) => fault,
    };
    let (valid, rest) = body.split_at(fault.valid_up_to());
    let Some(length) = fault.error_len() else {
        return Ok(std::str::from_utf8(valid).unwrap_or_default());
    };
    let (start, first) = (valid.len(), rest[0]);
    let place = match length {
        1 => format!("byte {first:#04x} in position {start}"),
        _ => format!("bytes in position {start}-{}", start + length - 1),
    };
    let why = match first {
        0xc2..=0xf4 => "invalid continuation byte",
        _ => "invalid start byte",
    };
    Err(JsonFault(format!(
        "'utf-8' codec can't decode {place}: {why}"
    )))
}

/// A place in a text. It always lies between two characters.
struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl Scanner<'_> {
    fn value(&mut self, depth: usize) -> Result<Value, JsonFault> {
        if depth > DEPTH {
            return Err(self.fault("Nested too deeply", self.at));
        }
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            _ => self.scalar(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonFault> {
        let mut members = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.peek() != Some(b'}') {
            loop {
                members.push(self.member(depth)?);
                if self.ends(b'}')? {
                    break;
                }
            }
        }
        self.at += 1;
        Ok(Value::Object(members))
    }

    fn member(&mut self, depth: usize) -> Result<(String, Value), JsonFault> {
        if self.peek() != Some(b'"') {
            return Err(self.fault("Expecting property name enclosed in double quotes", self.at));
        }
        let name = match self.string()? {
            Value::Text(name) => name,
            _ => char::REPLACEMENT_CHARACTER.to_string(),
        };
        self.skip_space();
        if !self.take(b':') {
            return Err(self.fault("Expecting ':' delimiter", self.at));
        }
        self.skip_space();
        Ok((name, self.value(depth + 1)?))
    }

    fn list(&mut self, depth: usize) -> Result<Value, JsonFault> {
        self.at += 1;
        self.skip_space();
        if self.peek() != Some(b']') {
            loop {
                self.value(depth + 1)?;
                if self.ends(b']')? {
                    break;
                }
            }
        }
        self.at += 1;
        Ok(Value::List)
    }

    /// After a member: whether `end` follows, or the next member does.
    fn ends(&mut self, end: u8) -> Result<bool, JsonFault> {
        self.skip_space();
        if self.peek() == Some(end) {
            return Ok(true);
        }
        if !self.take(b',') {
            return Err(self.fault("Expecting ',' delimiter", self.at));
        }
        self.skip_space();
        Ok(false)
    }

    fn string(&mut self) -> Result<Value, JsonFault> {
        let begin = self.at;
        self.at += 1;
        let unterminated = |scanner: &Self| scanner.fault("Unterminated string starting at", begin);
        let (mut text, mut surrogate) = (String::new(), None);
        loop {
            let rest = &self.text[self.at..];
            let Some((offset, mark)) = rest
                .char_indices()
                .find(|(_, c)| matches!(c, '"' | '\\' | '\0'..='\x1f'))
            else {
                return Err(unterminated(self));
            };
            text.push_str(&rest[..offset]);
            self.at += offset;
            match mark {
                '"' => break,
                '\\' => {}
                _ => return Err(self.fault("Invalid control character at", self.at)),
            }
            let Some(escape) = rest[offset + 1..].chars().next() else {
                return Err(unterminated(self));
            };
            if escape == 'u' {
                match self.code_point()? {
                    Ok(letter) => text.push(letter),
                    Err(half) => surrogate = surrogate.or(Some(half)),
                }
            } else {
                let letter =
                    unescape(escape).ok_or_else(|| self.fault("Invalid \\escape", self.at))?;
                text.push(letter);
                self.at += 1 + escape.len_utf8();
            }
        }
        self.at += 1;
        Ok(surrogate.map_or(Value::Text(text), Value::Surrogate))
    }

    /// `\uXXXX` at this place, or two of them that are one character; the inner
    /// error is half of a pair.
    fn code_point(&mut self) -> Result<Result<char, u16>, JsonFault> {
        let first = self.escaped_unit()?;
        self.at += 6;
        if let Some(letter) = char::from_u32(u32::from(first)) {
            return Ok(Ok(letter));
        }
        // Python looks for the second half only if something follows it.
        let followed = self.text.len() > self.at + 6 && self.text[self.at..].starts_with("\\u");
        if (0xd800..0xdc00).contains(&first) && followed {
            let second = self.escaped_unit()?;
            if let Some(Ok(letter)) = char::decode_utf16([first, second]).next() {
                self.at += 6;
                return Ok(Ok(letter));
            }
        }
        Ok(Err(first))
    }

    fn escaped_unit(&self) -> Result<u16, JsonFault> {
        let digits = self.text.as_bytes().get(self.at + 2..self.at + 6);
        let plain = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        // Python wants the closing quote to be there too.
        plain
            .filter(|_| self.text.len() > self.at + 6)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u16::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.fault("Invalid \\uXXXX escape", self.at + 1))
    }

    fn scalar(&mut self) -> Result<Value, JsonFault> {
        let rest = &self.text[self.at..];
        for (word, value) in [
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
        ] {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        for word in ["NaN", "Infinity", "-Infinity"] {
            if rest.starts_with(word) {
                let sentence = "Out of range float values are not JSON compliant";
                return Err(JsonFault(format!("{sentence}: '{word}'")));
            }
        }
        let (length, whole) =
            number(rest.as_bytes()).ok_or_else(|| self.fault("Expecting value", self.at))?;
        self.at += length;
        if whole {
            integer(&rest[..length])
        } else {
            Ok(float(&rest[..length]))
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, mark: u8) -> bool {
        let there = self.peek() == Some(mark);
        self.at += usize::from(there);
        there
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Python counts characters, from 1 in lines and columns and from 0 in all.
    fn fault(&self, sentence: &str, at: usize) -> JsonFault {
        let before = &self.text[..at];
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        let place = before.chars().count();
        JsonFault(format!(
            "{sentence}: line {line} column {column} (char {place})"
        ))
    }
}

impl Value {
    /// What Python calls its type.
    pub(crate) fn python_type(&self) -> &'static str {
        match self {
            Self::Null => "NoneType",
            Self::Bool(_) => "bool",
            Self::Integer(_) => "int",
            Self::Float(_) => "float",
            Self::Text(_) | Self::Surrogate(_) => "str",
            Self::List => "list",
            Self::File => "InMemoryUploadedFile",
            Self::Object(_) => "dict",
        }
    }
}

impl fmt::Display for JsonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JSON parse error - {}", self.0)
    }
}

fn unescape(letter: char) -> Option<char> {
    Some(match letter {
        '"' | '\\' | '/' => letter,
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => return None,
    })
}

/// How long the number at the beginning is, and whether it is a whole one.
fn number(bytes: &[u8]) -> Option<(usize, bool)> {
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let mut length = usize::from(bytes.first() == Some(&b'-'));
    length += match bytes.get(length)? {
        b'0' => 1,
        b'1'..=b'9' => digits(length),
        _ => return None,
    };
    let mut whole = true;
    if bytes.get(length) == Some(&b'.') && digits(length + 1) > 0 {
        length += 1 + digits(length + 1);
        whole = false;
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
            whole = false;
        }
    }
    Some((length, whole))
}

fn integer(text: &str) -> Result<Value, JsonFault> {
    let digits = text.trim_start_matches('-').len();
    if digits > DIGITS {
        return Err(JsonFault(format!(
            "Exceeds the limit ({DIGITS} digits) for integer string conversion: value has {digits} digits; \
             use sys.set_int_max_str_digits() to increase the limit"
        )));
    }
    Ok(Value::Integer(
        if text == "-0" { "0" } else { text }.to_owned(),
    ))
}

/// Rust and Python agree on the digits and on when to write an exponent, but
/// not on how: `1e-5` is `1e-05` there.
fn float(text: &str) -> Value {
    let shown = format!("{:?}", text.parse::<f64>().unwrap_or_default());
    Value::Float(match shown.split_once('e') {
        None => shown,
        Some((digits, exponent)) => {
            let (sign, exponent) = exponent
                .strip_prefix('-')
                .map_or(('+', exponent), |rest| ('-', rest));
            format!("{digits}e{sign}{exponent:0>2}")
        }
    })
}

#[cfg(test)]
mod tests;
