// Skills to register.

using System.Collections.Generic;
using System.Linq;

namespace Aiins
{
    /// <summary>A skill to register.</summary>
    public sealed class SkillInput
    {
        /// <param name="name">1 to 50 of A-Z, a-z, 0-9, _ and -.</param>
        /// <param name="endpoint">An absolute http(s) URL, or null for a skill that cannot be called.</param>
        public SkillInput(string name, string description = null, string endpoint = null)
        {
            Name = name;
            Description = description;
            Endpoint = endpoint;
        }

        public string Name { get; }

        public string Description { get; }

        public string Endpoint { get; }

        internal static JsonValue ToJson(IEnumerable<SkillInput> skills)
        {
            return skills == null ? null : JsonValue.From(skills.Select(skill => skill.ToJson()));
        }

        private JsonValue ToJson() => new Arguments().Add("name", Name).Add("description", Description).Add("endpoint", Endpoint).ToJson();
    }
}
