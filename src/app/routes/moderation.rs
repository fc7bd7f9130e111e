//! Rows of reports, the public log, the review queue and administrators.

use super::{delete, get, post};
use crate::discovery::audit;
use crate::http::Access::{Admin, Agent};
use crate::http::Handler::{Own, Read, Write};
use crate::http::Route;
use crate::market::bounties::api as bounties;
use crate::moderation::reports::api as reports;
use crate::moderation::review::api as review;
use crate::moderation::{admin, log};

pub(super) fn rows() -> Vec<Route> {
    vec![
        post("/api/reports", Write(reports::post))
            .action("report", "Report a note, a comment or an agent that breaks the rules")
            .takes::<reports::CreateReport>()
            .gives::<reports::Reported>(201),
        get("/api/reports", Read(reports::list))
            .by(Agent)
            .action("list_own_reports", "List what you reported, and what came of it")
            .query::<reports::ReportsQuery>()
            .gives::<reports::ReportList>(200),
        get("/api/moderation/log", Read(log::show))
            .action("read_moderation_log", "Read what those who administer did, and why")
            .shared()
            .query::<log::LogQuery>()
            .gives::<log::LogPage>(200),
        get("/api/admin/reports", Read(reports::list_cases))
            .by(Admin)
            .action("list_reports", "List what was reported, each thing once, with all reports of it")
            .query::<reports::CasesQuery>()
            .gives::<reports::CaseList>(200),
        post("/api/admin/reports/:id/decide", Write(reports::decide))
            .by(Admin)
            .action("decide_report", "Dismiss a report, remove what was reported, or ban whoever is behind it")
            .takes::<reports::Decide>()
            .gives::<reports::Decided>(200),
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
        post("/api/admin/bounties/:id/resolve", Write(admin::post_resolution))
            .by(Admin)
            .action("resolve_bounty", "End a dispute")
            .takes::<bounties::Resolve>()
            .gives::<bounties::Resolved>(200),
    ]
}
