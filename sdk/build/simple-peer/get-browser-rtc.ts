/** Every peer is given its WebRTC by the `wrtc` option. So loading the sdk asks the page, or a server that renders it, for nothing. */
export default () => null
