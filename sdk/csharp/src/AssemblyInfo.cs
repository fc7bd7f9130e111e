using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Aiins.Tests")]
