//! Handing a mail to a server (RFC 5321), and telling what is wrong with the
//! server from what is wrong with the mail.

use std::{error::Error as _, fmt, fs, path::PathBuf, time::Duration};

use lettre::{
    address::{Address, Envelope},
    message::{Mailbox, MultiPart, header},
    transport::smtp::{
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use tokio::time::timeout;
use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes};

use super::Message;

/// How long a server may take to say good-bye.
const FAREWELL: Duration = Duration::from_secs(1);
/// Answers to a receiver that tell of the mailbox where no status says more
/// (RFC 5321, section 4.2.3).
const MAILBOX: [u16; 3] = [550, 551, 553];

/// A server that takes mail.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is spoken to.
    pub encryption: Encryption,
    /// Who we are to it, if it wants to know.
    pub user: Option<String>,
    /// The password of that user.
    pub password: Option<SecretString>,
    /// The authorities that vouch for it, in PEM; the public ones if absent.
    pub roots: Option<PathBuf>,
    /// How long handing over one mail may take.
    pub patience: Duration,
    /// Who mail is from, such as `Tollgate <tollgate@example.org>`.
    pub from: String,
}

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// TLS after `STARTTLS`; no mail without it (RFC 3207).
    StartTls,
    /// None: for a server on this machine.
    None,
}

/// Speaks to one server.
pub struct Smtp {
    server: Server,
    from: Mailbox,
    tls: TlsParameters,
}

/// The part of a mail that a server answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Sender,
    Receiver,
    Text,
}

impl Part {
    /// Whether a refusal for good is about whoever gets the mail, and not about
    /// us: a sender that we do not own, relaying, a block list, DMARC. Those are
    /// mended without a word to the person who waits.
    fn tells_of_receiver(self, code: u16, status: Option<(u16, u16)>) -> bool {
        match status {
            _ if self == Self::Sender => false,
            // The sender's address (RFC 3463, section 3.2).
            Some((1, 7 | 8)) => false,
            Some((subject, _)) => matches!(subject, 1 | 2),
            None => self == Self::Receiver && MAILBOX.contains(&code),
        }
    }
}

impl Smtp {
    /// Get ready; nothing is sent.
    ///
    /// # Errors
    /// `config.invalid` if the sender's address or the file of authorities is
    /// not one.
    pub fn new(server: Server) -> Result<Self> {
        let invalid = |what: &'static str| Error::new(&codes::CONFIG_INVALID).detail(what);
        let from = server
            .from
            .parse()
            .map_err(|fault| invalid("mail.from is not an address").because(fault))?;
        let mut tls = TlsParameters::builder(server.host.clone());
        if let Some(file) = &server.roots {
            let unreadable = || invalid("mail.tls_root_file is not a PEM file of certificates");
            let pem = fs::read(file).map_err(|fault| unreadable().because(fault))?;
            let roots = Certificate::from_pem(&pem).map_err(|fault| unreadable().because(fault))?;
            tls = tls
                .certificate_store(CertificateStore::None)
                .add_root_certificate(roots);
        }
        let tls = tls
            .build_rustls()
            .map_err(|fault| invalid("mail.tls_root_file cannot be used").because(fault))?;
        Ok(Self { server, from, tls })
    }

    /// Hand a mail over.
    ///
    /// # Errors
    /// `mail.failed` if trying again may help, `mail.refused` if there is no such
    /// receiver, neither now nor later.
    pub(super) async fn send(&self, message: &Message) -> Result<()> {
        let (envelope, text) = self.write(message)?;
        let handing_over = async {
            let mut connection = self.connect().await?;
            submit(&mut connection, &envelope, &text).await?;
            Ok(connection)
        };
        farewell(self.in_time(handing_over).await?).await;
        Ok(())
    }

