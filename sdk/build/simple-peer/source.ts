// What simple-peer can do and is never asked to do here is not shipped. Knows its source by the names of its methods only.

const UNUSED = [
  // Tracks belong to the facade, which opens all slots before simple-peer sees the connection.
  'addTransceiver',
  'addStream',
  'addTrack',
  'replaceTrack',
  'removeTrack',
  'removeStream',
  '_requestMissingTransceivers',
  '_onTrack',
  // The facade tells when a connection stands. simple-peer would read the addresses in use out of statistics first.
  'address',
  'getStats',
  '_maybeReady',
  // A peer is never written to as a stream, and so there is nothing to hold back or to finish.
  '_write',
  '_onInterval',
  '_onChannelBufferedAmountLow',
  '_onFinish',
  '_debug',
]

/**
 * simple-peer's source as an ES module, so that bundlers see through it, with those methods emptied (they may still be
 * called) and without its debug lines.
 * @throws when a method is not there: then it is another simple-peer, and this list wants to be read anew
 */
export function trimmedSource(source: string): string {
  const quiet = source.replace(/^const debug = .*$/m, '').replace(/^( *)this\._debug\((?:.*|\n[\s\S]*?^\1)\)\n/gm, '')
  const module = quiet
    .replace(/^const (.*) = require\(('.*')\)/gm, 'import $1 from $2')
    .replace('module.exports =', 'export default')
    // The facade has servers of its own. Those of others, for those who name none, are not to be found in our files.
    .replace(/^Peer\.config = \{[\s\S]*?^\}/m, 'Peer.config = {}')
  const trimmed = UNUSED.reduce(emptied, module)
  const left = ['require(', 'stun:', 'this._debug('].find((what) => trimmed.includes(what))
  if (left !== undefined) throw new Error(`simple-peer still says ${left} in sdk/build/simple-peer/source.ts's hands.`)
  return trimmed
}

/** The source is in "standard" style: a method begins and ends with two spaces, and nothing else does. */
function emptied(source: string, method: string): string {
  const whole = new RegExp(String.raw`^  ${method} \(.*\) \{\n[\s\S]*?^  \}\n`, 'm')
  if (!whole.test(source)) throw new Error(`simple-peer has no method ${method}: see sdk/build/simple-peer/source.ts.`)
  return source.replace(whole, `  ${method} () {}\n`)
}
