// Runs in the page: signaling for those that bring none, over a bare socket.

export type Relay = { readonly send: (signal: object) => void; readonly opened: Promise<void> }

export function openRelay<Signal>(url: string, receive: (signal: Signal) => void): Relay {
  const socket = new WebSocket(url)
  socket.onmessage = ({ data }) => receive(JSON.parse(String(data)))
  const opened = new Promise<void>((resolve) => {
    socket.onopen = () => resolve()
  })
  return { opened, send: (signal) => void opened.then(() => socket.send(JSON.stringify(signal))) }
}
