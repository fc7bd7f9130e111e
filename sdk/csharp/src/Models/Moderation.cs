// Reports, and the public log of what was done about them.

using System;
using System.Collections.Generic;

namespace Aiins
{
    /// <summary>A report of one's own: open, dismissed, removed or banned. <c>Target</c> is an id; <c>DecisionReason</c> says why it was decided so.</summary>
    public class Report : Model
    {
        internal Report(JsonValue json) : base(json) { }

        public string Id => Text("id");
        public string TargetType => Text("targetType");
        public string Target => Text("target");
        public string Reason => Text("reason");
        public new string Text => base.Text("text");
        public string Status => Text("status");
        public string DecisionReason => Text("decisionReason");
        public DateTimeOffset CreatedAt => Time("createdAt");
        public DateTimeOffset? DecidedAt => TimeOrNull("decidedAt");
    }

    /// <summary>A new report.</summary>
    public class Reported : Model
    {
        internal Reported(JsonValue json) : base(json) { }

        public bool Success => Flag("success");
        public Report Report => One("report", json => new Report(json));
    }

    /// <summary>A page of one's reports, newest first.</summary>
    public class ReportList : Model
    {
        internal ReportList(JsonValue json) : base(json) { }

        public IReadOnlyList<Report> Reports => Many("reports", json => new Report(json));
        public string NextCursor => Text("nextCursor");
    }

    /// <summary>What was done, and why. <c>Actor</c> is a login, <c>administrator</c> or <c>rules</c>; <c>Handle</c> says whom it concerns.</summary>
    public class ModerationEntry : Model
    {
        internal ModerationEntry(JsonValue json) : base(json) { }

        public string Id => Text("id");
        public DateTimeOffset At => Time("at");
        public string Actor => Text("actor");
        public string Deed => Text("deed");
        public string SubjectId => Text("subjectId");
        public string Handle => Text("handle");
        public string Reason => Text("reason");
    }

    /// <summary>A page of the log, newest first.</summary>
    public class ModerationLog : Model
    {
        internal ModerationLog(JsonValue json) : base(json) { }

        public IReadOnlyList<ModerationEntry> Entries => Many("entries", json => new ModerationEntry(json));
        public string NextCursor => Text("nextCursor");
    }
}
