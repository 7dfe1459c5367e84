//! Which setting goes to what calls others: mail, texts, and who is asked about new
//! passwords.

use std::sync::Arc;

use tollgate_base::{Error, Result, codes};
use tollgate_flows::Address;
use tollgate_outbound::{
    breaches::{Breaches, List, Ranges},
    channels::{Channels, Chat, Lines},
    countries::Countries,
    courier::Courier,
    hook::{Hook, Place},
    letters::Letters,
    mail::{Encryption, Mailer, Server, Smtp},
    reach::Reach,
    sms::Texter,
    syslog::{Syslog, Transport},
};

use tollgate_flows::{Severity, ctx::AlertPolicy};

use crate::{
    config::{
        self, Config,
        meant::{backend::WebUrl, value::Word},
    },
    tls::Identity,
};

/// Whether the files are there, and what they should be, that a server needs
/// beside its own.
///
/// # Errors
/// `config.invalid`, which says what of each of them.
pub fn check_files(config: &Config) -> Result<()> {
    let looked = [
        mailer(&config.mail).map(drop),
        texter(&config.sms).map(drop),
        courier(&config.webhooks).map(drop),
        channels(&config.alerts).map(drop),
        alert_file(&config.alerts),
        letters(&config.mail).map(drop),
        countries(&config.network).map(drop),
        whole_breaches(&config.password).map(drop),
        identity(&config.tls),
    ];
    let faults: Vec<Error> = looked.into_iter().filter_map(Result::err).collect();
    match <[Error; 1]>::try_from(faults) {
        Ok([only]) => Err(only),
        Err(faults) if faults.is_empty() => Ok(()),
        Err(faults) => {
            let all: Vec<&str> = faults.iter().map(Error::public).collect();
            Err(Error::new(&codes::CONFIG_INVALID).detail(all.join("\n")))
        }
    }
}

/// Whether our certificate and its key can be shown.
fn identity(tls: &config::tls::Tls) -> Result<()> {
    match tls.files() {
        Some((certificate, key)) => Identity::read(certificate, key).map(drop),
        None => Ok(()),
    }
}

/// Whether lines of alerts could be added where they are to go.
fn alert_file(alerts: &config::alerts::Alerts) -> Result<()> {
    let Some(path) = &alerts.file else {
        return Ok(());
    };
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let what = if path.is_dir() {
        "is a folder"
    } else if folder.is_some_and(|folder| !folder.is_dir()) {
        "lies in a folder that is not there"
    } else {
        return Ok(());
    };
    let detail = format!("alerts.file: {} {what}.", path.display());
    Err(Error::new(&codes::CONFIG_INVALID).detail(detail))
}

/// Whoever takes our mail.
///
/// # Errors
/// `config.invalid` if the file of authorities is none.
pub fn mailer(mail: &config::mail::Mail) -> Result<Mailer> {
    use config::mail::Delivery;

    let from = mail.from.to_string();
    let url = match (mail.delivery, &mail.url) {
        (Delivery::Smtp, Some(url)) => url,
        (Delivery::Log, _) => return Ok(Mailer::Log),
        _ => {
            let folder = mail.folder.clone();
            return Ok(Mailer::Folder { folder, from });
        }
    };
    let server = Server {
        host: url.host().to_owned(),
        port: url.port(),
        encryption: match url.is_tls() {
            true => Encryption::Tls,
            false if url.is_loopback() || mail.allow_plain => Encryption::None,
            false => Encryption::StartTls,
        },
        user: url.user(),
        password: mail.password.as_deref().cloned(),
        roots: mail.tls_root_file.clone(),
        patience: mail.timeout,
        from,
    };
    Ok(Mailer::Smtp(Arc::new(Smtp::new(server)?)))
}

/// Whoever takes our texts.
///
/// # Errors
/// `config.invalid` if the file of authorities is none.
pub fn texter(sms: &config::sms::Sms) -> Result<Texter> {
    use config::sms::Delivery;

    match (sms.delivery, &sms.url, &sms.secret) {
        (Delivery::Hook, Some(url), Some(secret)) => {
            let place = Place {
                url: url.to_url(),
                secret: (**secret).clone(),
                roots: sms.tls_root_file.clone(),
                patience: sms.timeout,
            };
            Ok(Texter::Hook(Arc::new(Hook::new(place)?)))
        }
        (Delivery::Folder, ..) => Ok(Texter::Folder(sms.folder.clone())),
        (Delivery::Log, ..) => Ok(Texter::Log),
        _ => Ok(Texter::Off),
    }
}

/// Who hands events to webhooks.
pub(super) fn courier(webhooks: &config::webhooks::Webhooks) -> Result<Courier> {
    let reach = Reach::with(webhooks.allow_networks.clone());
    Courier::new(reach, webhooks.tls_root_file.as_deref(), webhooks.timeout)
}

