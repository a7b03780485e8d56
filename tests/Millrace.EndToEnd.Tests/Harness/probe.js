// Added to every page before its own scripts: what the tests ask about a running call.
// It reads what the page and the browser show and changes nothing.
(() => {
  const samples = new Map()

  function call() {
    return window.millrace
  }

  function tile(clientId) {
    return document.querySelector(`[data-testid=tile][data-client="${clientId}"]`)
  }

  // What arrives of one consumer, from the browser's own statistics.
  async function inbound({ consumer, sourceId }) {
    const report = await consumer.getStats()
    for (const entry of report.values()) {
      if (entry.type !== 'inbound-rtp') continue
      return {
        sourceId,
        consumerId: consumer.id,
        kind: entry.kind,
        time: entry.timestamp,
        packets: entry.packetsReceived ?? 0,
        lost: entry.packetsLost ?? 0,
        frames: entry.framesDecoded ?? 0,
        width: entry.frameWidth ?? 0,
        energy: entry.totalAudioEnergy ?? 0,
        nacks: entry.nackCount ?? 0,
        plis: entry.pliCount ?? 0,
      }
    }
    return null
  }

  // A small copy of the picture that a tile shows: how bright it is, and how much of it changed since the last look.
  function look(clientId) {
    const video = tile(clientId)?.querySelector('video')
    if (!video || video.readyState < 2 || video.videoWidth === 0) return null
    const canvas = document.createElement('canvas')
    canvas.width = 64
    canvas.height = 48
    const context = canvas.getContext('2d', { willReadFrequently: true })
    context.drawImage(video, 0, 0, canvas.width, canvas.height)
    const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data
    const before = samples.get(clientId)
    samples.set(clientId, pixels)
    let sum = 0
    let changed = 0
    for (let i = 0; i < pixels.length; i += 4) {
      sum += pixels[i] + pixels[i + 1] + pixels[i + 2]
      if (!before) continue
      const difference =
        Math.abs(pixels[i] - before[i]) + Math.abs(pixels[i + 1] - before[i + 1]) + Math.abs(pixels[i + 2] - before[i + 2])
      if (difference > 48) changed++
    }
    return { sourceId: clientId, brightness: sum / (pixels.length / 4) / 3, changed }
  }

  // What this page sends, for those who look for the reason of a failure.
  async function outbound() {
    const found = []
    for (const producer of call().session.value?.producers.values() ?? []) {
      const report = await producer.getStats()
      for (const entry of report.values()) {
        if (entry.type === 'outbound-rtp')
          found.push(`${entry.kind} ${entry.packetsSent} packets ${entry.framesEncoded ?? 0} frames`)
        if (entry.type === 'transport') found.push(`dtls ${entry.dtlsState} ice ${entry.iceState}`)
      }
    }
    return found.join(', ')
  }

  // The protocol of the pair of candidates that media arrives on.
  async function protocol() {
    for (const { consumer } of call().session.value?.consumers.values() ?? []) {
      const report = await consumer.getStats()
      for (const entry of report.values()) {
        const pair = entry.type === 'transport' && report.get(entry.selectedCandidatePairId)
        if (pair) return report.get(pair.remoteCandidateId).protocol
      }
    }
    return 'none'
  }

  window.probe = {
    state: () => call()?.state.value ?? 'loading',
    clientId: () => call().clientId,
    tiles: () =>
      [...document.querySelectorAll('[data-testid=tile]')].map((element) => ({
        clientId: element.dataset.client,
        name: element.querySelector('.name').textContent,
        self: element.classList.contains('self'),
        speaking: element.dataset.speaking === 'true',
        audioMuted: element.dataset.audioMuted === 'true',
        videoMuted: element.dataset.videoMuted === 'true',
      })),
    inbound: async () => {
      const consumers = [...(call()?.session.value?.consumers.values() ?? [])]
      return (await Promise.all(consumers.map(inbound))).filter((entry) => entry !== null)
    },
    look: () =>
      [...document.querySelectorAll('[data-testid=tile]')]
        .map((element) => look(element.dataset.client))
        .filter((entry) => entry !== null),
    outbound,
    protocol,
  }
})()
