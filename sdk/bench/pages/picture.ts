// Runs in the page.

/** A small picture that changes ten times a second: what matters is when it comes. */
export function picture(): MediaStreamTrack {
  const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 120 })
  const context = canvas.getContext('2d')
  let hue = 0
  const paint = (): void => {
    hue = (hue + 23) % 360
    if (context === null) return
    context.fillStyle = `hsl(${hue} 80% 50%)`
    context.fillRect(0, 0, canvas.width, canvas.height)
  }
  paint()
  setInterval(paint, 100)
  const [track] = canvas.captureStream(10).getVideoTracks()
  if (track === undefined) throw new Error('a canvas has no picture')
  return track
}
