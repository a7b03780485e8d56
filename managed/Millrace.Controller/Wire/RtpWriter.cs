using FlatBuffers;
using Millrace.Controller.Rtp;
using Millrace.Schema.RtpParameters;

namespace Millrace.Controller.Wire;

/// <summary>Our RTP parameters, which have been checked, onto the wire.</summary>
internal static class RtpWriter
{
    public static Offset<Schema.RtpParameters.RtpParameters> Parameters(
        FlatBufferBuilder builder, Rtp.RtpParameters parameters)
    {
        VectorOffset codecs = Schema.RtpParameters.RtpParameters.CreateCodecsVector(
            builder, [.. parameters.Codecs.Select(codec => Codec(builder, codec))]);
        VectorOffset extensions = Schema.RtpParameters.RtpParameters.CreateHeaderExtensionsVector(
            builder,
            [
                .. from extension in parameters.HeaderExtensions
                   let number = HeaderExtensionNames.ToNumber(extension.Uri)
                   where number is not null
                   select HeaderExtension(builder, number.Value, extension),
            ]);
        VectorOffset encodings = Encodings(builder, parameters.Encodings);
        Offset<Schema.RtpParameters.RtcpParameters> rtcp = Schema.RtpParameters.RtcpParameters.CreateRtcpParameters(
            builder, Text(builder, parameters.Rtcp.Cname), parameters.Rtcp.ReducedSize);
        return Schema.RtpParameters.RtpParameters.CreateRtpParameters(
            builder,
            Text(builder, parameters.Mid),
            codecs,
            extensions,
            encodings,
            rtcp,
            Text(builder, parameters.Msid));
    }

    public static VectorOffset Encodings(FlatBufferBuilder builder, IReadOnlyList<Rtp.RtpEncodingParameters> encodings) =>
        Schema.RtpParameters.RtpParameters.CreateEncodingsVector(
            builder, [.. encodings.Select(encoding => Encoding(builder, encoding))]);

    public static Offset<Schema.RtpParameters.RtpMapping> Mapping(FlatBufferBuilder builder, Rtp.RtpMapping mapping)
    {
        VectorOffset codecs = Schema.RtpParameters.RtpMapping.CreateCodecsVector(
            builder,
            [
                .. mapping.Codecs.Select(codec => Schema.RtpParameters.CodecMapping.CreateCodecMapping(
                    builder, (byte)codec.PayloadType, (byte)codec.MappedPayloadType)),
            ]);
        VectorOffset encodings = Schema.RtpParameters.RtpMapping.CreateEncodingsVector(
            builder,
            [
                .. mapping.Encodings.Select(encoding => Schema.RtpParameters.EncodingMapping.CreateEncodingMapping(
                    builder, Text(builder, encoding.Rid), encoding.Ssrc, encoding.MappedSsrc)),
            ]);
        return Schema.RtpParameters.RtpMapping.CreateRtpMapping(builder, codecs, encodings);
    }

    public static Offset<Schema.Consumer.ConsumerLayers> Layers(FlatBufferBuilder builder, ConsumerLayers? layers) =>
        layers is null
            ? default
            : Schema.Consumer.ConsumerLayers.CreateConsumerLayers(
                builder, checked((byte)layers.SpatialLayer), checked((byte?)layers.TemporalLayer));

    /// <summary>A text, or nothing where there is none.</summary>
    public static StringOffset Text(FlatBufferBuilder builder, string? text) =>
        text is null ? default : builder.CreateString(text);

    private static Offset<Schema.RtpParameters.RtpEncodingParameters> Encoding(
        FlatBufferBuilder builder, Rtp.RtpEncodingParameters encoding)
    {
        StringOffset rid = Text(builder, encoding.Rid);
        StringOffset mode = Text(builder, encoding.ScalabilityMode);
        Offset<Rtx> rtx = encoding.Rtx is null ? default : Rtx.CreateRtx(builder, encoding.Rtx.Ssrc);
        return Schema.RtpParameters.RtpEncodingParameters.CreateRtpEncodingParameters(
            builder,
            encoding.Ssrc,
            rid,
            checked((byte?)encoding.CodecPayloadType),
            rtx,
            encoding.Dtx ?? false,
            mode,
            checked((ulong?)encoding.MaxBitrate));
    }

    private static Offset<Schema.RtpParameters.RtpCodecParameters> Codec(
        FlatBufferBuilder builder, Rtp.RtpCodecParameters codec)
    {
        StringOffset mimeType = builder.CreateString(codec.MimeType);
        VectorOffset parameters = Schema.RtpParameters.RtpCodecParameters.CreateParametersVector(
            builder, Values(builder, codec.Parameters));
        VectorOffset feedback = Schema.RtpParameters.RtpCodecParameters.CreateRtcpFeedbackVector(
            builder,
            [
                .. codec.RtcpFeedback.Select(entry => Schema.RtpParameters.RtcpFeedback.CreateRtcpFeedback(
                    builder, builder.CreateString(entry.Type), Text(builder, entry.Parameter))),
            ]);
        return Schema.RtpParameters.RtpCodecParameters.CreateRtpCodecParameters(
            builder,
            mimeType,
            checked((byte)codec.PayloadType),
            checked((uint)codec.ClockRate),
            checked((byte?)codec.Channels),
            parameters,
            feedback);
    }

    private static Offset<Schema.RtpParameters.RtpHeaderExtensionParameters> HeaderExtension(
        FlatBufferBuilder builder,
        Schema.RtpParameters.RtpHeaderExtensionUri number,
        Rtp.RtpHeaderExtensionParameters extension)
    {
        VectorOffset parameters = Schema.RtpParameters.RtpHeaderExtensionParameters.CreateParametersVector(
            builder, Values(builder, extension.Parameters));
        return Schema.RtpParameters.RtpHeaderExtensionParameters.CreateRtpHeaderExtensionParameters(
            builder, number, checked((byte)extension.Id), extension.Encrypt, parameters);
    }

    private static Offset<Parameter>[] Values(
        FlatBufferBuilder builder, OrderedDictionary<string, RtpParameterValue> values) =>
    [
        .. values.Select(value =>
        {
            StringOffset name = builder.CreateString(value.Key);
            (Value type, int offset) = ValueOf(builder, value.Value);
            return Parameter.CreateParameter(builder, name, type, offset);
        }),
    ];

    private static (Value Type, int Offset) ValueOf(FlatBufferBuilder builder, RtpParameterValue value) =>
        value.Kind switch
        {
            RtpParameterKind.Text =>
                (Value.String, Schema.RtpParameters.String.CreateString(builder, builder.CreateString(value.Text)).Value),
            RtpParameterKind.Boolean =>
                (Value.Boolean, Schema.RtpParameters.Boolean.CreateBoolean(builder, value.IsTrue ? (byte)1 : (byte)0).Value),
            RtpParameterKind.Integer =>
                (Value.Integer32, Integer32.CreateInteger32(builder, (int)value.Number).Value),
            RtpParameterKind.Real =>
                (Value.Double, Schema.RtpParameters.Double.CreateDouble(builder, value.Number).Value),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
