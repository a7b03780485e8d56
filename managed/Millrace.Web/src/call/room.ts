import type { SignalChannel } from '../signaling/SignalChannel'

interface RoomStatus {
  roomId: string
  name: string
}

// The id of the room with this name. Two visitors may create it in the same moment: the server lists
// rooms in the order of their creation, so both then agree on the first and the other one is closed.
export async function findOrCreateRoom(channel: SignalChannel, name: string): Promise<string> {
  const found = await findRoom(channel, name)
  if (found) return found
  const created: RoomStatus = await channel.request('room::create', { name })
  const first = (await findRoom(channel, name)) ?? created.roomId
  if (first !== created.roomId) channel.push('room::close', { roomId: created.roomId })
  return first
}

async function findRoom(channel: SignalChannel, name: string): Promise<string | undefined> {
  const rooms: RoomStatus[] = await channel.request('room::list')
  return rooms.find((room) => room.name === name)?.roomId
}
