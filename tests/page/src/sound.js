// Tones: made for senders, and recognised again by receivers.

let context

function audio() {
  context ??= new AudioContext({ sampleRate: 48000 })
  return context
}

export class Tone {
  #oscillator
  #gain

  // loudness: 0 (silent) to 1
  constructor({ hertz, loudness }) {
    const destination = audio().createMediaStreamDestination()
    this.#oscillator = new OscillatorNode(audio(), { frequency: hertz })
    this.#gain = new GainNode(audio(), { gain: loudness })
    this.#oscillator.connect(this.#gain).connect(destination)
    this.#oscillator.start()
    this.track = destination.stream.getAudioTracks()[0]
  }

  setLoudness(loudness) {
    this.#gain.gain.value = loudness
  }
}

export class Ear {
  #analyser
  #element

  constructor(track) {
    const stream = new MediaStream([track])
    // Chromium decodes a remote track only while something plays it.
    this.#element = new Audio()
    this.#element.srcObject = stream
    this.#element.muted = true
    this.#element.play().catch((error) => console.error(`no playout: ${error}`))
    this.#analyser = new AnalyserNode(audio(), { fftSize: 8192, smoothingTimeConstant: 0 })
    new MediaStreamAudioSourceNode(audio(), { mediaStream: stream }).connect(this.#analyser)
  }

  // The strongest frequency heard now, in hertz; 0 in silence.
  hertz() {
    const bins = new Float32Array(this.#analyser.frequencyBinCount)
    this.#analyser.getFloatFrequencyData(bins)
    let strongest = 0
    for (let i = 1; i < bins.length; ++i) if (bins[i] > bins[strongest]) strongest = i
    return bins[strongest] > -70 ? (strongest * audio().sampleRate) / this.#analyser.fftSize : 0
  }
}
