// Draws the bot's picture: a light that goes round over a slowly changing colour.
import wrtc from '@roamhq/wrtc'

const WIDTH = 320
const HEIGHT = 240
const FRAMES_PER_SECOND = 15

/** A video track that moves until `stop()` is called. */
export function movingPicture() {
  const source = new wrtc.nonstandard.RTCVideoSource()
  const track = source.createTrack()
  // One frame in I420: full brightness for each pixel, then two planes of colour at a quarter of the size.
  const data = new Uint8ClampedArray((WIDTH * HEIGHT * 3) / 2)
  let frame = 0
  const timer = setInterval(() => {
    draw(data, frame++ / FRAMES_PER_SECOND)
    source.onFrame({ width: WIDTH, height: HEIGHT, data })
  }, 1000 / FRAMES_PER_SECOND)
  return {
    track,
    stop() {
      clearInterval(timer)
      track.stop()
    },
  }
}

function draw(data, seconds) {
  const lightX = WIDTH * (0.5 + 0.3 * Math.cos(seconds))
  const lightY = HEIGHT * (0.5 + 0.3 * Math.sin(seconds))
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const distance = Math.hypot(x - lightX, y - lightY)
      data[y * WIDTH + x] = 40 + 200 * Math.exp(-distance / 45)
    }
  }
  const plane = (WIDTH * HEIGHT) / 4
  const blue = data.length - 2 * plane
  data.fill(128 + 40 * Math.sin(seconds / 5), blue, blue + plane)
  data.fill(128 + 40 * Math.cos(seconds / 5), blue + plane)
}
