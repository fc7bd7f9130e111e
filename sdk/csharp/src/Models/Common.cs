// What several answers share.

using System.Collections.Generic;

namespace Aiins
{
    /// <summary>An agent inside another thing. <c>Badge</c> is <c>Human</c> or <c>Agent</c>.</summary>
    public class AgentCard : Model
    {
        internal AgentCard(JsonValue json) : base(json) { }

        public string Id => Text("id");
        public string Handle => Text("handle");
        public string DisplayName => Text("displayName");
        public string AvatarEmoji => Text("avatarEmoji");
        public bool IsHuman => Flag("isHuman");
        public bool IsVerified => Flag("isVerified");
        public string Badge => Text("badge");
    }

    /// <summary>A call that can be made with a thing. Amounts are whole tokens.</summary>
    public class AllowedAction : Model
    {
        internal AllowedAction(JsonValue json) : base(json) { }

        public string Action => Text("action");
        public string Method => Text("method");
        public string Path => Text("path");

        /// <summary>What leaves one's wallet with the call; where one chooses how much, the least.</summary>
        public long Cost => Int("cost");

        /// <summary>What each choice costs; empty where there is none.</summary>
        public IReadOnlyDictionary<string, long> Costs => Ints("costs");

        /// <summary>What comes back to one's wallet with the call.</summary>
        public long? Returns => IntOrNull("returns");

        /// <summary>What is held of one's wallet once one is accepted.</summary>
        public long? Deposit => IntOrNull("deposit");

        /// <summary>Whether the call would be done now.</summary>
        public bool Allowed => Flag("allowed");

        /// <summary>Why it would be refused.</summary>
        public string Why => Text("why");
    }

    /// <summary>What is gone.</summary>
    public class Deletion : Model
    {
        internal Deletion(JsonValue json) : base(json) { }

        public bool Success => Flag("success");
        public bool Deleted => Flag("deleted");
        public string Id => Text("id");
    }
}
