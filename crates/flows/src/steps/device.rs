//! The browser or app that somebody signs in with: whether the account knows it
//! and its network, and what is kept of both.

use std::{fmt, net::IpAddr, time::Duration};

use tollgate_base::{
    ExposeSecret, Result, SecretString,
    country::Country,
    id::{DeviceId, UserId},
    network::Network,
    time::Time,
};
use tollgate_crypto::{
    device::DeviceSecrets,
    token::{self, Prefix},
};
use tollgate_outbound::countries::Countries;
use tollgate_records::{
    devices::{self, NewDevice, Sighting, StoredDevice},
    events::EventKind,
    sessions::Device,
};
use tollgate_store::sql::Tx;

use crate::ctx::{Confirmation, Ctx};

use super::note::{Details, Log};

/// What somebody signs in with.
#[derive(Clone, Default)]
pub struct UserAgent {
    /// What lists show of it.
    pub device: Device,
    /// The secrets that it has kept.
    pub secrets: DeviceSecrets,
    /// Whether it will keep one more.
    pub keeps: bool,
    /// The work that it shows, where that was asked for.
    pub proof: Option<SecretString>,
}

/// A user agent at an account: everything random is drawn, nothing is looked up.
#[derive(Clone)]
pub(crate) struct Arrival {
    account: UserId,
    agent: UserAgent,
    network: Option<Network>,
    country: Option<Country>,
    countries: Countries,
    /// What it will be known by if it is not known yet.
    id: DeviceId,
    secret: SecretString,
}

/// What the account knows of it.
pub(crate) struct Seen {
    /// The device, and which of its secrets it is known by.
    device: Option<(usize, StoredDevice)>,
    network: bool,
}

/// What becomes of it.
pub(crate) struct Settled {
    /// The device.
    pub(crate) id: DeviceId,
    /// What it is to keep.
    pub(crate) secrets: DeviceSecrets,
}

impl UserAgent {
    /// The same, called what the client calls it.
    #[must_use]
    pub fn named(mut self, name: Option<String>) -> Self {
        let Device {
            browser, address, ..
        } = self.device;
        self.device = Device::new(name, browser, address);
        self
    }

    /// The same, which shows that it worked.
    #[must_use]
    pub fn proving(self, proof: Option<SecretString>) -> Self {
        Self { proof, ..self }
    }

    /// The same, which keeps a secret or does not.
    #[must_use]
    pub fn keeping(self, keeps: bool) -> Self {
        Self { keeps, ..self }
    }
}

impl fmt::Debug for UserAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserAgent(…)")
    }
}

/// One that keeps nothing.
impl From<Device> for UserAgent {
    fn from(device: Device) -> Self {
        Self {
            device,
            ..Self::default()
        }
    }
}

impl Arrival {
    /// Draw what is random, outside the transaction.
    pub(crate) fn prepare(ctx: &Ctx, account: UserId, agent: UserAgent) -> Result<Self> {
        let address = agent.device.address.as_deref();
        let address = address.and_then(|text| text.parse::<IpAddr>().ok());
        let countries = ctx.countries().clone();
        Ok(Self {
            account,
            network: address.map(Network::of),
            country: address.and_then(|address| countries.of(address)),
            countries,
            agent,
            id: DeviceId::new(ctx.now(), ctx.entropy())?,
            secret: token::mint(ctx.entropy(), Prefix::Device)?,
        })
    }

    /// Look what the account knows of it.
    pub(crate) async fn look(&self, tx: &mut Tx<'_>) -> Result<Seen> {
        let mut device = None;
        for (place, hash) in self.agent.secrets.fingerprints().enumerate() {
            if let Some(known) = devices::by_hash(tx, self.account, hash).await? {
                device = Some((place, known));
                break;
            }
        }
        let network = match self.network {
            Some(network) => devices::has_network(tx, self.account, network).await?,
            None => false,
        };
        Ok(Seen { device, network })
    }

