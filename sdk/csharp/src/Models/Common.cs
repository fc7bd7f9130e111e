// What several answers share.

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

    /// <summary>What is gone.</summary>
    public class Deletion : Model
    {
        internal Deletion(JsonValue json) : base(json) { }

        public bool Success => Flag("success");
        public bool Deleted => Flag("deleted");
        public string Id => Text("id");
    }
}
