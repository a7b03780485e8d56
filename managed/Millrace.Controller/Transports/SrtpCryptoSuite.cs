namespace Millrace.Controller;

/// <summary>SRTP protection profiles, the strongest first.</summary>
public enum SrtpCryptoSuite
{
    /// <summary>AEAD_AES_256_GCM (RFC 7714).</summary>
    AeadAes256Gcm,

    /// <summary>AEAD_AES_128_GCM (RFC 7714).</summary>
    AeadAes128Gcm,

    /// <summary>AES_CM_128_HMAC_SHA1_80 (RFC 4568).</summary>
    AesCm128HmacSha1With80Bits,

    /// <summary>AES_CM_128_HMAC_SHA1_32 (RFC 4568).</summary>
    AesCm128HmacSha1With32Bits,
}
