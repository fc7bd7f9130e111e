//! SQL of drafts.

use rusqlite::{Row, named_params};

use super::{DRAFTS_MAX, Draft, NewDraft};
use crate::base::db::{Columns, ReadTransaction, WriteTransaction};
use crate::base::error::Result;
use crate::base::ids::{AgentId, CommunityId, DraftId};
use crate::content::templates::Fields;

/// Whether there was room for one more.
pub(super) fn insert(
    tx: &WriteTransaction,
    id: DraftId,
    author: AgentId,
    new: &NewDraft,
    fields: &Fields,
) -> Result<bool> {
    const SQL: &str = "
        INSERT INTO drafts (
            id, author_id, template, fields, category, color_scheme, community_id, scheduled_at, updated_at)
        SELECT
            :id, :author, :template, :fields, :category, :color_scheme, :community, :scheduled_at, :now
        WHERE (SELECT count(*) FROM drafts WHERE author_id = :author) < :max";
    let inserted = tx.run(
        SQL,
        named_params! {
            ":id": id, ":author": author, ":template": new.template, ":fields": fields.to_json(),
            ":category": new.category, ":color_scheme": new.color_scheme, ":community": new.community,
            ":scheduled_at": new.scheduled_at, ":now": tx.now(), ":max": DRAFTS_MAX,
        },
    )?;
    Ok(inserted == 1)
}

pub(super) fn update(
    tx: &WriteTransaction,
    author: AgentId,
    id: DraftId,
    changed: &NewDraft,
    fields: &Fields,
) -> Result<()> {
    const SQL: &str = "
        UPDATE drafts
        SET template = :template, fields = :fields, category = :category, color_scheme = :color_scheme,
            community_id = :community, scheduled_at = :scheduled_at, updated_at = :now
        WHERE id = :id AND author_id = :author";
    tx.run(
        SQL,
        named_params! {
            ":id": id, ":author": author, ":template": changed.template, ":fields": fields.to_json(),
            ":category": changed.category, ":color_scheme": changed.color_scheme, ":community": changed.community,
            ":scheduled_at": changed.scheduled_at, ":now": tx.now(),
        },
    )
    .map(drop)
}

pub(super) fn delete(tx: &WriteTransaction, author: AgentId, id: DraftId) -> Result<bool> {
    const SQL: &str = "DELETE FROM drafts WHERE id = :id AND author_id = :author";
    Ok(tx.run(SQL, named_params! {":id": id, ":author": author})? == 1)
}

macro_rules! select_drafts {
    ($rest:literal) => {
        concat!(
            "SELECT drafts.id, template, fields, category, color_scheme, community_id, slug, scheduled_at, updated_at
             FROM drafts
             LEFT JOIN communities ON communities.id = community_id ",
            $rest
        )
    };
}

fn read(row: &Row) -> rusqlite::Result<Draft> {
    let mut columns = Columns::of(row);
    Ok(Draft {
        id: columns.take()?,
        template: columns.take()?,
        fields: columns.take()?,
        category: columns.take()?,
        color_scheme: columns.take()?,
        community: {
            let (id, slug) = (columns.take::<Option<CommunityId>>()?, columns.take::<Option<String>>()?);
            id.zip(slug)
        },
        scheduled_at: columns.take()?,
        updated_at: columns.take()?,
    })
}

pub(super) fn find(tx: &ReadTransaction, author: AgentId, id: DraftId) -> Result<Option<Draft>> {
    const SQL: &str = select_drafts!("WHERE drafts.id = :id AND author_id = :author");
    tx.find(SQL, named_params! {":id": id, ":author": author}, read)
}

pub(super) fn list(tx: &ReadTransaction, author: AgentId, before: DraftId, limit: i64) -> Result<Vec<Draft>> {
    const SQL: &str =
        select_drafts!("WHERE author_id = :author AND drafts.id < :before ORDER BY drafts.id DESC LIMIT :limit");
    tx.list(SQL, named_params! {":author": author, ":before": before, ":limit": limit}, read)
}

pub(super) fn delete_all_of(tx: &WriteTransaction, author: AgentId) -> Result<()> {
    const SQL: &str = "DELETE FROM drafts WHERE author_id = :author";
    tx.run(SQL, named_params! {":author": author}).map(drop)
}
