/** simple-peer gives each error a code beside its message. Only the message is used here. */
export default (error: Error) => error
