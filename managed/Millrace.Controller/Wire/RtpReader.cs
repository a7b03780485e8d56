using System.Globalization;
using FlatBuffers;
using Millrace.Controller.Rtp;
using Millrace.Schema.RtpParameters;

namespace Millrace.Controller.Wire;

/// <summary>RTP parameters from the wire as our records.</summary>
internal static class RtpReader
{
    public static Rtp.RtpParameters Parameters(Schema.RtpParameters.RtpParameters wire)
    {
        Schema.RtpParameters.RtcpParameters rtcp = Frame.Required(wire.Rtcp);
        return new Rtp.RtpParameters
        {
            Mid = wire.Mid,
            Codecs = Frame.Vector(wire.CodecsLength, i => Codec(Frame.Required(wire.Codecs(i)))),
            HeaderExtensions = Frame.Vector(
                wire.HeaderExtensionsLength, i => HeaderExtension(Frame.Required(wire.HeaderExtensions(i)))),
            Encodings = Frame.Vector(wire.EncodingsLength, i => Encoding(Frame.Required(wire.Encodings(i)))),
            Rtcp = new Rtp.RtcpParameters(rtcp.Cname, rtcp.ReducedSize),
            Msid = wire.Msid,
        };
    }

    public static Rtp.RtpEncodingParameters Encoding(Schema.RtpParameters.RtpEncodingParameters wire) => new()
    {
        Ssrc = wire.Ssrc,
        Rid = wire.Rid,
        CodecPayloadType = wire.CodecPayloadType,
        Rtx = wire.Rtx is { } rtx ? new RtxParameters(rtx.Ssrc) : null,
        Dtx = wire.Dtx,
        ScalabilityMode = wire.ScalabilityMode,
        MaxBitrate = wire.MaxBitrate is { } bitrate ? checked((long)bitrate) : null,
    };

    public static Rtp.RtpMapping Mapping(Schema.RtpParameters.RtpMapping wire) => new(
        Frame.Vector(wire.CodecsLength, i =>
        {
            Schema.RtpParameters.CodecMapping codec = Frame.Required(wire.Codecs(i));
            return new Rtp.CodecMapping(codec.PayloadType, codec.MappedPayloadType);
        }),
        Frame.Vector(wire.EncodingsLength, i =>
        {
            Schema.RtpParameters.EncodingMapping encoding = Frame.Required(wire.Encodings(i));
            return new Rtp.EncodingMapping(encoding.Rid, encoding.Ssrc, encoding.MappedSsrc);
        }));

    public static ConsumerLayers? Layers(Schema.Consumer.ConsumerLayers? wire) =>
        wire is { } layers ? new ConsumerLayers(layers.SpatialLayer, layers.TemporalLayer) : null;

    public static ConsumerScore Score(Schema.Consumer.ConsumerScore wire) => new(
        wire.Score,
        wire.ProducerScore,
        Frame.Vector(wire.ProducerScoresLength, i => (int)wire.ProducerScores(i)));

    private static Rtp.RtpCodecParameters Codec(Schema.RtpParameters.RtpCodecParameters wire) => new()
    {
        MimeType = Frame.Required(wire.MimeType),
        PayloadType = wire.PayloadType,
        ClockRate = checked((int)wire.ClockRate),
        Channels = wire.Channels,
        Parameters = Values(wire.ParametersLength, wire.Parameters),
        RtcpFeedback = Frame.Vector(wire.RtcpFeedbackLength, i =>
        {
            Schema.RtpParameters.RtcpFeedback feedback = Frame.Required(wire.RtcpFeedback(i));
            return new Rtp.RtcpFeedback(Frame.Required(feedback.Type), feedback.Parameter);
        }),
    };

    private static Rtp.RtpHeaderExtensionParameters HeaderExtension(
        Schema.RtpParameters.RtpHeaderExtensionParameters wire) => new()
    {
        Uri = HeaderExtensionNames.ToName(wire.Uri),
        Id = wire.Id,
        Encrypt = wire.Encrypt,
        Parameters = Values(wire.ParametersLength, wire.Parameters),
    };

    private static OrderedDictionary<string, RtpParameterValue> Values(int length, Func<int, Parameter?> item)
    {
        OrderedDictionary<string, RtpParameterValue> values = [];
        foreach (Parameter parameter in Frame.Vector(length, i => Frame.Required(item(i))))
        {
            values[Frame.Required(parameter.Name)] = parameter.ValueType switch
            {
                Value.Boolean => parameter.ValueAsBoolean().Value != 0,
                Value.Integer32 => parameter.ValueAsInteger32().Value,
                Value.Double => parameter.ValueAsDouble().Value,
                Value.String => Frame.Required(parameter.ValueAsString().Value),
                Value.Integer32Array => Joined(parameter.ValueAsInteger32Array()),
                Value.NONE or _ => throw new WorkerProtocolException("The worker left out the value of a parameter."),
            };
        }
        return values;
    }

    // No codec's parameter is a list; written as SDP would write one.
    private static string Joined(Integer32Array array) => string.Join(
        ',', Frame.Vector(array.ValueLength, i => array.Value(i).ToString(CultureInfo.InvariantCulture)));
}
