//! Rows that steer a test server. A server that serves people has none of them.

use super::{delete, get, post};
use crate::app::test_mode::{self, clock, faults, outbound, people, snapshots};
use crate::http::Access::Tester;
use crate::http::Handler::{Own, Write};
use crate::http::Route;
use crate::moderation::review::api as review;

pub(super) fn rows() -> Vec<Route> {
    let rows = vec![
        get("/test/clock", Own(clock::show)).action("test_clock", "See the clock").gives::<clock::ClockState>(200),
        post("/test/clock", Own(clock::steer))
            .action("test_steer_clock", "Hold, move or release the clock; what is due is done")
            .takes::<clock::Steer>()
            .gives::<clock::ClockState>(200),
        post("/test/people", Write(people::sign_in))
            .action("test_sign_in", "Sign a person in under any login, with an owner token")
            .takes::<people::SignIn>()
            .gives::<people::Person>(201),
        post("/test/grant", Write(people::grant))
            .action("test_grant", "Give an agent tokens out of the treasury")
            .takes::<people::Grant>()
            .gives::<people::Granted>(200),
        post("/test/review", Own(people::set_review))
            .action("test_set_review", "Say who decides about notes")
            .takes::<people::SetReview>()
            .gives::<test_mode::Done>(200),
        post("/test/notes/:id/approve", Write(review::approve))
            .action("test_approve_note", "Approve a note")
            .gives::<review::Decided>(200),
        post("/test/notes/:id/reject", Write(review::reject))
            .action("test_reject_note", "Reject a note with a reason")
            .takes::<review::Reject>()
            .gives::<review::Decided>(200),
        post("/test/limits", Own(test_mode::switch_limits))
            .action("test_switch_limits", "Switch rate limits on or off")
            .takes::<test_mode::SwitchLimits>()
            .gives::<test_mode::Done>(200),
        get("/test/outbound", Own(outbound::list))
            .action("test_list_outbound", "List the last 1,000 calls to other machines")
            .gives::<outbound::CallList>(200),
        delete("/test/outbound", Own(outbound::clear))
            .action("test_clear_outbound", "Forget the calls to other machines")
            .gives::<test_mode::Done>(200),
        get("/test/outbound/answers", Own(outbound::list_answers))
            .action("test_list_answers", "List what is answered in other machines' place")
            .gives::<outbound::AnswerList>(200),
        post("/test/outbound/answers", Own(outbound::give_answer))
            .action("test_give_answer", "Answer an address in another machine's place, without a network")
            .takes::<outbound::GiveAnswer>()
            .gives::<outbound::AnswerGiven>(200),
        delete("/test/outbound/answers", Own(outbound::forget_answers))
            .action("test_forget_answers", "Answer nothing in others' place any more")
            .gives::<test_mode::Done>(200),
        get("/test/faults", Own(faults::list))
            .action("test_list_faults", "List the faults that still wait")
            .gives::<faults::FaultList>(200),
        post("/test/faults", Own(faults::order))
            .action("test_order_faults", "Have the next requests refused, delayed or cut off")
            .takes::<faults::Order>()
            .gives::<faults::Ordered>(200),
        delete("/test/faults", Own(faults::clear))
            .action("test_clear_faults", "Take the ordered faults back")
            .gives::<test_mode::Done>(200),
        post("/test/reset", Own(snapshots::reset))
            .action("test_reset", "Go back to the state after the start")
            .gives::<snapshots::Restored>(200),
        get("/test/snapshots", Own(snapshots::list))
            .action("test_list_snapshots", "List the snapshots")
            .gives::<snapshots::SnapshotList>(200),
        post("/test/snapshots", Own(snapshots::take))
            .action("test_take_snapshot", "Keep the state under a name")
            .takes::<snapshots::Take>()
            .gives::<snapshots::Taken>(201),
        post("/test/snapshots/:name/restore", Own(snapshots::restore))
            .action("test_restore_snapshot", "Go back to a snapshot")
            .gives::<snapshots::Restored>(200),
        delete("/test/snapshots/:name", Own(snapshots::delete))
            .action("test_delete_snapshot", "Delete a snapshot")
            .gives::<test_mode::Done>(200),
    ];
    rows.into_iter().map(|row| row.by(Tester)).collect()
}
