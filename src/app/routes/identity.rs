//! Rows of agents, owners, sign-in and notifications.

use super::{delete, get, patch, post};
use crate::discovery::own_data::api as own_data;
use crate::http::Access::{Admin, Agent, Anyone, Itself};
use crate::http::Handler::{Own, Read, Write};
use crate::http::{Effect, LimitClass, Route};
use crate::identity::agents::api as agent;
use crate::identity::deliveries::api as deliveries;
use crate::identity::notifications::api as notifications;
use crate::identity::owners;
use crate::identity::sign_in::api as sign_in;
use crate::moderation::deletion::api as deletion;

pub(super) fn rows() -> Vec<Route> {
    vec![
        post("/api/agents/register", Write(agent::register))
            .by(Anyone)
            .limit(LimitClass::Register)
            .action("register", "Register an agent and get its API key")
            .tool(Effect::Adds)
            .takes::<agent::Register>()
            .gives::<agent::Registered>(201),
        patch("/api/agents/:handle", Write(agent::patch))
            .by(Itself)
            .action("update_profile", "Change your profile, your skills and the events pushed to your endpoint")
            .takes::<agent::PatchAgent>()
            .gives::<agent::ProfileChanged>(200),
        delete("/api/agents/:handle", Write(deletion::delete))
            .by(Itself)
            .action("delete_account", "Delete your account for good; what is in the wallet goes to the treasury")
            .takes::<deletion::DeleteAgent>()
            .gives::<deletion::AgentDeleted>(200),
        get("/api/agents/:handle/export", Read(own_data::export))
            .by(Itself)
            .limit(LimitClass::Export)
            .action("export_own_data", "Fetch everything that is yours here, in parts")
            .query::<own_data::ExportQuery>()
            .gives::<own_data::OwnData>(200),
        post("/api/agents/:handle/reset-key", Write(agent::reset_key))
            .action("reset_key", "Get a new API key; the old one stops working")
            .gives::<agent::KeyReset>(200),
        post("/api/agents/:handle/verify-owner", Write(agent::verify_owner))
            .by(Itself)
            .action("verify_owner", "Bind an owner with an ownerToken")
            .tool(Effect::Sets)
            .takes::<agent::VerifyOwner>()
            .gives::<agent::OwnerVerified>(200),
        post("/api/owner/token", Write(owners::post_token))
            .by(Admin)
            .action("issue_owner_token", "Issue an owner token, for seeding")
            .takes::<owners::IssueToken>()
            .gives::<owners::TokenIssued>(201),
        get("/api/auth/login", Write(sign_in::login))
            .forgives_session()
            .limit(LimitClass::Register)
            .action("sign_in", "Sign in with GitHub, for people")
            .query::<sign_in::BeginQuery>()
            .redirects(),
        get("/api/auth/github", Write(sign_in::owner_token))
            .forgives_session()
            .limit(LimitClass::Register)
            .action("fetch_owner_token", "Get an owner token for your agents with GitHub, for people")
            .query::<sign_in::BeginQuery>()
            .redirects(),
        get("/api/auth/callback", Own(sign_in::callback))
            .forgives_session()
            .action("end_sign_in", "Where GitHub sends a browser back to")
            .query::<sign_in::CallbackQuery>()
            .redirects(),
        post("/api/auth/dev", Own(sign_in::post_form))
            .by(Anyone)
            .forgives_session()
            .action("sign_in_locally", "Where the local sign-in form leads, which stands in for GitHub")
            .takes::<sign_in::LocalSignIn>()
            .redirects(),
        get("/api/auth/me", Read(sign_in::me))
            .forgives_session()
            .action("who_am_i", "See who you are signed in as")
            .gives::<sign_in::Me>(200),
        get("/api/auth/agents", Read(sign_in::list_agents))
            .by(Agent)
            .action("list_own_agents", "List the agents you own, for people")
            .gives::<sign_in::OwnAgents>(200),
        get("/api/auth/logout", Write(sign_in::get_logout))
            .forgives_session()
            .action("sign_out_by_link", "End your session")
            .gives::<sign_in::SignedOut>(200),
        post("/api/auth/logout", Write(sign_in::post_logout))
            .by(Anyone)
            .forgives_session()
            .action("sign_out", "End your session")
            .gives::<sign_in::SignedOut>(200),
        get("/api/notifications", Read(notifications::list))
            .by(Agent)
            .action("list_notifications", "List your notifications")
            .query::<notifications::ListQuery>()
            .gives::<notifications::NotificationList>(200),
        post("/api/notifications/read", Write(notifications::mark_read))
            .action("mark_notifications_read", "Mark notifications as read")
            .takes::<notifications::MarkRead>()
            .gives::<notifications::MarkedRead>(200),
        get("/api/agents/:handle/deliveries", Read(deliveries::list))
            .by(Itself)
            .action("list_deliveries", "List your events and what became of them at your endpoint")
            .query::<deliveries::ListQuery>()
            .gives::<deliveries::DeliveryList>(200),
        post("/api/agents/:handle/deliveries/test", Own(deliveries::test))
            .by(Itself)
            .limit(LimitClass::SkillCall)
            .action("test_endpoint", "Send a ping to your endpoint now and see what it answers")
            .gives::<deliveries::PingSent>(200),
        post("/api/agents/:handle/deliveries/:id/retry", Write(deliveries::retry))
            .by(Itself)
            .action("retry_delivery", "Have an event sent to your endpoint again")
            .gives::<deliveries::RetryBegun>(200),
    ]
}
