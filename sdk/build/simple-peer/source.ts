// Parts of simple-peer that the SDK does not use are not shipped. They are found by their names or their first words.

/** The facade does this in their place, or the SDK does not need it. They are removed, with the lines that call them. */
const METHODS = [
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
  'get connected',
  // Nothing is said over the data channel, and a peer is no stream.
  'send',
  'get bufferSize',
  '_onChannelMessage',
  '_onChannelBufferedAmountLow',
  '_onChannelOpen',
  '_onChannelClose',
  '_read',
  '_write',
  '_onInterval',
  '_onFinish',
  // Candidates are sent as they come: nothing waits for all of them.
  '_startIceCompleteTimeout',
  '_debug',
  // A peer negotiates once: the next epoch has a peer of its own.
  'negotiate',
  '_onSignalingStateChange',
]

/** Statements over several lines, by how they begin. */
const BLOCKS = [
  'if (!this._wrtc) {',
  "if (typeof this._pc.peerIdentity === 'object') {",
  'if (this.streams) {',
  'this._pc.ontrack = event => {',
  'this._onFinishBound = () => {',
  "if (typeof data === 'string') {",
  'if (data.renegotiate && this.initiator) {',
  'if (data.transceiverRequest && this.initiator) {',
  'if (!data.sdp && !data.candidate',
  'this._sendersAwaitingStable.forEach(sender => {',
  'if (this._channel) {',
  'if (event.candidate) {',
  'this._pc.onicegatheringstatechange = () => {',
  'this._pc.onsignalingstatechange = () => {',
  'this._pc.ondatachannel = event => {',
  "if (iceConnectionState === 'connected'",
]

/** Lines that only serve what went. */
const LINES = [
  "this.emit('iceStateChange'",
  'const iceGatheringState =',
  'this._pc.onicegatheringstatechange = null',
  'this._pc.onsignalingstatechange = null',
  'this._pc.ontrack = null',
  'this._pc.ondatachannel = null',
  'Peer.WEBRTC_SUPPORT =',
]

/** Read by what went, and by nothing else. */
const FIELDS = [
  ...['_id', 'streams', 'allowHalfTrickle', 'iceCompleteTimeout', '_isReactNativeWebrtc', '_onFinishBound'],
  ...['remoteAddress', 'remoteFamily', 'remotePort', 'localAddress', 'localFamily', 'localPort'],
  ...['_connected', '_pcReady', '_channelReady', '_iceCompleteTimer', '_channel', '_closingInterval'],
  ...['sdpTransform', 'readable', '_readableState', '_writableState'],
  ...['offerOptions', 'answerOptions', 'channelNegotiated', '_iceComplete'],
  ...['_isNegotiating', '_firstNegotiation', '_batchedNegotiation', '_queuedNegotiation'],
  ...['_sendersAwaitingStable', '_senderMap', '_remoteTracks', '_remoteStreams', '_chunk', '_cb', '_interval'],
]

/**
 * simple-peer's source as an ES module, so that bundlers see through it, and without all of that.
 * @throws when a passage is not there, or when something still speaks of what went
 */
export function trimmedSource(source: string): string {
  const module = source
    .replace(/^const (?:debug|\{ Buffer \}) = .*$/gm, '')
    .replace(/^( *)this\._debug\((?:.*|\n[\s\S]*?^\1)\)\n/gm, '')
    .replace(/^const (.*) = require\(('.*')\)/gm, 'import $1 from $2')
    .replace('module.exports =', 'export default')
    // The facade has servers of its own. Those of others, for those who name none, are not to be found in our files.
    .replace(/^Peer\.config = \{[\s\S]*?^\}/m, 'Peer.config = {}')
    // The facade opens the channel, and keeps it to itself: simple-peer would end a connection whose channel closes.
    .replace(/^( {2}_setupData) .*\{\n[\s\S]*?^ {2}\}\n/m, '$1 () {}\n')
    .replace(/^ *this\.trickle = .*\n/m, '')
    .replaceAll('this.trickle', 'true')
    .replaceAll('true || this._iceComplete', 'true')
    .replace(/ else if \(!event\.candidate && !this\._iceComplete\) \{\n[\s\S]*?^ {4}\}/m, '')
    // Both sides open the channel, the initiator makes the offer, and options for it are not given.
    .replace('this.initiator || this.channelNegotiated', 'true')
    .replace(
      /^( {2}_needsNegotiation) .*\{\n[\s\S]*?^ {2}\}\n/m,
      `$1 () {\n    if (this.initiator) ${MAKE_OFFER}\n  }\n`,
    )
    .replace(/\(this\.(?:offer|answer)Options\)/g, '()')
  const rest = LINES.reduce(withoutLine, METHODS.reduce(withoutMethod, BLOCKS.reduce(withoutBlock, module)))
  const trimmed = FIELDS.reduce(withoutField, rest)
  const gone = [...METHODS.map(nameOf), ...FIELDS].map((name) => new RegExp(String.raw`\bthis\.${name}\b`))
  const left = [/require\(/, /stun:/, /\bBuffer[.(]/, /\btrue =/, ...gone].find((what) => what.test(trimmed))
  if (left !== undefined) throw stranger(left)
  return trimmed
}

/** In a task of its own, as in the original: the constructor's caller listens by then. */
const MAKE_OFFER = 'setTimeout(() => this._createOffer())'

/** Its source is in "standard" style: what begins on a line ends on one that is indented alike. */
const withoutBlock = (source: string, start: string): string =>
  without(source, new RegExp(String.raw`^( *)${escaped(start)}.*\n[\s\S]*?^\1\}.*\n`, 'm'))

function withoutMethod(source: string, method: string): string {
  const called = source.replace(new RegExp(String.raw`^ *(?:if \(.*\) )?this\.${nameOf(method)}\(.*\)\n`, 'gm'), '')
  return without(called, new RegExp(String.raw`^  ${method} \(.*\) \{(?:\}|\n[\s\S]*?^  \})\n`, 'm'))
}

const withoutLine = (source: string, start: string): string =>
  without(source, new RegExp(String.raw`^ *${escaped(start)}.*\n`, 'gm'))

const withoutField = (source: string, field: string): string =>
  without(source, new RegExp(String.raw`^.*\bthis\.${field}\b.*[^{]\n`, 'gm'))

function without(source: string, passage: RegExp): string {
  const rest = source.replace(passage, '')
  if (rest === source) throw stranger(passage)
  return rest
}

const nameOf = (method: string): string => method.replace('get ', '')
const escaped = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')
const stranger = (what: RegExp) => new Error(`This is not the simple-peer that sdk/build/simple-peer knows: ${what}`)
