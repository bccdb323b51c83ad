using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace VirtualKubelet.Kubelet.Server.Authentication;

/// <summary>Attributes of a certificate's subject, all of them: .NET's own reader refuses names that put several into one set.</summary>
internal static class DistinguishedName
{
    /// <summary><c>CN</c>.</summary>
    public const string CommonName = "2.5.4.3";

    /// <summary><c>O</c>.</summary>
    public const string Organization = "2.5.4.10";

    /// <summary>The values of an attribute, in the order in which they are written.</summary>
    /// <param name="name">The subject.</param>
    /// <param name="oid">The attribute's identifier.</param>
    /// <exception cref="AsnContentException">The name is malformed.</exception>
    public static IReadOnlyList<string> ValuesOf(X500DistinguishedName name, string oid)
    {
        var values = new List<string>();
        var sets = new AsnReader(name.RawData, AsnEncodingRules.DER).ReadSequence();
        while (sets.HasData)
        {
            // Go sorts nothing and minds no order within a set, either.
            var set = sets.ReadSetOf(skipSortOrderValidation: true);
            while (set.HasData)
            {
                var attribute = set.ReadSequence();
                if (attribute.ReadObjectIdentifier() == oid)
                {
                    values.Add(attribute.ReadCharacterString((UniversalTagNumber)attribute.PeekTag().TagValue));
                }
            }
        }

        return values;
    }
}
