// What the browser's own statistics say, reduced to what tests compare.

export async function inbound(receiver) {
  const report = await receiver.getStats()
  const stream = [...report.values()].find((entry) => entry.type === 'inbound-rtp')
  if (!stream) return null
  return {
    codec: report.get(stream.codecId)?.mimeType ?? '',
    packets: stream.packetsReceived ?? 0,
    bytes: stream.bytesReceived ?? 0,
    lost: stream.packetsLost ?? 0,
    repaired: stream.retransmittedPacketsReceived ?? 0,
    frames: stream.framesReceived ?? 0,
    decoded: stream.framesDecoded ?? 0,
    keyFrames: stream.keyFramesDecoded ?? 0,
    frameWidth: stream.frameWidth ?? 0,
    frameHeight: stream.frameHeight ?? 0,
    freezes: stream.freezeCount ?? 0,
    frozen: (stream.totalFreezesDuration ?? 0) * 1000,
    nacks: stream.nackCount ?? 0,
    plis: stream.pliCount ?? 0,
    samples: stream.totalSamplesReceived ?? 0,
    concealed: stream.concealedSamples ?? 0,
    bufferedFor: stream.jitterBufferEmittedCount ? (stream.jitterBufferDelay / stream.jitterBufferEmittedCount) * 1000 : 0,
  }
}

export async function outbound(sender) {
  const report = await sender.getStats()
  return [...report.values()]
    .filter((entry) => entry.type === 'outbound-rtp')
    .map((stream) => ({
      rid: stream.rid ?? '',
      codec: report.get(stream.codecId)?.mimeType ?? '',
      active: stream.active ?? true,
      scalabilityMode: stream.scalabilityMode ?? '',
      encoder: stream.encoderImplementation ?? '',
      width: stream.frameWidth ?? 0,
      height: stream.frameHeight ?? 0,
      frames: stream.framesEncoded ?? 0,
      bytes: stream.bytesSent ?? 0,
    target: stream.targetBitrate ?? 0,
      limitation: stream.qualityLimitationReason ?? '',
    }))
}

// The pair of candidates in use, and the certificate the other side has shown.
export async function path(transport) {
  const report = await transport.getStats()
  for (const entry of report.values()) {
    const pair = entry.type === 'transport' && report.get(entry.selectedCandidatePairId)
    if (!pair) continue
    const [local, remote] = [report.get(pair.localCandidateId), report.get(pair.remoteCandidateId)]
    return {
      protocol: remote.protocol,
      localAddress: local.address ?? '',
      remoteAddress: remote.address ?? '',
      remotePort: remote.port ?? 0,
      localFragment: local.usernameFragment ?? '',
      remoteFragment: remote.usernameFragment ?? '',
      fingerprint: report.get(entry.remoteCertificateId)?.fingerprint ?? '',
      dtls: entry.dtlsState ?? '',
      bytesReceived: entry.bytesReceived ?? 0,
    }
  }
  return null
}
