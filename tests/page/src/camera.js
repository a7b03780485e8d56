// A camera that paints: bars that move over noise, and a patch of one colour by which a viewer knows whose picture it is.

const PATCH = 0.25 // of the width and height, in the upper left corner

export class Camera {
  #writer
  #timer
  #canvas
  #context
  #noise
  #options
  #frames = 0
  #lastPaint = performance.now()
  #longestStall = 0

  // options: width, height, fps, colour [r, g, b], noise (0 to 1: how much of the picture is new in each frame)
  constructor(options) {
    this.#options = { noise: 0.1, ...options }
    this.#canvas = new OffscreenCanvas(options.width, options.height)
    this.#context = this.#canvas.getContext('2d', { willReadFrequently: true })
    this.#noise = noiseTile()
    const generator = new MediaStreamTrackGenerator({ kind: 'video' })
    this.#writer = generator.writable.getWriter()
    this.track = generator
    this.#timer = setInterval(() => this.#paint(), 1000 / options.fps)
  }

  // Frames painted, and the longest time in ms between two of them since the last call: what a busy machine costs, and no
  // fault of the network or the worker.
  look() {
    const seen = { frames: this.#frames, longestStall: Math.max(this.#longestStall, performance.now() - this.#lastPaint) }
    this.#longestStall = 0
    return seen
  }

  stop() {
    clearInterval(this.#timer)
    this.track.stop()
  }

  #paint() {
    const now = performance.now()
    this.#longestStall = Math.max(this.#longestStall, now - this.#lastPaint)
    this.#lastPaint = now
    const { width, height, colour, noise } = this.#options
    const context = this.#context
    const step = this.#frames++
    context.fillStyle = '#606060'
    context.fillRect(0, 0, width, height)
    for (let bar = 0; bar < 4; ++bar) {
      context.fillStyle = `hsl(${(step * 3 + bar * 90) % 360} 60% 50%)`
      context.fillRect(((step * 4 + (bar * width) / 4) % (width + 40)) - 40, 0, width / 12, height)
    }
    if (noise > 0) {
      const rows = Math.ceil((height * noise) / this.#noise.height)
      for (let row = 0; row < rows; ++row)
        for (let x = -((step * 13) % 64); x < width; x += this.#noise.width)
          context.drawImage(this.#noise, x, height - (row + 1) * this.#noise.height)
    }
    context.fillStyle = `rgb(${colour.join(' ')})`
    context.fillRect(0, 0, width * PATCH, height * PATCH)
    const frame = new VideoFrame(this.#canvas, { timestamp: Math.round(now * 1000) })
    // A full queue is the encoder's own way to say that it is behind: the frame is dropped as a camera would.
    if (this.#writer.desiredSize > 0) this.#writer.write(frame).catch(() => frame.close())
    else frame.close()
  }
}

// The colour of the patch in a received picture.
export function patchColour(frame) {
  const canvas = new OffscreenCanvas(16, 16)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  context.drawImage(frame, 0, 0, 16, 16)
  const [red, green, blue] = context.getImageData(1, 1, 1, 1).data
  return [red, green, blue]
}

function noiseTile() {
  const tile = new OffscreenCanvas(64, 64)
  const context = tile.getContext('2d')
  const pixels = context.createImageData(64, 64)
  let state = 20261120
  for (let i = 0; i < pixels.data.length; i += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    pixels.data.fill(state >>> 24, i, i + 3)
    pixels.data[i + 3] = 255
  }
  context.putImageData(pixels, 0, 0)
  return tile
}
