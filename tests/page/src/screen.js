import { patchColour } from './camera.js'

// Watches the decoded frames of a received track: their size, their content, and the longest wait between two of them.
export class Screen {
  #latest = null
  #frames = 0
  #arrived = null
  #longestGap = 0
  #sizes = []

  constructor(track) {
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 4 }).readable.getReader()
    this.#watch(reader).catch((error) => console.error(`no more frames: ${error}`))
  }

  // Forgets the longest gap and the sizes so far; the wait for the next frame starts now.
  mark() {
    this.#longestGap = 0
    this.#arrived = performance.now()
    this.#sizes = []
  }

  look() {
    const waiting = this.#arrived === null ? 0 : performance.now() - this.#arrived
    return {
      frames: this.#frames,
      width: this.#latest?.displayWidth ?? 0,
      height: this.#latest?.displayHeight ?? 0,
      colour: this.#latest ? patchColour(this.#latest) : [0, 0, 0],
      longestGap: Math.max(this.#longestGap, waiting),
      sizes: this.#sizes,
    }
  }

  async #watch(reader) {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const now = performance.now()
      if (this.#arrived !== null) this.#longestGap = Math.max(this.#longestGap, now - this.#arrived)
      this.#arrived = now
      if (value.displayWidth !== this.#latest?.displayWidth) this.#sizes.push({ at: now, width: value.displayWidth })
      this.#latest?.close()
      this.#latest = value
      ++this.#frames
    }
  }
}
