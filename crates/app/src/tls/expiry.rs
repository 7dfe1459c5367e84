//! The one thing that we read in a certificate (RFC 5280): when it expires. A
//! certificate of the operator's own, not a stranger's; what cannot be read is
//! not known.

/// The tags on the way there.
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// `notAfter`, in seconds since 1970.
pub(super) fn not_after(certificate: &[u8]) -> Option<u64> {
    let mut whole = certificate;
    let mut outer = content(&mut whole, SEQUENCE)?;
    let mut signed = content(&mut outer, SEQUENCE)?;
    if signed.first() == Some(&VERSION) {
        element(&mut signed)?;
    }
    // Serial number, algorithm, issuer.
    for _ in 0..3 {
        element(&mut signed)?;
    }
    let mut validity = content(&mut signed, SEQUENCE)?;
    element(&mut validity)?;
    match element(&mut validity)? {
        (UTC_TIME, text) => {
            let (year, rest) = number(text)?;
            // RFC 5280, section 4.1.2.5.1.
            seconds(if year >= 50 { 1900 + year } else { 2000 + year }, rest)
        }
        (GENERALIZED_TIME, text) => {
            let (century, rest) = number(text)?;
            let (year, rest) = number(rest)?;
            seconds(century * 100 + year, rest)
        }
        _ => None,
    }
}

fn content<'d>(from: &mut &'d [u8], expected: u8) -> Option<&'d [u8]> {
    let (tag, content) = element(from)?;
    (tag == expected).then_some(content)
}

/// The next element of DER (X.690), which has its length in at most four bytes.
fn element<'d>(from: &mut &'d [u8]) -> Option<(u8, &'d [u8])> {
    let (&tag, rest) = from.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let add = |length: usize, byte: &u8| length << 8 | usize::from(*byte);
            (bytes.iter().fold(0, add), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    *from = rest;
    Some((tag, content))
}

/// Two digits.
fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let (two, rest) = text.split_at_checked(2)?;
    let number = str::from_utf8(two).ok()?.parse().ok()?;
    Some((number, rest))
}

/// Month, day, hour, minute and second after a year, all in UTC.
fn seconds(year: u64, rest: &[u8]) -> Option<u64> {
    let (month, rest) = number(rest)?;
    let (day, rest) = number(rest)?;
    let (hour, rest) = number(rest)?;
    let (minute, rest) = number(rest)?;
    let (second, rest) = number(rest)?;
    if rest != b"Z" || !(1..=12).contains(&month) || !(1..=31).contains(&day) || year < 1970 {
        return None;
    }
    // Days since 1 March of the year 0, as the leap day then comes last.
    let (year, month) = if month < 3 {
        (year - 1, month + 9)
    } else {
        (year, month - 3)
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    let days = days.checked_sub(719_468)?;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::{not_after, seconds};

    #[test]
    fn dates_are_counted_from_1970() {
        assert_eq!(seconds(1970, b"0101000000Z"), Some(0));
        assert_eq!(seconds(2000, b"0301000000Z"), Some(951_868_800));
        assert_eq!(seconds(2026, b"1122001500Z"), Some(1_795_306_500));
        assert_eq!(seconds(2026, b"1322001500Z"), None);
        assert_eq!(seconds(2026, b"1122001500"), None);
    }

    #[test]
    fn a_certificate_says_when_it_ends() {
        let mut wanted = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
        wanted.not_after = rcgen::date_time_ymd(2031, 5, 17);
        let key = rcgen::KeyPair::generate().unwrap();
        let made = wanted.self_signed(&key).unwrap();
        assert_eq!(not_after(made.der()), Some(1_936_742_400));
        for cut in 0..made.der().len() {
            // Nothing panics, and what is cut off is not known.
            let _ = not_after(&made.der()[..cut]);
        }
        assert_eq!(not_after(&[]), None);
    }
}
