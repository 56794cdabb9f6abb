'use client'

import { LiveStreamClient } from '@peerstage/sdk'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { visit } from '../visit.js'

const url = process.env.NEXT_PUBLIC_LIVE_URL

// At the top of the module on purpose: it is made while the page is rendered on the server, too.
const client = new LiveStreamClient({ url, room: 'packaging', name: 'Bea' })

export default function Page() {
  const { status } = useSyncExternalStore(client.subscribe, client.getState, client.getState)
  const [said, setSaid] = useState('')
  useEffect(() => {
    visit(url).then(setSaid, (error) => setSaid(String(error)))
  }, [])
  return (
    <>
      <p id="status">{status}</p>
      <p id="said">{said}</p>
    </>
  )
}