    /// Whether the server takes our connection, certificates and credentials.
    ///
    /// # Errors
    /// `mail.failed`.
    pub(super) async fn reach(&self) -> Result<()> {
        farewell(self.in_time(self.connect()).await?).await;
        Ok(())
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let late = |_| failed("The mail server took too long.".into());
        timeout(self.server.patience, work).await.map_err(late)?
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection> {
        let unreached =
            |fault: lettre::transport::smtp::Error| failed(about_server(&fault)).because(fault);
        let (server, hello) = (&self.server, self.hello());
        let wrapped = (server.encryption == Encryption::Tls).then(|| self.tls.clone());
        let place = (server.host.as_str(), server.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            place,
            Some(server.patience),
            &hello,
            wrapped,
            None,
        )
        .await
        .map_err(unreached)?;
        if server.encryption == Encryption::StartTls {
            let upgraded = connection.starttls(self.tls.clone(), &hello).await;
            upgraded.map_err(unreached)?;
        }
        if let Some(user) = &server.user {
            let password = server.password.as_ref().map_or("", |it| it.expose_secret());
            let credentials = Credentials::new(user.clone(), password.to_owned());
            let known = connection.auth(DEFAULT_MECHANISMS, &credentials).await;
            known.map_err(unreached)?;
        }
        Ok(connection)
    }

    /// Servers want a name that is in the DNS; that of our mail is.
    fn hello(&self) -> ClientId {
        ClientId::Domain(self.from.email.domain().to_owned())
    }

    fn write(&self, message: &Message) -> Result<(Envelope, Vec<u8>)> {
        let unwritable = |what: &'static str| Error::new(&codes::MAIL_REFUSED).detail(what);
        let to: Address = message.to.parse().map_err(|fault| {
            unwritable("No mail can be sent to an address of this form.").because(fault)
        })?;
        let id = format!("<{}@{}>", message.id, self.from.email.domain());
        let mail = lettre::Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&message.subject)
            .message_id(Some(id))
            .date(message.at.system())
            .raw_header(header::HeaderValue::new(
                header::HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .multipart(MultiPart::alternative_plain_html(
                message.text.expose_secret().to_owned(),
                message.html.expose_secret().to_owned(),
            ))
            .map_err(|fault| unwritable("The mail cannot be written.").because(fault))?;
        Ok((mail.envelope().clone(), mail.formatted()))
    }
}

/// Without what stands in the messages of a server: it may name people.
fn about_server(fault: &lettre::transport::smtp::Error) -> String {
    match fault.status() {
        Some(code) => format!("The mail server does not let us in; it answered {code}."),
        None if fault.is_timeout() => "The mail server took too long.".into(),
        None if fault.is_client() => {
            "The mail server does not offer what mail.url asks for.".into()
        }
        None if fault.is_response() => "The mail server cannot be understood.".into(),
        None => "The mail server cannot be reached.".into(),
    }
}

/// Hand over envelope and text, telling where the server refuses.
async fn submit(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
    text: &[u8],
) -> Result<()> {
    let refused =
        |part| move |fault: lettre::transport::smtp::Error| about_mail(part, &fault).because(fault);
    let offers = |extension| connection.server_info().supports_feature(extension);
    let mut options = Vec::new();
    let mut addresses = envelope.to().iter().chain(envelope.from());
    if addresses.any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
        if !offers(Extension::SmtpUtfEight) {
            let detail = "The mail server cannot take an address of this form.";
            return Err(Error::new(&codes::MAIL_REFUSED).detail(detail));
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    if !text.is_ascii() {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let sender = Mail::new(envelope.from().cloned(), options);
    let taken = connection.command(sender).await;
    taken.map_err(refused(Part::Sender))?;
    for to in envelope.to() {
        let taken = connection.command(Rcpt::new(to.clone(), Vec::new())).await;
        taken.map_err(refused(Part::Receiver))?;
    }
    let taken = connection.command(Data).await;
    taken.map_err(refused(Part::Text))?;
    let taken = connection.message(text).await;
    taken.map_err(refused(Part::Text))?;
    Ok(())
}

/// What became of a mail after the server had let us in.
fn about_mail(part: Part, fault: &lettre::transport::smtp::Error) -> Error {
    let Some(code) = fault.status() else {
        return failed("The connection to the mail server broke.".into());
    };
    let says = format!("The mail server answered {code}.");
    let words = fault.source().map(ToString::to_string);
    let status = enhanced(words.as_deref().unwrap_or_default());
    if fault.is_permanent() && part.tells_of_receiver(code.into(), status) {
        Error::new(&codes::MAIL_REFUSED).detail(says)
    } else {
        failed(says)
    }
}

/// The status that begins the words of an answer (RFC 2034), but for its class.
fn enhanced(words: &str) -> Option<(u16, u16)> {
    let status = words.split_whitespace().next()?;
    let mut numbers = status.split('.').map(str::parse);
    let (_, subject, detail) = (
        numbers.next()?.ok()?,
        numbers.next()?.ok()?,
        numbers.next()?.ok()?,
    );
    numbers.next().is_none().then_some((subject, detail))
}

fn failed(says: String) -> Error {
    Error::new(&codes::MAIL_FAILED).detail(says)
}

/// The mail is handed over already: whatever comes now changes nothing.
async fn farewell(mut connection: AsyncSmtpConnection) {
    let _ = timeout(FAREWELL, connection.quit()).await;
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Smtp").field(&self.server).finish()
    }
}
