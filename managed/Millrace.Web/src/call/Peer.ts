// What a tile shows: one client of the room, oneself included.
export interface Peer {
  readonly clientId: string
  name: string
  readonly self: boolean
  audio?: MediaStreamTrack
  video?: MediaStreamTrack
  audioMuted: boolean
  videoMuted: boolean
  speaking: boolean
}

export function createPeer(clientId: string, name: string, self = false): Peer {
  return { clientId, name, self, audioMuted: true, videoMuted: true, speaking: false }
}
