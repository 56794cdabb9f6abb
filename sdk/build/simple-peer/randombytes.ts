/** simple-peer asks for random bytes to name its data channel. Every peer is given a name for it. */
export default () => ''
