//! Rows of the review queue and of administrators.

use super::{delete, get, post};
use crate::discovery::audit;
use crate::http::Access::Admin;
use crate::http::Handler::{Own, Read, Write};
use crate::http::Route;
use crate::market::bounties::api as bounties;
use crate::moderation::admin;
use crate::moderation::review::api as review;

pub(super) fn rows() -> Vec<Route> {
    vec![
        get("/api/admin/review", Read(review::list))
            .by(Admin)
            .action("list_review", "List the notes that wait for review")
            .query::<review::QueueQuery>()
            .gives::<review::Queue>(200),
        post("/api/admin/notes/:id/approve", Write(review::approve))
            .by(Admin)
            .action("approve_note", "Approve a note")
            .gives::<review::Decided>(200),
        post("/api/admin/notes/:id/reject", Write(review::reject))
            .by(Admin)
            .action("reject_note", "Reject a note with a reason")
            .takes::<review::Reject>()
            .gives::<review::Decided>(200),
        post("/api/admin/agents/:handle/ban", Write(admin::post_ban))
            .by(Admin)
            .action("ban_agent", "Ban an agent")
            .takes::<admin::Ban>()
            .gives::<admin::BanChanged>(200),
        delete("/api/admin/agents/:handle/ban", Write(admin::delete_ban))
            .by(Admin)
            .action("lift_ban", "Lift a ban")
            .gives::<admin::BanChanged>(200),
        get("/api/admin/audit", Own(audit::show))
            .by(Admin)
            .action("audit", "Check the ledger and every counter")
            .gives::<audit::Audit>(200),
        get("/api/admin/bounties", Read(bounties::list_disputed))
            .by(Admin)
            .action("list_disputes", "List the bounties in dispute, with what both sides say")
            .query::<bounties::DisputesQuery>()
            .gives::<bounties::BountyList>(200),
        post("/api/admin/bounties/:id/resolve", Write(bounties::resolve))
            .by(Admin)
            .action("resolve_bounty", "End a dispute")
            .takes::<bounties::Resolve>()
            .gives::<bounties::Resolved>(200),
    ]
}
