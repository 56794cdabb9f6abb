// A floor: bare connections and a bare socket, for two.
import type { Place } from './join-page'
import { RawLink, type RawSignal } from './raw-link'
import { openRelay } from './relay'
import { capture, media, timed } from './timing'

type Signal = RawSignal & { readonly isJoin?: true }

const optionsOf = ({ raw }: Place, send: (signal: RawSignal) => void) => ({
  slots: raw?.slots ?? 'one track',
  media: media(),
  send,
})

window.joinPage = {
  capture,
  host: async (place) => {
    let link: RawLink | undefined
    const relay = openRelay<Signal>(urlOf(place), (signal) => {
      link ??= new RawLink(optionsOf(place, relay.send))
      void (signal.isJoin ? link.offer() : link.receive(signal))
    })
    await relay.opened
  },
  join: (place) =>
    timed((seen) => {
      const relay = openRelay<Signal>(urlOf(place), async (signal) => {
        await link.receive(signal)
        if (signal.description && link.camera) seen(new MediaStream([link.camera]))
      })
      const link = new RawLink(optionsOf(place, relay.send))
      // The offer is made while the socket opens.
      if (place.raw?.offerer === 'newcomer') void link.offer()
      else relay.send({ isJoin: true })
    }),
}

const urlOf = ({ port, room }: Place): string => `ws://127.0.0.1:${port}/${room}`
