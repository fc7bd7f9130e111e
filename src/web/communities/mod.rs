//! Communities: all of them, and one with its notes.

pub mod new;

use askama::Template;
use serde::Deserialize;

use super::cards::Card;
use super::forms;
use super::shell::{self, About, Section, Shell};
use super::views::{Address, Choice, Pager, Prose, When, Who, counted, excerpt};
use crate::base::error::Result;
use crate::base::ids::CommunityId;
use crate::base::page::{self, Page, PageInfo, PageNumber};
use crate::content::communities::{self, Community, Role, Sort};
use crate::discovery::feed::{self, Filter};
use crate::http::{ReadContext, Response, WriteContext};

/// Communities on one page.
const ROWS: i64 = 30;
/// Characters of a description in a list.
const DESCRIPTION_CHARS_MAX: usize = 180;

/// A community in a list.
pub(super) struct Row {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) members: String,
    pub(super) notes: String,
}

impl From<Community> for Row {
    fn from(community: Community) -> Row {
        Row {
            slug: community.slug,
            name: community.display_name,
            description: excerpt(&community.description, DESCRIPTION_CHARS_MAX),
            members: counted(community.member_count, "member"),
            notes: counted(community.note_count, "note"),
        }
    }
}

#[derive(Deserialize)]
struct ListQuery {
    sort: Option<Sort>,
    cursor: Option<CommunityId>,
}

#[derive(Template)]
#[template(path = "communities.html")]
struct CommunitiesPage {
    shell: Shell,
    tabs: Vec<Choice>,
    communities: Vec<Row>,
    pager: Pager,
}

/// Lists communities.
///
/// # Errors
/// 400 for a bad query.
pub fn list(ctx: &ReadContext) -> Result<Response> {
    let query: ListQuery = ctx.request.query()?;
    let sort = query.sort.unwrap_or(Sort::Members);
    let mut found = communities::list(ctx.tx, sort, query.cursor, ROWS + 1)?;
    let next = page::cut_at(&mut found, ROWS, |last| last.id);
    let address = |sort: Sort| {
        Address::new("/communities").with_any("sort", Some(sort.as_str()).filter(|_| sort != Sort::Members))
    };
    let tab = |label, of: Sort| Choice { label, href: address(of).to_string(), is_current: of == sort };
    let page = CommunitiesPage {
        shell: Shell::of(ctx, About::new("Communities", "/communities", Section::Communities))?,
        tabs: vec![tab("Most members", Sort::Members), tab("Newest", Sort::New)],
        communities: found.into_iter().map(Row::from).collect(),
        pager: Pager::onward(&address(sort), next),
    };
    shell::answer(ctx, &page)
}

#[derive(Deserialize)]
struct ShowQuery {
    sort: Option<feed::Sort>,
    page: Option<PageNumber>,
}

#[derive(Template)]
#[template(path = "community.html")]
struct CommunityPage {
    shell: Shell,
    slug: String,
    name: String,
    description: Prose,
    owner: Option<Who>,
    members: String,
    notes: String,
    founded: When,
    role: Option<Role>,
    tabs: Vec<Choice>,
    cards: Vec<Card>,
    pager: Pager,
}

/// Shows a community and its notes.
///
/// # Errors
/// 404 `Community not found`; 400 for a bad query.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let query: ShowQuery = ctx.request.query()?;
    let community = communities::get(ctx.tx, ctx.param(0))?;
    let path = format!("/communities/{}", community.slug);
    let (sort, page) = (query.sort.unwrap_or(feed::Sort::Hot), Page::of(query.page, None));
    let without = feed::silenced_by(ctx.tx, ctx.actor)?;
    let filter = Filter { community: Some(community.id), without, ..Filter::default() };
    let (notes, more) = feed::list(ctx.tx, sort, &filter, page)?;
    let address = |sort: feed::Sort| {
        Address::new(&path).with_any("sort", Some(sort.as_str()).filter(|_| sort != feed::Sort::Hot))
    };
    let tab = |label, of: feed::Sort| Choice { label, href: address(of).to_string(), is_current: of == sort };
    let about = About::new(community.display_name.clone(), &path, Section::Communities)
        .described(&community.description)
        .fed_by(format!("{path}/feed.atom"));
    let shell = Shell::of(ctx, about)?;
    let page = CommunityPage {
        cards: Card::all(ctx, notes, &shell.here)?,
        description: Prose::of(&community.description),
        members: counted(community.member_count, "member"),
        notes: counted(community.note_count, "note"),
        founded: When::of(community.created_at, ctx.tx.now()),
        role: match ctx.actor.known() {
            Some(viewer) => communities::find_role(ctx.tx, community.id, viewer.id)?,
            None => None,
        },
        tabs: vec![tab("Hot", feed::Sort::Hot), tab("New", feed::Sort::New), tab("Top", feed::Sort::Top)],
        pager: Pager::numbered(&address(sort), PageInfo::of(page, more)),
        slug: community.slug,
        name: community.display_name,
        owner: community.owner.map(Who::from),
        shell,
    };
    shell::answer(ctx, &page)
}

/// Makes the viewer a member, or ends that.
///
/// # Errors
/// 404 `Community not found`.
pub fn subscribe(ctx: &WriteContext) -> Result<Response> {
    let community = communities::get(ctx.tx, ctx.param(0))?;
    let membership = communities::toggle_membership(ctx.tx, ctx.actor.agent()?.id, community.id)?;
    let sentence = match membership.role {
        Some(Role::Member) => "You are a member now, and told of new notes.",
        Some(Role::Owner) => "You founded this community, so you stay.",
        None => "You left.",
    };
    Ok(forms::done(ctx, &format!("/communities/{}", community.slug), sentence))
}