/// Where alerts are told beside mail.
pub(super) fn channels(alerts: &config::alerts::Alerts) -> Result<Channels> {
    let roots = alerts.tls_root_file.as_deref();
    let chat = alerts.slack_url.as_deref().cloned();
    let chat = chat.map(|url| Chat::new(url, roots, alerts.timeout));
    let hook = alerts
        .webhook_url
        .as_ref()
        .zip(alerts.webhook_secret.as_deref());
    let hook = hook.map(|(url, secret)| {
        let place = Place {
            url: url.to_url(),
            secret: secret.clone(),
            roots: alerts.tls_root_file.clone(),
            patience: alerts.timeout,
        };
        Hook::new(place).map(Arc::new)
    });
    let file = alerts.file.clone();
    Ok(Channels {
        chat: chat.transpose()?,
        hook: hook.transpose()?,
        file: file.map(|path| Lines::new(path, alerts.file_size.bytes())),
    })
}

/// Who is told of alerts, as the verbs see it.
pub(super) fn alert_policy(alerts: &config::alerts::Alerts) -> AlertPolicy {
    AlertPolicy {
        mail: alerts.mail_to.clone(),
        mail_level: severity(alerts.mail_level),
        slack_level: severity(alerts.slack_level),
        webhook_level: severity(alerts.webhook_level),
        file_level: severity(alerts.file_level),
        at_once: severity(alerts.at_once),
        digest: alerts.digest.0,
        quiet: alerts.quiet,
        language: alerts.language.shown(),
    }
}

const fn severity(level: config::alerts::Level) -> Severity {
    match level {
        config::alerts::Level::Info => Severity::Info,
        config::alerts::Level::Warning => Severity::Warning,
        config::alerts::Level::Critical => Severity::Critical,
    }
}

/// Who is asked about new passwords, if the list can be read: a server would take
/// each password without it, and nobody would know.
pub(super) fn whole_breaches(password: &config::password::Password) -> Result<Breaches> {
    let breaches = breaches(password)?;
    if let Some(Err(fault)) = breaches.list.as_ref().map(List::head) {
        let path = password.breach_list.clone().unwrap_or_default();
        let detail = format!(
            "password.breach_list: {}: {fault}. Make the list with tollgate breach-list build FILE..., or leave the setting out.",
            path.display()
        );
        return Err(Error::new(&codes::CONFIG_INVALID).detail(detail));
    }
    Ok(breaches)
}

/// Who is asked about new passwords.
pub(super) fn breaches(password: &config::password::Password) -> Result<Breaches> {
    let ranges = |url: &WebUrl| Ranges::new(url.to_url(), None, password.breach_timeout);
    Ok(Breaches {
        list: password.breach_list.clone().map(List::new),
        ranges: password.breach_url.as_ref().map(ranges).transpose()?,
    })
}

/// In which country an address is, as far as the operator's file tells.
///
/// # Errors
/// `config.invalid` if it is no such file.
pub(super) fn countries(network: &config::network::Network) -> Result<Countries> {
    let Some(path) = &network.countries else {
        return Ok(Countries::default());
    };
    Countries::open(path).map_err(|fault| {
        let detail = format!(
            "network.countries: {}: {fault}. Name a file of countries or cities in MaxMind's format (.mmdb), or leave the setting out.",
            path.display()
        );
        Error::new(&codes::CONFIG_INVALID).detail(detail)
    })
}

/// What our mail says.
///
/// # Errors
/// `config.invalid` if a template cannot be used.
pub fn letters(mail: &config::mail::Mail) -> Result<Letters> {
    Letters::load(mail.templates.as_deref())
}

/// The log server that gets the audit trail, if there is one.
pub(super) fn syslog(config: &Config) -> Option<Syslog> {
    let said = &config.syslog;
    let url = said.url.as_ref()?;
    Some(Syslog {
        transport: match url.scheme() {
            "udp" => Transport::Udp,
            "tcp" => Transport::Tcp,
            _ => Transport::Tls,
        },
        host: url.host().to_owned(),
        port: url.port(),
        roots: said.tls_root_file.clone(),
        patience: said.timeout,
        facility: u8::try_from(said.facility).unwrap_or(13),
        from: host_name(config),
    })
}

/// What this machine is called, of which there may be several behind one address; that
/// address where the system does not say.
fn host_name(config: &Config) -> String {
    let told = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let is_name = |c: char| c.is_ascii_graphic();
    let told = told.trim();
    if !told.is_empty() && told.len() <= 255 && told.chars().all(is_name) {
        return told.to_owned();
    }
    let own = Address::parse(&config.server.address());
    own.map_or_else(|_| "-".to_owned(), |own| own.hostname().to_owned())
}