    /// Whether the account knows anything that a sign-in could be held against.
    pub(crate) async fn has_precedent(&self, tx: &mut Tx<'_>, asks: Confirmation) -> Result<bool> {
        match asks {
            Confirmation::Off => Ok(false),
            Confirmation::Device => devices::knows_device(tx, self.account).await,
            Confirmation::Network => devices::knows_network(tx, self.account).await,
        }
    }

    /// Keep what is known of it from now on, in the transaction that opens its
    /// session. Nothing where it keeps no secret.
    pub(crate) async fn settle(
        &self,
        tx: &mut Tx<'_>,
        seen: Seen,
        now: Time,
    ) -> Result<Option<Settled>> {
        if let Some(network) = self.network {
            devices::saw_network(tx, self.account, network, now).await?;
        }
        let sighting = self.sighting();
        let secrets = self.agent.secrets.clone();
        if let Some((place, known)) = seen.device {
            devices::saw(tx, known.id, &sighting, now).await?;
            return Ok(Some(Settled {
                id: known.id,
                secrets: secrets.with_first(place),
            }));
        }
        if !self.agent.keeps {
            return Ok(None);
        }
        let new = NewDevice {
            id: self.id,
            account: self.account,
            hash: token::fingerprint(self.secret.expose_secret()),
        };
        devices::add(tx, &new, &sighting, now).await?;
        Ok(Some(Settled {
            id: self.id,
            secrets: secrets.with(self.secret.clone()),
        }))
    }

    /// Tell the owner if it is new to an account that knows others, or in a country
    /// where the account was not used before. What keeps no secret is told of once for
    /// each network.
    pub(crate) async fn announce(&self, tx: &mut Tx<'_>, log: &mut Log, seen: &Seen) -> Result<()> {
        if !seen.network && self.is_abroad(tx).await? {
            log.note(EventKind::CountryNew, self.details());
            return Ok(());
        }
        let is_known =
            seen.device.is_some() || !self.agent.keeps && (seen.network || self.network.is_none());
        if is_known {
            return Ok(());
        }
        let knows_others = devices::knows_device(tx, self.account).await?
            || devices::knows_network(tx, self.account).await?;
        if knows_others {
            log.note(EventKind::DeviceNew, self.details());
        }
        Ok(())
    }

    /// Whether it is in a country, and all networks of the account that are in one
    /// are in others.
    async fn is_abroad(&self, tx: &mut Tx<'_>) -> Result<bool> {
        let Some(country) = self.country else {
            return Ok(false);
        };
        let known = devices::networks_in(tx, self.account).await?;
        let mut countries = known.iter().filter_map(|network| {
            let address = network.split('/').next()?.parse().ok()?;
            self.countries.of(address)
        });
        let first = countries.next();
        Ok(first.is_some_and(|first| first != country && countries.all(|it| it != country)))
    }

    /// What there is to say of it in the audit trail.
    pub(crate) fn details(&self) -> Details {
        let mut details = Details {
            actor: Some(self.account),
            subject: Some(self.account),
            address: self.agent.device.address.clone(),
            ..Details::default()
        };
        let device = &self.agent.device;
        let name = device.name.as_ref().or(device.browser.as_ref());
        let country = self.country.map(|country| country.to_string());
        for (key, text) in [("device", name), ("country", country.as_ref())] {
            if let Some(text) = text {
                details.personal.say(key, text);
            }
        }
        details
    }

    fn sighting(&self) -> Sighting {
        let Device {
            name,
            browser,
            address,
        } = self.agent.device.clone();
        Sighting {
            name,
            browser,
            address,
        }
    }
}

impl Seen {
    /// Whether the sign-in is to be confirmed where no second factor is shown.
    pub(crate) fn is_unfamiliar(&self, asks: Confirmation) -> bool {
        match asks {
            Confirmation::Off => false,
            Confirmation::Device => self.device.is_none(),
            Confirmation::Network => !self.network,
        }
    }

    /// Until when the second step may be left out, if trust lasts so long and none
    /// counts that is older than `not_before`.
    pub(crate) fn trusted_until(&self, lasts: Option<Duration>, not_before: Time) -> Option<Time> {
        let (_, device) = self.device.as_ref()?;
        device.trusted_until(lasts?, not_before)
    }
}
