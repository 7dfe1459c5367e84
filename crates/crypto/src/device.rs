//! The secrets by which a browser or an app is known again: one for each person
//! who signed in there, so that nobody can plant theirs into the browser of
//! somebody else and be known for them.

use tollgate_base::{ExposeSecret, SecretString};

use crate::{
    mac,
    token::{self, Fingerprint, Prefix},
};

/// Device secrets as they are kept: the one that was used last comes first.
#[derive(Clone, Default)]
pub struct DeviceSecrets(Vec<SecretString>);

impl DeviceSecrets {
    /// More are neither kept nor looked at.
    pub const MOST: usize = 5;

    /// Those in a text, divided by full stops. What is none is left out.
    pub fn read(text: &str) -> Self {
        let words = text.split('.');
        let secrets = words.filter(|word| token::shaped(word, Prefix::Device));
        Self(secrets.take(Self::MOST).map(SecretString::from).collect())
    }

    /// As [`DeviceSecrets::read`] reads them.
    pub fn text(&self) -> SecretString {
        let texts: Vec<&str> = self.0.iter().map(ExposeSecret::expose_secret).collect();
        SecretString::from(texts.join("."))
    }

    /// What is stored of each.
    pub fn fingerprints(&self) -> impl Iterator<Item = Fingerprint> {
        let texts = self.0.iter().map(ExposeSecret::expose_secret);
        texts.map(token::fingerprint)
    }

    /// Whether the one of this fingerprint is among them.
    pub fn hold(&self, known: &Fingerprint) -> bool {
        self.fingerprints().any(|shown| mac::equal(&shown, known))
    }

    /// The same with that one before all others.
    #[must_use]
    pub fn with_first(mut self, place: usize) -> Self {
        if let Some(held) = self.0.get_mut(..=place) {
            held.rotate_right(1);
        }
        self
    }

    /// The same with one more, before all others; the last makes room.
    #[must_use]
    pub fn with(mut self, secret: SecretString) -> Self {
        self.0.insert(0, secret);
        self.0.truncate(Self::MOST);
        self
    }
}

#[cfg(test)]
mod tests {
    use tollgate_base::entropy::Entropy;

    use super::*;

    fn minted() -> SecretString {
        token::mint(&Entropy, Prefix::Device).unwrap()
    }

    fn text(secrets: &DeviceSecrets) -> String {
        secrets.text().expose_secret().to_owned()
    }

    #[test]
    fn what_is_kept_can_be_read_and_is_bounded() {
        let mut kept = DeviceSecrets::default();
        assert_eq!(text(&kept), "");
        let all: Vec<_> = (0..7).map(|_| minted()).collect();
        for secret in &all {
            kept = kept.with(secret.clone());
        }
        let again = DeviceSecrets::read(&text(&kept));
        assert_eq!(text(&again), text(&kept));
        let held: Vec<bool> = all
            .iter()
            .map(|secret| again.hold(&token::fingerprint(secret.expose_secret())))
            .collect();
        assert_eq!(held, [false, false, true, true, true, true, true]);
        let whole: Vec<&str> = all.iter().map(ExposeSecret::expose_secret).collect();
        let read = DeviceSecrets::read(&whole.join("."));
        assert_eq!(read.fingerprints().count(), DeviceSecrets::MOST);
    }

    #[test]
    fn the_one_that_was_used_comes_first() {
        let (one, two, three) = (minted(), minted(), minted());
        let kept = DeviceSecrets::default();
        let kept = kept.with(three.clone()).with(two.clone()).with(one.clone());
        let order =
            |secrets: [&SecretString; 3]| secrets.map(ExposeSecret::expose_secret).join(".");
        assert_eq!(text(&kept), order([&one, &two, &three]));
        let kept = kept.with_first(2);
        assert_eq!(text(&kept), order([&three, &one, &two]));
        assert_eq!(text(&kept.with_first(9)), order([&three, &one, &two]));
    }

    #[test]
    fn what_is_no_device_secret_is_left_out() {
        let good = minted();
        let session = token::mint(&Entropy, Prefix::Session).unwrap();
        let mixed = format!(
            "..{}. {}.{}..tgd_.x",
            session.expose_secret(),
            good.expose_secret(),
            good.expose_secret()
        );
        let read = DeviceSecrets::read(&mixed);
        assert_eq!(text(&read), good.expose_secret());
    }
}
