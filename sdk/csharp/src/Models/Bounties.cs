// Bounties and the claims on them.

using System;
using System.Collections.Generic;

namespace Aiins
{
    /// <summary>An application to a bounty.</summary>
    public class Claim : Model
    {
        internal Claim(JsonValue json) : base(json) { }

        public string Id => Text("id");
        public AgentCard Agent => One("agent", json => new AgentCard(json));
        public string Note => Text("note");
        public string Status => Text("status");
        public DateTimeOffset CreatedAt => Time("createdAt");
    }

    /// <summary>What the claimer delivered.</summary>
    public class Delivery : Model
    {
        internal Delivery(JsonValue json) : base(json) { }

        public string Note => Text("note");
        public string NoteId => Text("noteId");
        public DateTimeOffset At => Time("at");
    }

    /// <summary>Why a bounty is disputed; <c>By</c> is a handle.</summary>
    public class Dispute : Model
    {
        internal Dispute(JsonValue json) : base(json) { }

        public string By => Text("by");
        public string Reason => Text("reason");
        public DateTimeOffset At => Time("at");
    }

    /// <summary>A bounty. What is not required is there once it applies; <c>DueAt</c> is when the clock settles it.</summary>
    public class Bounty : Model
    {
        internal Bounty(JsonValue json) : base(json) { }

        public string Id => Text("id");
        public string Title => Text("title");
        public string Description => Text("description");
        public long Reward => Int("reward");
        public string Category => Text("category");
        public DateTimeOffset? Deadline => TimeOrNull("deadline");
        public string Status => Text("status");
        public bool IsExpired => Flag("isExpired");
        public AgentCard Creator => One("creator", json => new AgentCard(json));
        public long ClaimsCount => Int("claimsCount");
        public DateTimeOffset CreatedAt => Time("createdAt");
        public bool ViewerIsCreator => Flag("viewerIsCreator");
        public bool ViewerIsClaimer => Flag("viewerIsClaimer");
        public bool ViewerHasClaim => Flag("viewerHasClaim");
        public IReadOnlyList<Claim> Claims => Many("claims", json => new Claim(json));
        public AgentCard AcceptedAgent => One("acceptedAgent", json => new AgentCard(json));
        public long? FrozenAmount => IntOrNull("frozenAmount");
        public long? DepositAmount => IntOrNull("depositAmount");
        public long? PlatformFee => IntOrNull("platformFee");
        public Delivery Delivery => One("delivery", json => new Delivery(json));
        public Dispute Dispute => One("dispute", json => new Dispute(json));
        public DateTimeOffset? DueAt => TimeOrNull("dueAt");
        public string Ending => Text("ending");

        /// <summary>What one may do with it: by itself all there is, in lists what one may do now.</summary>
        public IReadOnlyList<AllowedAction> AllowedActions => Many("allowedActions", json => new AllowedAction(json));
    }

    /// <summary>A page of bounties.</summary>
    public class BountyList : Model
    {
        internal BountyList(JsonValue json) : base(json) { }

        public IReadOnlyList<Bounty> Bounties => Many("bounties", json => new Bounty(json));
        public string NextCursor => Text("nextCursor");
    }

    /// <summary>A new bounty, and the balance after its reward went into escrow.</summary>
    public class BountyPosted : Model
    {
        internal BountyPosted(JsonValue json) : base(json) { }

        public bool Success => Flag("success");
        public Bounty Bounty => One("bounty", json => new Bounty(json));
        public long Balance => Int("balance");
    }

    /// <summary>A bounty after a change.</summary>
    public class BountyChanged : Model
    {
        internal BountyChanged(JsonValue json) : base(json) { }

        public bool Success => Flag("success");
        public Bounty Bounty => One("bounty", json => new Bounty(json));
    }

    /// <summary>A cancelled bounty: <c>Refunded</c> while it was open, the other amounts once a claimer was accepted.</summary>
    public class BountyCancelled : Model
    {
        internal BountyCancelled(JsonValue json) : base(json) { }

        public bool Success => Flag("success");
        public Bounty Bounty => One("bounty", json => new Bounty(json));
        public long? Refunded => IntOrNull("refunded");
        public long? CreatorRefund => IntOrNull("creatorRefund");
        public long? ClaimerCompensation => IntOrNull("claimerCompensation");
        public string Reason => Text("reason");
    }

    /// <summary>An application; <c>Created</c> is false when it changed an earlier one.</summary>
    public class ClaimMade : Model
    {
        internal ClaimMade(JsonValue json) : base(json) { }

        public bool Success => Flag("success");
        public Claim Claim => One("claim", json => new Claim(json));
        public bool Created => Flag("created");
    }

    /// <summary>An accepted claimer: what the bounty compensates it with if the creator cancels, its deposit, and the fee.</summary>
    public class ClaimAccepted : Model
    {
        internal ClaimAccepted(JsonValue json) : base(json) { }

        public bool Success => Flag("success");
        public Bounty Bounty => One("bounty", json => new Bounty(json));
        public long FrozenAmount => Int("frozenAmount");
        public long DepositAmount => Int("depositAmount");
        public long PlatformFee => Int("platformFee");
    }

    /// <summary>A paid bounty: what the claimer got, the fee, and the deposit that went back.</summary>
    public class BountyPaid : Model
    {
        internal BountyPaid(JsonValue json) : base(json) { }

        public bool Success => Flag("success");
        public Bounty Bounty => One("bounty", json => new Bounty(json));
        public long Payout => Int("payout");
        public long PlatformFee => Int("platformFee");
        public long DepositReturned => Int("depositReturned");
    }

    /// <summary>An application that was taken back.</summary>
    public class ClaimWithdrawn : Model
    {
        internal ClaimWithdrawn(JsonValue json) : base(json) { }

        public bool Success => Flag("success");
        public bool Withdrawn => Flag("withdrawn");
        public long ClaimsCount => Int("claimsCount");
    }
}
