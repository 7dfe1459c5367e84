//! Argon2 as PHC strings: ours, and those of others in all three kinds and
//! both versions.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use tollgate_base::{Error, Result, codes};

use super::{
    Cost,
    pepper::{Pepper, Peppers},
    pool::Scratch,
    scheme::{SALT, Scheme, TAG, costly, number, parameters, recognise, unknown},
};
use crate::mac;

/// Most memory of one hash, in KiB. Django asks for 100 MiB, libsodium's
/// middle setting for 256.
pub(super) const MEMORY_MOST: u32 = 256 * 1024;

/// Most memory times passes, in KiB: about a second.
pub(super) const WORK_MOST: u64 = 1024 * 1024;

/// Bytes of the tags that we make.
const OUR_TAG: usize = 32;

/// One parsed hash.
pub struct Argon {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    /// The pepper that it was made with.
    keyid: Option<String>,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

/// The PHC string of a new password.
pub(super) fn hash(
    cost: Cost,
    pepper: Option<&Pepper>,
    password: &[u8],
    salt: &[u8; 16],
    scratch: &mut Scratch,
) -> Result<String> {
    let argon = Argon::with_cost(cost, pepper, salt)?;
    let tag = argon.compute(password, pepper, scratch)?;
    let keyid = pepper.map_or_else(String::new, |pepper| format!(",keyid={}", pepper.id()));
    let Cost {
        memory_kib,
        passes,
        lanes,
    } = cost;
    let (salt, tag) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(tag));
    Ok(format!(
        "$argon2id$v=19$m={memory_kib},t={passes},p={lanes}{keyid}${salt}${tag}"
    ))
}

/// Which of several of our PHC strings, which share all but their tags, is this
/// secret's.
pub(super) fn find(
    peppers: &Peppers,
    secret: &[u8],
    stored: Vec<String>,
    scratch: &mut Scratch,
) -> Result<Option<String>> {
    let Some(first) = stored.first() else {
        return Ok(None);
    };
    let broken = || Error::new(&codes::INTERNAL).because("a stored hash is none of ours");
    let (head, _) = first.rsplit_once('$').ok_or_else(broken)?;
    let Scheme::Argon2(argon) = recognise(first).map_err(|_| broken())? else {
        return Err(broken());
    };
    let keyid = argon.keyid.as_deref();
    let pepper = keyid.map(|keyid| peppers.find(keyid)).transpose()?;
    let tag = STANDARD_NO_PAD.encode(argon.compute(secret, pepper, scratch)?);
    let wanted = format!("{head}${tag}");
    let same = |one: &String| mac::equal(one.as_bytes(), wanted.as_bytes());
    Ok(stored.into_iter().find(same))
}

impl Argon {
    /// At this cost, with a tag that is to be computed, and that no password has.
    pub(super) fn with_cost(cost: Cost, pepper: Option<&Pepper>, salt: &[u8; 16]) -> Result<Self> {
        // A cost that was put together by hand may be one that Argon2 cannot do.
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(OUR_TAG))
            .map_err(|fault| Error::new(&codes::INTERNAL).because(fault))?;
        let (salt, tag) = (salt.to_vec(), vec![0; OUR_TAG]);
        Ok(Self {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            params,
            keyid: pepper.map(|pepper| pepper.id().to_owned()),
            salt,
            tag,
        })
    }

    /// The parts of `argon2id$v=19$m=65536,t=3,p=4$salt$tag`; `version` is
    /// absent in the oldest ones, and `,keyid=1a2b3c4d` follows on the lanes of
    /// those with a pepper.
    pub(super) fn parse(
        kind: &str,
        version: Option<&str>,
        costs: &str,
        salt: &str,
        tag: &str,
    ) -> Result<Self> {
        let (costs, keyid) = match costs.split_once(",keyid=") {
            Some((costs, keyid)) => (costs, Some(keyid.to_owned())),
            None => (costs, None),
        };
        let read = || {
            let algorithm = match kind {
                "argon2id" => Algorithm::Argon2id,
                "argon2i" => Algorithm::Argon2i,
                "argon2d" => Algorithm::Argon2d,
                _ => return None,
            };
            let version = match version {
                None | Some("v=16") => Version::V0x10,
                Some("v=19") => Version::V0x13,
                Some(_) => return None,
            };
            let [memory, passes, lanes] = parameters(costs, ["m", "t", "p"])?.map(number);
            let salt = STANDARD_NO_PAD
                .decode(salt)
                .ok()
                .filter(|salt| SALT.contains(&salt.len()))?;
            let tag = STANDARD_NO_PAD
                .decode(tag)
                .ok()
                .filter(|tag| TAG.contains(&tag.len()))?;
            Some((algorithm, version, [memory?, passes?, lanes?], salt, tag))
        };
        let (algorithm, version, [memory, passes, lanes], salt, tag) =
            read().ok_or_else(unknown)?;
        if memory > MEMORY_MOST || u64::from(memory) * u64::from(passes) > WORK_MOST {
            return Err(costly());
        }
        // Lanes are in bounds as well: each needs 8 KiB of the memory.
        let params = Params::new(memory, passes, lanes, Some(tag.len())).map_err(|_| unknown())?;
        Ok(Self {
            algorithm,
            version,
            params,
            keyid,
            salt,
            tag,
        })
    }

    /// Whether it is what [`hash`] would make at this cost, with this pepper.
    pub(super) fn is_current(&self, cost: Cost, pepper: Option<&Pepper>) -> bool {
        let params = &self.params;
        let made = Cost {
            memory_kib: params.m_cost(),
            passes: params.t_cost(),
            lanes: params.p_cost(),
        };
        self.algorithm == Algorithm::Argon2id
            && self.version == Version::V0x13
            && made == cost
            && self.keyid.as_deref() == pepper.map(Pepper::id)
    }

    /// Whether the hash is this password's.
    pub(super) fn matches(
        &self,
        peppers: &Peppers,
        password: &[u8],
        scratch: &mut Scratch,
    ) -> Result<bool> {
        let keyid = self.keyid.as_deref();
        let pepper = keyid.map(|keyid| peppers.find(keyid)).transpose()?;
        let tag = self.compute(password, pepper, scratch)?;
        Ok(mac::equal(&tag, &self.tag))
    }

    fn compute(
        &self,
        password: &[u8],
        pepper: Option<&Pepper>,
        scratch: &mut Scratch,
    ) -> Result<Vec<u8>> {
        let (algorithm, version, params) = (self.algorithm, self.version, self.params.clone());
        let context = match pepper {
            None => Argon2::new(algorithm, version, params),
            Some(pepper) => Argon2::new_with_secret(pepper.secret(), algorithm, version, params)
                .map_err(|fault| Error::new(&codes::INTERNAL).because(fault))?,
        };
        let mut tag = vec![0; self.tag.len()];
        scratch
            .with(self.params.block_count(), |blocks| {
                context.hash_password_into_with_memory(password, &self.salt, &mut tag, blocks)
            })?
            .map_err(|fault| Error::new(&codes::INTERNAL).because(fault))?;
        Ok(tag)
    }
}
