// Frames of the worker channel as plain objects, read by the published contract alone (tests/data/worker-protocol.json): no
// generated code of either side has a part in it.
import { readFileSync } from 'node:fs'

const contract = JSON.parse(readFileSync(new URL('../data/worker-protocol.json', import.meta.url)))
const SCALARS = {
  bool: [1, (view, at) => view.getUint8(at) !== 0],
  uint8: [1, (view, at) => view.getUint8(at)],
  int8: [1, (view, at) => view.getInt8(at)],
  uint16: [2, (view, at) => view.getUint16(at, true)],
  int16: [2, (view, at) => view.getInt16(at, true)],
  uint32: [4, (view, at) => view.getUint32(at, true)],
  int32: [4, (view, at) => view.getInt32(at, true)],
  uint64: [8, (view, at) => Number(view.getBigUint64(at, true))],
  int64: [8, (view, at) => Number(view.getBigInt64(at, true))],
  float: [4, (view, at) => view.getFloat32(at, true)],
  double: [8, (view, at) => view.getFloat64(at, true)],
}

// A frame with its length in front: { data_type: 'Request', data: { ... } }. Fields at their default are left out.
export function decode(frame) {
  const view = new DataView(frame.buffer, frame.byteOffset + 4, frame.length - 4)
  return readTable(view, view.getUint32(0, true), contract.root)
}

function readTable(view, at, name) {
  const vtable = at - view.getInt32(at, true)
  const size = view.getUint16(vtable, true)
  const place = (field) => (field.vtable_offset < size ? view.getUint16(vtable + field.vtable_offset, true) : 0)
  const table = {}
  let member
  for (const field of contract.tables[name].fields) {
    if (field.type.endsWith('(type)')) {
      const union = contract.unions[field.type.slice(0, -'(type)'.length)]
      const value = place(field) === 0 ? 0 : view.getUint8(at + place(field))
      member = union.members.find((candidate) => candidate.value === value)
      if (value !== 0) table[field.name] = member.name
    } else if (place(field) !== 0) {
      const value = contract.unions[field.type]
        ? readTable(view, follow(view, at + place(field)), member.type)
        : readValue(view, at + place(field), field.type)
      const isDefault = 'default' in field && !field.optional && (value === field.default || value === nameOf(field))
      if (!isDefault) table[field.name] = value
    }
  }
  return table
}

function nameOf(field) {
  const values = contract.enums[field.type.split(':')[0]]?.values ?? {}
  return Object.keys(values).find((name) => values[name] === field.default)
}

function follow(view, at) {
  return at + view.getUint32(at, true)
}

function readValue(view, at, type) {
  if (type.startsWith('[')) return readVector(view, follow(view, at), type.slice(1, -1))
  if (type === 'string') return readText(view, follow(view, at))
  if (contract.tables[type]) return readTable(view, follow(view, at), type)
  return readScalar(view, at, type)
}

function readScalar(view, at, type) {
  const [name, underlying] = type.split(':')
  const value = SCALARS[underlying ?? name][1](view, at)
  const values = contract.enums[name]?.values ?? {}
  return Object.keys(values).find((key) => values[key] === value) ?? value
}

function readVector(view, at, type) {
  const stride = SCALARS[type.split(':').at(-1)]?.[0] ?? 4
  return Array.from({ length: view.getUint32(at, true) }, (_, i) => readValue(view, at + 4 + i * stride, type))
}

function readText(view, at) {
  return Buffer.from(view.buffer, view.byteOffset + at + 4, view.getUint32(at, true)).toString()
}
