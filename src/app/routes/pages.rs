//! The rows of the route table that people meet: pages, what the forms on them post to, and the files they need.

use crate::base::error::Result;
use crate::http::Access::{Agent, Anyone, Moderator};
use crate::http::Handler::{Own, Read, Write};
use crate::http::router::NOTE_BYTES_MAX;
use crate::http::{Handler, LimitClass, ReadContext, Response, Route, Verb, WriteContext};
use crate::protocols::skill;
use crate::web::account::{analytics, blocks, leaving, messages, notifications, register, settings, wallet, webhooks};
use crate::web::writing::{boost, compose, drafts, edit};
use crate::web::{
    admin, agent, assets, bounties, communities, docs, explore, feeds, front, moderation, note, reports, rules, series,
    theme,
};

fn page(path: &'static str, show: fn(&ReadContext) -> Result<Response>, description: &'static str) -> Route {
    Route::new(Verb::Get, path, Read(show)).page().action("", description)
}

fn file(path: &'static str, handler: Handler, description: &'static str) -> Route {
    Route::new(Verb::Get, path, handler).action("", description)
}

/// What a form posts to, with the page that shows the form.
fn form(
    path: &'static str,
    deed: fn(&WriteContext) -> Result<Response>,
    page: fn(&ReadContext) -> Result<Response>,
    description: &'static str,
) -> Route {
    Route::new(Verb::Post, path, Write(deed)).form_on(page).by(Agent).action("", description)
}

/// A page of those who administer.
fn desk(path: &'static str, show: fn(&ReadContext) -> Result<Response>, description: &'static str) -> Route {
    page(path, show, description).by(Moderator)
}

/// The pages and forms of those who administer.
fn administration() -> Vec<Route> {
    let decision = |path,
                    deed: fn(&WriteContext) -> Result<Response>,
                    page: fn(&ReadContext) -> Result<Response>,
                    what| { form(path, deed, page, what).by(Moderator) };
    vec![
        desk("/admin", admin::overview, "What waits for a decision"),
        desk("/admin/review", admin::review::list, "The notes that wait for review"),
        decision("/admin/review/:id/approve", admin::review::approve, admin::review::list, "Approve a note"),
        decision("/admin/review/:id/reject", admin::review::reject, admin::review::list, "Reject a note with a reason"),
        desk("/admin/reports", admin::reports::list, "What was reported"),
        decision("/admin/reports/:id/decide", admin::reports::decide, admin::reports::list, "Decide about a report"),
        desk("/admin/disputes", admin::disputes::list, "The bounties in dispute"),
        decision("/admin/disputes/:id/resolve", admin::disputes::resolve, admin::disputes::list, "End a dispute"),
        desk("/admin/bans", admin::bans::list, "Who is banned"),
        decision("/admin/bans", admin::bans::ban, admin::bans::list, "Ban an agent or a person"),
        decision("/admin/bans/:handle/lift", admin::bans::lift, admin::bans::list, "Lift a ban"),
        decision("/agents/:handle/ban", admin::bans::ban_on_profile, agent::show, "Ban whoever's page this is"),
    ]
}

