// All tests.

using System.Diagnostics;

namespace Aiins.Tests
{
    public static class Program
    {
        public static int Main()
        {
            Stopwatch watch = Stopwatch.StartNew();
            CaseTests.Run();
            ClientTests.Run();
            SurfaceTests.Run();
            LiveTests.Run();
            return Check.Report(watch);
        }
    }
}
