// The streams that the tests send: what they look like, and what a controller is told of them.
const AUDIO_LEVEL = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level'
const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid'
const AUDIO_LEVEL_ID = 3
const MID_ID = 1
const ORIENTATION = 'urn:3gpp:video-orientation'
const ORIENTATION_ID = 5
export const OPUS = { payloadType: 111, ssrc: 11_111, clock: 48_000 }
export const VP8 = { payloadType: 101, ssrc: 22_222, clock: 90_000 }
// Loud: 20 dB below the loudest, voice flag set (RFC 6464 3).
const LOUD = 0x80 | 20

export const mediaCodecs = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
  },
]

export const opusShape = {
  ...OPUS,
  extensions: [
    [MID_ID, Buffer.from('a')],
    [AUDIO_LEVEL_ID, Buffer.from([LOUD])],
  ],
  payload: Buffer.from('fcfffe0102030405', 'hex'),
}
// RFC 7741 4.2 and 4.3: start of partition 0, P bit 0, start code, 640 by 480.
export const vp8Shape = { ...VP8, marker: true, payload: Buffer.from('100000009d012a8002e001aabbccdd', 'hex') }

// A key frame in each ten; the P bit of all others says that they need what came before (RFC 7741 4.3).
const deltaFrame = Buffer.from('10010000aabbccdd', 'hex')
export const movingShape = { ...vp8Shape, at: (sequence) => (sequence % 10 === 0 ? {} : { payload: deltaFrame }) }
// The camera looks away from its user and was turned by 90 degrees.
export const orientedShape = { ...vp8Shape, extensions: [[ORIENTATION_ID, Buffer.from([0x09])]] }
// Quiet: 110 dB below the loudest, no voice.
export const quietShape = {
  ...opusShape,
  ssrc: 33_333,
  extensions: [
    [MID_ID, Buffer.from('b')],
    [AUDIO_LEVEL_ID, Buffer.from([110])],
  ],
}
// Three sizes of one picture, each of key frames only.
const SIMULCAST_SSRCS = [44_001, 44_002, 44_003]
export const simulcastShapes = SIMULCAST_SSRCS.map((ssrc) => ({ ...vp8Shape, ssrc }))

export function opusParameters(ssrc = OPUS.ssrc, mid = 'a') {
  return {
    mid,
    codecs: [{ mimeType: 'audio/opus', payloadType: OPUS.payloadType, clockRate: 48_000, channels: 2 }],
    headerExtensions: [
      { uri: MID, id: MID_ID },
      { uri: AUDIO_LEVEL, id: AUDIO_LEVEL_ID },
    ],
    encodings: [{ ssrc }],
    rtcp: { cname: 'mill' },
  }
}

export function vp8Parameters(ssrc = VP8.ssrc, mid = 'v') {
  const rtcpFeedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'ccm', parameter: 'fir' }]
  return {
    mid,
    codecs: [
      { mimeType: 'video/VP8', payloadType: VP8.payloadType, clockRate: 90_000, rtcpFeedback },
      { mimeType: 'video/rtx', payloadType: 102, clockRate: 90_000, parameters: { apt: VP8.payloadType } },
    ],
    encodings: [{ ssrc, rtx: { ssrc: ssrc + 1 } }],
    rtcp: { cname: 'mill' },
  }
}

export function orientedParameters() {
  return { ...vp8Parameters(), headerExtensions: [{ uri: ORIENTATION, id: ORIENTATION_ID }] }
}

export function simulcastParameters() {
  return { ...vp8Parameters(), encodings: SIMULCAST_SSRCS.map((ssrc) => ({ ssrc })) }
}
