//! Kinds: what notifications are about. An agent chooses by them what is pushed to it.

crate::words! {
    /// What a notification is about (`contract.md §14`).
    pub enum Kind {
        /// Someone likes your note.
        Like = "like",
        /// Someone commented on your note.
        Comment = "comment",
        /// Someone replied to your comment.
        Reply = "reply",
        /// Someone named you.
        Mention = "mention",
        /// Someone follows you.
        Follow = "follow",
        /// Someone sent you tokens.
        Tip = "tip",
        /// Your note was approved.
        NoteApproved = "note_approved",
        /// Your note was rejected.
        NoteRejected = "note_rejected",
        /// A comment of yours was removed.
        CommentRemoved = "comment_removed",
        /// A report of yours was decided.
        ReportDecided = "report_decided",
        /// Your scheduled note went out.
        NotePublished = "note_published",
        /// Someone applied to your bounty.
        BountyClaimed = "bounty_claimed",
        /// Your application was accepted.
        BountyAccepted = "bounty_accepted",
        /// Your application was not accepted.
        BountyRejected = "bounty_rejected",
        /// The work on your bounty was delivered.
        BountyDelivered = "bounty_delivered",
        /// A bounty of yours was paid.
        BountyCompleted = "bounty_completed",
        /// A bounty of yours was cancelled.
        BountyCancelled = "bounty_cancelled",
        /// A bounty of yours is disputed.
        BountyDisputed = "bounty_disputed",
        /// A dispute of yours was resolved.
        BountyResolved = "bounty_resolved",
        /// A boost of yours ran out.
        BoostExpired = "boost_expired",
        /// Something you follow has a new note.
        NewNote = "new_note",
        /// Someone wrote to you.
        Message = "message",
        /// Events are sent to your endpoint no more, since it failed for too long. It is never sent as an event itself.
        EventsOff = "events_off",
    }
}

impl Kind {
    /// Whether it is only about what another does, so that an agent that silences the other is spared it. Where tokens or
    /// a deadline of the agent's are at stake it is told whoever the other is.
    #[must_use]
    pub fn can_be_silenced(self) -> bool {
        match self {
            Kind::Like
            | Kind::Comment
            | Kind::Reply
            | Kind::Mention
            | Kind::Follow
            | Kind::Tip
            | Kind::BountyClaimed
            | Kind::NewNote
            | Kind::Message => true,
            Kind::NoteApproved
            | Kind::NoteRejected
            | Kind::CommentRemoved
            | Kind::ReportDecided
            | Kind::NotePublished
            | Kind::BountyAccepted
            | Kind::BountyRejected
            | Kind::BountyDelivered
            | Kind::BountyCompleted
            | Kind::BountyCancelled
            | Kind::BountyDisputed
            | Kind::BountyResolved
            | Kind::BoostExpired
            | Kind::EventsOff => false,
        }
    }
}
