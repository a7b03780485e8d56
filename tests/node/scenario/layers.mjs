import { strict as assert } from 'node:assert'
import { next, until } from '../endpoint.mjs'
import { readRtp } from '../rtp.mjs'
import { simulcastParameters, simulcastShapes } from '../streams.mjs'

export const steps = {
  async 'follow the request, and each change is told'(stage) {
    const incoming = await stage.plain()
    const video = await incoming.produce({ kind: 'video', rtpParameters: simulcastParameters() })
    assert.equal(video.type, 'simulcast')
    const { endpoint, transport } = await stage.receiver()
    const rtpCapabilities = stage.router.rtpCapabilities
    const seen = await transport.consume({ producerId: video.id, rtpCapabilities })
    assert.equal(seen.type, 'simulcast')
    const told = next(seen, 'layerschange')
    await stage.send(incoming, ...simulcastShapes)
    await told
    for (const spatialLayer of [0, 2, 1]) {
      await seen.setPreferredLayers({ spatialLayer })
      assert.equal(seen.preferredLayers.spatialLayer, spatialLayer)
      await until(() => seen.currentLayers?.spatialLayer === spatialLayer, `layer ${spatialLayer} is sent`)
    }
    const { ssrc } = seen.rtpParameters.encodings[0]
    const sequences = endpoint.packets.map(readRtp).filter((packet) => packet.ssrc === ssrc).map(({ sequence }) => sequence)
    assert.ok(sequences.every((s, at) => at === 0 || s === ((sequences[at - 1] + 1) & 0xffff)), 'no gap between layers')
    const dump = await seen.dump()
    assert.deepEqual([dump.type, dump.preferredSpatialLayer], ['simulcast', 1])
  },
}
