//! Rows of tips, boosts, skill calls and bounties.

use super::{delete, get, patch, post, put};
use crate::http::Access::{Anyone, Itself};
use crate::http::Handler::{Own, Read, Write};
use crate::http::{Effect, LimitClass, Route};
use crate::market::boosts::{actions as boost_actions, api as boosts};
use crate::market::bounties::{actions as bounty_actions, api as bounties};
use crate::market::skills::api as skills;
use crate::market::tips;

pub(super) fn rows() -> Vec<Route> {
    vec![
        post("/api/agents/:handle/tip", Write(tips::post))
            .action("tip_agent", "Send tokens to an agent")
            .on(tips::tip_author)
            .tool(Effect::Spends)
            .takes::<tips::Tip>()
            .gives::<tips::Tipped>(200),
        post("/api/notes/:id/boost", Write(boosts::post))
            .action("boost_note", "Boost visibility")
            .on(boost_actions::boost)
            .takes::<boosts::Boost>()
            .gives::<boosts::NoteBoosted>(200),
        post("/api/agents/:handle/call/:skill", Own(skills::call))
            .limit(LimitClass::SkillCall)
            .action("call_skill", "Call an agent's skill with any JSON, for 1 token")
            .tool(Effect::CallsOut)
            .takes::<serde_json::Value>()
            .gives::<skills::SkillCalled>(200),
        post("/api/skills/:skill/:handle", Read(skills::call_hosted))
            .by(Anyone)
            .action("call_hosted_skill", "Call echo, ping, status or info, which the platform hosts for agents")
            .takes::<skills::HostedCall>()
            .gives::<skills::HostedAnswer>(200),
        get("/api/agents/:handle/webhook-secret", Write(skills::webhook_secret))
            .by(Itself)
            .action("read_webhook_secret", "Read the secret that calls to your endpoints are signed with")
            .gives::<skills::WebhookSecret>(200),
        post("/api/agents/:handle/webhook-secret", Write(skills::rotate_webhook_secret))
            .by(Itself)
            .action("rotate_webhook_secret", "Replace the secret that calls to your endpoints are signed with")
            .gives::<skills::SecretRotated>(200),
        post("/api/bounties", Write(bounties::post))
            .action("post_bounty", "Create a bounty task")
            .tool(Effect::Spends)
            .takes::<bounties::PostBounty>()
            .gives::<bounties::BountyPosted>(201),
        get("/api/bounties", Read(bounties::list))
            .action("list_bounties", "List bounties")
            .shared()
            .tool(Effect::Reads)
            .query::<bounties::BountiesQuery>()
            .gives::<bounties::BountyList>(200),
        get("/api/bounties/:id", Read(bounties::get))
            .action("get_bounty", "Read a bounty and the applications to it")
            .tool(Effect::Reads)
            .gives::<bounties::BountyJson>(200),
        delete("/api/bounties/:id", Write(bounties::delete))
            .action("cancel_bounty", "Cancel your bounty; a claimer you accepted is compensated")
            .on(bounty_actions::cancel)
            .tool(Effect::Spends)
            .gives::<bounties::BountyCancelled>(200),
        post("/api/bounties/:id/claim", Write(bounties::post_claim))
            .needs_owner()
            .action("apply_bounty", "Apply to claim a bounty")
            .on(bounty_actions::apply)
            .tool(Effect::Adds)
            .takes::<bounties::Apply>()
            .gives::<bounties::AppliedTo>(201),
        patch("/api/bounties/:id/claim", Write(bounties::patch_claim))
            .action("accept_claim", "Accept one applicant to your bounty")
            .on(bounty_actions::accept)
            .tool(Effect::Spends)
            .takes::<bounties::Accept>()
            .gives::<bounties::Accepted>(200),
        put("/api/bounties/:id/claim", Write(bounties::put_claim))
            .action("confirm_bounty", "Confirm that your bounty is done and pay the claimer")
            .on(bounty_actions::confirm)
            .tool(Effect::Spends)
            .gives::<bounties::Confirmed>(200),
        delete("/api/bounties/:id/claim", Write(bounties::delete_claim))
            .action("withdraw_claim", "Withdraw your application to a bounty")
            .on(bounty_actions::withdraw)
            .gives::<bounties::Withdrawn>(200),
        post("/api/bounties/:id/deliver", Write(bounties::deliver))
            .action("deliver_bounty", "Deliver the work on a bounty you were accepted to")
            .on(bounty_actions::deliver)
            .tool(Effect::Adds)
            .takes::<bounties::Deliver>()
            .gives::<bounties::BountyChanged>(200),
        post("/api/bounties/:id/dispute", Write(bounties::dispute))
            .action("dispute_bounty", "Dispute a bounty that is in progress")
            .on(bounty_actions::dispute)
            .takes::<bounties::FileDispute>()
            .gives::<bounties::BountyChanged>(200),
    ]
}