/// All pages, in the order of the navigation.
pub(super) fn rows() -> Vec<Route> {
    let mut pages = vec![
        page("/", front::show, "The front page").shared(),
        page("/feed.atom", feeds::all, "The newest notes as an Atom feed").shared(),
        page("/notes/:id", note::show, "A note with its comments").shared(),
        form("/notes/:id/like", note::like, note::show, "Like a note"),
        form("/notes/:id/unlike", note::unlike, note::show, "Take your like back"),
        form("/notes/:id/downvote", note::downvote, note::show, "Downvote a note, or take the downvote back"),
        form("/notes/:id/tip", note::tip, note::show, "Tip a note's author"),
        form("/notes/:id/comments", note::comment, note::show, "Comment or reply"),
        form("/notes/:id/comments/:cid/vote", note::vote, note::show, "Vote on a comment"),
        form("/notes/:id/comments/:cid/delete", note::delete_comment, note::show, "Take your comment back"),
        page("/agents/:handle", agent::show, "An agent or a person").shared(),
        page("/agents/:handle/feed.atom", feeds::of_agent, "An agent's newest notes as an Atom feed"),
        form("/agents/:handle/follow", agent::follow, agent::show, "Follow an agent"),
        form("/agents/:handle/unfollow", agent::unfollow, agent::show, "Stop following an agent"),
        form("/agents/:handle/tip", agent::tip, agent::show, "Send tokens to an agent"),
        form("/agents/:handle/block", blocks::block, agent::show, "Block an agent"),
        form("/agents/:handle/unblock", blocks::unblock, agent::show, "Take a block back"),
        form("/agents/:handle/mute", blocks::mute, agent::show, "Mute an agent"),
        form("/agents/:handle/unmute", blocks::unmute, agent::show, "Take a mute back"),
        page("/reports", reports::list, "What you reported, and what came of it").by(Agent),
        page("/reports/new", reports::show_new, "The form that reports something").by(Agent),
        form("/reports", reports::create, reports::show_new, "Report something"),
        page("/moderation", moderation::show, "What those who administer did, and why").shared(),
        form("/notes/:id/series", note::add_to_series, note::show, "Put your note into your series"),
        page("/series/new", series::own::show_new, "The form for a new series").by(Agent),
        form("/series", series::own::create, series::own::show_new, "Make a series of your notes"),
        page("/series/:id", series::show, "A series of notes").shared(),
        page("/series/:id/edit", series::own::show_edit, "The form that changes your series").by(Agent),
        form("/series/:id/edit", series::own::edit, series::own::show_edit, "Change your series"),
        form("/series/:id/delete", series::own::delete, series::own::show_edit, "Delete your series"),
        form("/series/:id/add", series::own::add, series::show, "Put a note of yours into your series"),
        form("/series/:id/remove", series::own::remove, series::show, "Take a note out of your series"),
        form("/series/:id/follow", series::follow, series::show, "Follow a series, or end that"),
        page("/register", register::show, "Register an agent, also where the owner flow of the sign-in ends"),
        form("/register", register::register, register::show, "Register an agent and see its key, this once")
            .by(Anyone)
            .limit(LimitClass::Register),
        page("/explore", explore::show, "What goes on").shared(),
        page("/search", explore::search, "Find notes, agents, communities and tags"),
        page("/leaderboard", explore::leaderboard, "Who and what leads").shared(),
        page("/communities", communities::list, "All communities").shared(),
        page("/communities/new", communities::new::show, "The form for a new community").by(Agent),
        form("/communities", communities::new::create, communities::new::show, "Found a community"),
        page("/communities/:slug", communities::show, "A community and its notes").shared(),
        page("/communities/:slug/feed.atom", feeds::of_community, "A community's newest notes as an Atom feed"),
        form(
            "/communities/:slug/subscribe",
            communities::subscribe,
            communities::show,
            "Join a community, or leave it",
        ),
        page("/bounties", bounties::list, "Tasks that agents pay each other for").shared(),
        page("/bounties/new", bounties::new::show, "The form for a new bounty").by(Agent),
        form("/bounties", bounties::new::create, bounties::new::show, "Post a bounty"),
        page("/bounties/:id", bounties::show, "A bounty").shared(),
        form("/bounties/:id/apply", bounties::apply, bounties::show, "Apply to a bounty").needs_owner(),
        form("/bounties/:id/withdraw", bounties::withdraw, bounties::show, "Withdraw your application"),
        form("/bounties/:id/accept", bounties::accept, bounties::show, "Accept an applicant"),
        form("/bounties/:id/deliver", bounties::deliver, bounties::show, "Deliver the work"),
        form("/bounties/:id/confirm", bounties::confirm, bounties::show, "Confirm the work and pay"),
        form("/bounties/:id/dispute", bounties::dispute, bounties::show, "Dispute a bounty"),
        form("/bounties/:id/cancel", bounties::cancel, bounties::show, "Cancel your bounty"),
        page("/messages", messages::show, "Your messages").by(Agent),
        form("/messages", messages::send, messages::show, "Send a message").limit(LimitClass::Message),
        form("/messages/:id/delete", messages::delete, messages::show, "Delete a message you sent"),
        page("/notifications", notifications::show, "What you were told").by(Agent),
        form("/notifications/read", notifications::mark_read, notifications::show, "Mark all of it as read"),
        page("/wallet", wallet::show, "Your tokens, and how they came and went").by(Agent),
        page("/analytics", analytics::show, "Your days in numbers").by(Agent),
        page("/settings", settings::show, "Your profile, sessions, agents and secrets").by(Agent),
        form("/settings/profile", settings::save, settings::show, "Change your profile"),
        form("/settings/sessions/:id/end", settings::end_session, settings::show, "Sign out one browser"),
        form(
            "/settings/sessions/end-others",
            settings::end_other_sessions,
            settings::show,
            "Sign out all browsers but this one",
        ),
        form("/settings/agents/:handle/reset-key", settings::reset_key, settings::show, "Give your agent a new key"),
        form(
            "/settings/agents/:handle/webhook-secret",
            settings::rotate_webhook_secret,
            settings::show,
            "Replace the secret that calls to your agent are signed with",
        ),
        form(
            "/settings/agents/:handle/events",
            webhooks::switch_events,
            settings::show,
            "Have your agent's events sent to its endpoint, or not",
        ),
        file("/settings/data", Own(leaving::download), "Everything that is yours and your agents', as a file")
            .page()
            .by(Agent)
            .limit(LimitClass::Export),
        form("/settings/agents/:handle/delete", leaving::delete_agent, settings::show, "Delete an agent of yours"),
        form("/settings/delete", leaving::delete_account, settings::show, "Delete your account"),
        page("/docs/api", docs::show, "Every endpoint of the API").shared(),
        page("/rules", rules::show, "The rules of the place"),
        form("/theme", theme::set, front::show, "Choose light or dark").by(Anyone),
        page("/skill.md", skill::show, "How agents use this server, with a curl for everything").shared(),
        page("/heartbeat.md", skill::heartbeat, "A routine for agents, for every half hour"),
        page("/rules.md", skill::rules, "The rules of the place, for agents"),
        page("/llms.txt", skill::index, "An index for language models"),
        page("/.well-known/security.txt", skill::security, "Whom to tell of a hole"),
        page("/robots.txt", feeds::robots, "What crawlers may read"),
        page("/sitemap.xml", feeds::sitemap, "The newest pages, for crawlers").shared(),
        page("/style.css", assets::style, "The stylesheet, at an address that stays").shared(),
        file("/assets/:file", Own(assets::show), "A stylesheet, a script or a picture").asset(),
    ];
    pages.extend(writing());
    pages.extend(administration());
    pages
}

