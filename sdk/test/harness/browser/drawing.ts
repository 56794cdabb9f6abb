// Runs in the page before anything else: pictures and tones that a test can tell apart and end.

export type Drawing = {
  readonly stream: MediaStream
  /** Any colour of CSS. */
  paint(color: string): void
  /** Its tracks end by themselves, as those of an unplugged device do. */
  end(): void
}

declare global {
  interface Window {
    draw(color: string, withSound?: boolean): Promise<Drawing>
    /** The fake screen that is shared. Absent where screens are real. */
    fakeScreen?: Drawing
  }
  interface HTMLMediaElement {
    captureStream?: () => MediaStream
    /** Firefox's name for it. */
    mozCaptureStream?: () => MediaStream
  }
}

/** A stream is what an element plays: so in Firefox its tracks end when that plays no more. A script can end no other track. */
export function installDrawing(): void {
  const tone = () => {
    const context = new AudioContext()
    const destination = context.createMediaStreamDestination()
    const oscillator = context.createOscillator()
    oscillator.connect(destination)
    oscillator.start()
    return destination.stream.getTracks()
  }
  const stopAndTell = (track: MediaStreamTrack) => {
    track.stop()
    track.dispatchEvent(new Event('ended'))
  }
  window.draw = async (color, withSound = false) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 })
    const context = canvas.getContext('2d')
    if (!context) throw new Error('no canvas')
    context.fillStyle = color
    // Painted again and again: a canvas gives a picture for each change alone.
    setInterval(() => context.fillRect(0, 0, canvas.width, canvas.height), 50)
    const element = document.createElement('video')
    element.srcObject = new MediaStream([...canvas.captureStream(20).getTracks(), ...(withSound ? tone() : [])])
    await element.play()
    const stream = (element.captureStream ?? element.mozCaptureStream)?.call(element)
    if (!stream) throw new Error('no captureStream')
    return {
      stream,
      paint: (other) => {
        context.fillStyle = other
      },
      end: () => {
        if (element.mozCaptureStream) element.srcObject = null
        // In Chromium it would go on with the last picture; there the event of a script counts, which in Firefox does not.
        else for (const track of stream.getTracks()) stopAndTell(track)
      },
    }
  }
}

/** For a browser without a screen to share: a headless Firefox has none. */
export function installFakeScreen(): void {
  navigator.mediaDevices.getDisplayMedia = async (options) => {
    window.fakeScreen = await window.draw('silver', Boolean(options?.audio))
    return window.fakeScreen.stream
  }
}
