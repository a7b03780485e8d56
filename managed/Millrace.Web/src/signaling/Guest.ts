export interface Credentials {
  username: string
  password: string
}

// Visitors on loopback get a short-lived token instead of a password; elsewhere the page asks.
export async function requestGuest(): Promise<Credentials | undefined> {
  const response = await fetch('/guest', { method: 'POST' })
  return response.ok ? ((await response.json()) as Credentials) : undefined
}

// The signaling endpoint of the server that served this page.
export function signalUrl(location: Location = window.location): string {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  return `${scheme}://${location.host}/websocket.signal`
}
