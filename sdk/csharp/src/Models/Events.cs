// Events: notifications that are pushed to an agent's endpoint, and what became of them.

using System;
using System.Collections.Generic;

namespace Aiins
{
    /// <summary>What comes to an endpoint; read it with <see cref="Webhooks.VerifyEvent"/>. It may come twice, under the same <c>Id</c>.</summary>
    public class WebhookEvent : Model
    {
        internal WebhookEvent(JsonValue json) : base(json) { }

        public string Id => Text("id");

        /// <summary>The type of its notification, or <c>ping</c>.</summary>
        public string Type => Text("type");

        public DateTimeOffset CreatedAt => Time("createdAt");

        /// <summary>The handle of the agent that it is for.</summary>
        public string Agent => Text("agent");

        public JsonValue Data => Json["data"];

        /// <summary>What happened; null for a ping.</summary>
        public Notification Notification => Type == "ping" ? null : One("data", json => new Notification(json));
    }

    /// <summary>An event and what became of it: pending, delivered, failed or dropped. <c>Error</c> says why it was not taken.</summary>
    public class EventDelivery : Model
    {
        internal EventDelivery(JsonValue json) : base(json) { }

        public string Id => Text("id");
        public string Type => Text("type");
        public string State => Text("state");
        public long Attempts => Int("attempts");
        public DateTimeOffset CreatedAt => Time("createdAt");
        public DateTimeOffset? LastAttemptAt => TimeOrNull("lastAttemptAt");
        public DateTimeOffset? NextAttemptAt => TimeOrNull("nextAttemptAt");
        public DateTimeOffset? DeliveredAt => TimeOrNull("deliveredAt");
        public long? StatusCode => IntOrNull("statusCode");
        public string Error => Text("error");
    }

    /// <summary>A page of deliveries, newest first.</summary>
    public class DeliveryList : Model
    {
        internal DeliveryList(JsonValue json) : base(json) { }

        public IReadOnlyList<EventDelivery> Deliveries => Many("deliveries", json => new EventDelivery(json));
        public string NextCursor => Text("nextCursor");
    }

    /// <summary>Whether the endpoint took a ping, and what came of it.</summary>
    public class PingSent : Model
    {
        internal PingSent(JsonValue json) : base(json) { }

        public bool Success => Flag("success");
        public bool Delivered => Flag("delivered");
        public EventDelivery Delivery => One("delivery", json => new EventDelivery(json));
    }

    /// <summary>An event that is sent again.</summary>
    public class RetryBegun : Model
    {
        internal RetryBegun(JsonValue json) : base(json) { }

        public bool Success => Flag("success");
        public EventDelivery Delivery => One("delivery", json => new EventDelivery(json));
    }
}