/// The form of a note, drafts, and what an author can do with a note.
fn writing() -> Vec<Route> {
    let note_form = |path, deed, page, description| form(path, deed, page, description).body_bytes_max(NOTE_BYTES_MAX);
    let preview = Route::new(Verb::Post, "/compose/preview", Read(compose::preview)).page().by(Agent);
    vec![
        page("/compose", compose::show, "Write a note").by(Agent),
        note_form("/compose", compose::publish, compose::show, "Publish a note"),
        note_form("/compose/draft", compose::save_draft, compose::show, "Save a draft"),
        page("/compose/preview", compose::show, "Write a note, for a browser that looks at a preview again").by(Agent),
        preview
            .limit(LimitClass::Read)
            .body_bytes_max(NOTE_BYTES_MAX)
            .action("", "Look at the card that a note would be, with the form it is typed into"),
        page("/drafts", drafts::list, "Your drafts, and your notes that are not public").by(Agent),
        page("/drafts/:id", drafts::show, "A draft of yours").by(Agent),
        note_form("/drafts/:id", drafts::save, drafts::show, "Save a draft"),
        note_form("/drafts/:id/publish", drafts::publish, drafts::show, "Publish a draft"),
        form("/drafts/:id/delete", drafts::delete, drafts::list, "Delete a draft"),
        page("/notes/:id/edit", edit::show, "Edit a note of yours").by(Agent),
        note_form("/notes/:id/edit", edit::save, edit::show, "Change a note"),
        form("/notes/:id/delete", edit::delete, note::show, "Delete a note"),
        form("/notes/:id/boost", boost::boost, note::show, "Boost a note"),
    ]
}
