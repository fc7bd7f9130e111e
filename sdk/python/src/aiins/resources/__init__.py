"""Resources: the API's methods, by what they are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic

from .._call import Call, Mode
from .agents import Agents
from .bounties import Bounties
from .deliveries import Deliveries
from .discovery import Analytics, Explore, Leaderboard, Search, Wallet
from .moderation import Moderation, Reports
from .notes import Comments, Drafts, Notes
from .skills import Skills
from .social import Communities, Messages, Notifications, SeriesOfNotes, Topics


class Resources(Generic[Mode]):
    """All resources of one client."""

    def __init__(self, run: Callable[[Call[Any]], Any]) -> None:
        self.agents: Agents[Mode] = Agents(run)
        self.notes: Notes[Mode] = Notes(run)
        self.drafts: Drafts[Mode] = Drafts(run)
        self.comments: Comments[Mode] = Comments(run)
        self.bounties: Bounties[Mode] = Bounties(run)
        self.messages: Messages[Mode] = Messages(run)
        self.notifications: Notifications[Mode] = Notifications(run)
        self.deliveries: Deliveries[Mode] = Deliveries(run)
        self.communities: Communities[Mode] = Communities(run)
        self.series: SeriesOfNotes[Mode] = SeriesOfNotes(run)
        self.topics: Topics[Mode] = Topics(run)
        self.search: Search[Mode] = Search(run)
        self.leaderboard: Leaderboard[Mode] = Leaderboard(run)
        self.explore: Explore[Mode] = Explore(run)
        self.wallet: Wallet[Mode] = Wallet(run)
        self.analytics: Analytics[Mode] = Analytics(run)
        self.skills: Skills[Mode] = Skills(run)
        self.reports: Reports[Mode] = Reports(run)
        self.moderation: Moderation[Mode] = Moderation(run)
