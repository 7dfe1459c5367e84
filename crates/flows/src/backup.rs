//! Backups: one portable file of either database, written while the server
//! runs, and read into an empty one.

use std::path::PathBuf;

use tollgate_base::{
    Error, Result,
    access::{Facts, Permission, Principal, Target, decide},
    codes,
};
use tollgate_records::{events::EventKind, installation, recoveries, schema};
use tollgate_store::{
    archive::{self, Header, Summary},
    sql::Tx,
};

use crate::{
    ctx::Ctx,
    steps::note::{Details, Log, change},
};

/// What a restore does with the sessions in the backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sessions {
    /// They are dead: what was revoked since must not come back.
    End,
    /// They live on. Revocations made after the backup are lost.
    Keep,
}

/// Write a backup.
///
/// # Errors
/// `access.denied`, or what the disk says.
pub async fn write(ctx: &Ctx, by: &Principal, path: PathBuf) -> Result<Summary> {
    decide(
        by,
        Permission::BackupsManage,
        &Target::Installation,
        &Facts::NONE,
    )?;
    let facts = ctx.installation();
    let header = Header {
        schema_version: schema_version(),
        installation: facts.id.clone(),
        master_key_id: facts.master_key_id.clone(),
        made_at: ctx.now(),
    };
    let summary = archive::write(ctx.db(), schema::TABLES, header, &path).await?;
    change(ctx, by, async |_: &mut Tx<'_>, log: &mut Log| {
        log.note(EventKind::BackupWritten, Details::default());
        Ok(())
    })
    .await?;
    Ok(summary)
}

/// Read a backup into an empty, migrated database.
///
/// # Errors
/// `backup.invalid` if it is damaged, of another schema, sealed with another
/// master key, or the database is not empty.
pub async fn restore(
    ctx: &Ctx,
    by: &Principal,
    (path, sessions): (PathBuf, Sessions),
) -> Result<Summary> {
    decide(
        by,
        Permission::BackupsManage,
        &Target::Installation,
        &Facts::NONE,
    )?;
    let header = archive::header(&path)?;
    let refuse = |detail: String| Err(Error::new(&codes::BACKUP_INVALID).detail(detail));
    if header.schema_version != schema_version() {
        let (theirs, ours) = (header.schema_version, schema_version());
        return refuse(format!(
            "The backup has schema {theirs}, this program {ours}. Restore with the version that wrote it, then upgrade."
        ));
    }
    if header.master_key_id != ctx.master().id() {
        return refuse("It is sealed with another master key. Put the secrets file of that installation in place first.".into());
    }
    let now = ctx.now();
    let summary = archive::read(
        ctx.db(),
        schema::TABLES,
        &path,
        async move |tx: &mut Tx<'_>| {
            if sessions == Sessions::End {
                installation::begin_epoch(tx, now).await?;
                // One may have been stopped since.
                recoveries::forget_all(tx).await?;
            }
            Ok(())
        },
    )
    .await?;
    change(ctx, by, async move |_: &mut Tx<'_>, log: &mut Log| {
        let mut details = Details::default();
        details
            .data
            .say("sessions_ended", sessions == Sessions::End);
        log.note(EventKind::BackupRestored, details);
        Ok(())
    })
    .await?;
    if let Some(facts) = installation::read(ctx.db()).await? {
        ctx.set_installation(facts);
    }
    Ok(summary)
}

fn schema_version() -> i64 {
    schema::MIGRATIONS
        .last()
        .map_or(0, |migration| migration.version)
}
